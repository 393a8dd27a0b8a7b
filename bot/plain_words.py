"""Scots, text-speak and spelling slips in plain English words, for the encoder, which was taught plain English."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.spelling import Spelling
from reference.paths import data_folder, home_folder, project_root

_WORD = re.compile(r"[\w']+")
_LETTER_HELD_DOWN = re.compile(r"([a-z])\1{2,}")


class PlainWords:
    """Rewrites a message word by word; what it doesn't know it leaves alone."""

    def __init__(self, meanings: dict[str, str], spelling: Spelling) -> None:
        self._meanings = meanings
        self._spelling = spelling

    @classmethod
    def load(cls) -> PlainWords:
        """Read `data/language/plain_words.yml` and the words that our own examples and lists use, once a process."""
        return _loaded()

    def of(self, text: str) -> str:
        """The text in lower case with known words replaced: "cannae waek um" becomes "cannot wake him"."""
        lowered = _LETTER_HELD_DOWN.sub(r"\1\1", text.lower().replace("’", "'"))
        return _WORD.sub(self._plain, lowered)

    def _plain(self, found: re.Match[str]) -> str:
        word = found.group()
        if word in self._meanings:
            return self._meanings[word]
        meant = self._spelling.meant(word)
        return word if meant == word else " ".join(self._meanings.get(part, part) for part in meant.split())


@lru_cache(maxsize=1)
def _loaded() -> PlainWords:
    with (data_folder() / "language" / "plain_words.yml").open(encoding="utf-8") as file:
        meanings = {str(word): str(plain) for word, plain in yaml.safe_load(file)["plain_words"].items()}
    return PlainWords(meanings, Spelling(_said_in_examples(), {*meanings, *_words_of_lists(), *_english_words()}))


def _said_in_examples() -> Counter[str]:
    """Every word of the training examples, and how often they use it."""
    said: Counter[str] = Counter()
    for file in sorted((data_folder() / "nlu").glob("*.yml")):
        for line in file.read_text(encoding="utf-8").lower().replace("’", "'").splitlines():
            if line.lstrip().startswith("- ") and "- intent:" not in line:
                said.update(_WORD.findall(line))
    return said


def _words_of_lists() -> Iterator[str]:
    """Every word of `data/entities` and of the places: drugs, prisons, towns are right as they stand."""
    files = [*(data_folder() / "entities").glob("*.yml"), *(data_folder() / "places").glob("*.yml")]
    for file in sorted(files):
        yield from _WORD.findall(file.read_text(encoding="utf-8").lower())


def _english_words() -> Iterator[str]:
    """The whole words that the sentence encoder knows: some twenty thousand of plain English."""
    vocabulary: Any = json.loads((encoder_folder() / "vocabulary.json").read_text(encoding="utf-8"))
    return (word for word in vocabulary if word.isalpha() and len(word) > 1)


def encoder_folder() -> Path:
    """This installation's encoder, or the checkout's own where a second home (a test's) has none."""
    own = home_folder() / "models" / "encoder"
    return own if own.is_dir() else project_root() / "var" / "models" / "encoder"
