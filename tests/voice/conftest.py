"""A small content library in a folder, written as an author would."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from reference.paths import data_folder

Write = Callable[..., Path]

SOURCES = """
sources:
  gateside: {title: Own words, publisher: Gateside, address: this repository, seen: 2026-11-22}
"""

HEAD = """
topic: {topic}
defaults:
  source: [gateside]
  reviewed: {{on: 2026-11-22, by: "The authors"}}
  review_every: 6
blocks:
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes `blocks` as a topic of a small library and returns the library's folder."""
    folder = tmp_path / "content"
    folder.mkdir()
    (folder / "sources.yml").write_text(SOURCES, encoding="utf-8")
    shutil.copy(data_folder() / "content" / "style.yml", folder)

    def write_topic(blocks: str, *, topic: str = "tea", head: str | None = None) -> Path:
        text = (HEAD.format(topic=topic) if head is None else head) + blocks
        (folder / f"{topic}.yml").write_text(text, encoding="utf-8")
        return folder

    return write_topic
