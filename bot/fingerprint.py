"""What a trained model depends on, as one number: unchanged means that training again would give the same model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from reference.paths import project_root
from voice import Library

_FOLDERS = ("data/nlu", "data/rules", "data/domain")
_FILES = (
    "config.yml",
    "data/language/plain_words.yml",
    "data/language/topics.yml",
    "bot/content_importer.py",
    "bot/entity_extractor.py",
    "bot/intent_classifier.py",
    "bot/intent_model.py",
    "bot/plain_words.py",
    "bot/questions.py",
    "bot/sentence_featurizer.py",
    "bot/spelling.py",
    "encoder/tuned.py",
    "encoder/tuned/built_from.json",
)


def fingerprint() -> str:
    """SHA-256 over the files that training reads, and over which content blocks there are.

    The blocks' words are left out: they are rendered when they are said. So are places, services and what people
    call drugs: they are read when the assistant starts.
    """
    digest = hashlib.sha256()
    for file in _files():
        digest.update(str(file.relative_to(project_root())).encode())
        digest.update(file.read_bytes())
    for block in sorted(Library.load(), key=lambda block: block.id):
        digest.update(f"{block.id} {block.asks} {block.interface}\n".encode())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    for folder in _FOLDERS:
        yield from sorted((project_root() / folder).glob("*.yml"))
    for name in _FILES:
        file = project_root() / name
        if file.exists():
            yield file
