"""Scots, text-speak and spelling slips in plain English words, for the encoder, which was taught plain English."""

from __future__ import annotations

import re
from functools import lru_cache

import yaml

from reference.paths import data_folder

_WORD = re.compile(r"[\w']+")
_LETTER_HELD_DOWN = re.compile(r"([a-z])\1{2,}")


class PlainWords:
    """Rewrites a message word by word; what it doesn't know it leaves alone."""

    def __init__(self, meanings: dict[str, str]) -> None:
        self._meanings = meanings

    @classmethod
    def load(cls) -> PlainWords:
        """Read `data/language/plain_words.yml`, once a process."""
        return _loaded()

    def of(self, text: str) -> str:
        """The text in lower case with known words replaced: "cannae wake um" becomes "cannot wake him"."""
        lowered = _LETTER_HELD_DOWN.sub(r"\1\1", text.lower().replace("’", "'"))
        return _WORD.sub(lambda word: self._meanings.get(word.group(), word.group()), lowered)


@lru_cache(maxsize=1)
def _loaded() -> PlainWords:
    with (data_folder() / "language" / "plain_words.yml").open(encoding="utf-8") as file:
        return PlainWords({str(word): str(plain) for word, plain in yaml.safe_load(file)["plain_words"].items()})
