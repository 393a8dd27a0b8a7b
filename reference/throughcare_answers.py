"""What somebody says back to a check-in, read by the words of `data/throughcare/answers.yml`.

It knows no danger: that is read elsewhere, and before.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import Any

import yaml

from reference.paths import data_folder

_MARKS = re.compile(r"[^\w\s'👍👌-]+")


class Said(str, Enum):
    """What an answer comes to. In this order: what is grave wins over what is good."""

    GRIEF = "grief"
    """Somebody has died."""
    RECALLED = "recalled"
    """Back inside, or not getting out after all."""
    WRONG_NUMBER = "wrong_number"
    """Another person has this number."""
    WHO = "who"
    """They don't know who is writing to them."""
    ENOUGH = "enough"
    """They want no more of these."""
    BAD = "bad"
    UNSURE = "unsure"
    GOOD = "good"


def said_back(text: str) -> Said | None:
    """The gravest thing that the words come to, or None where they come to nothing known."""
    said = _plain(text)
    alone, anywhere = _words()
    if said in alone:
        return alone[said]
    found = set()
    left = f" {said} "
    for words, kind in anywhere:
        if f" {words} " in left:
            found.add(kind)
            left = left.replace(f" {words} ", " | ")
    return next((kind for kind in Said if kind in found), None)


def agrees(text: str) -> bool:
    """Whether the whole message is a yes: what somebody who was never asked before has to say."""
    return _plain(text) in _agreement()


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub(" ", text.lower().replace("\u2019", "'")).split())


@lru_cache(maxsize=1)
def _words() -> tuple[dict[str, Said], tuple[tuple[str, Said], ...]]:
    """Whole messages, and words that count anywhere, the longest first."""
    alone: dict[str, Said] = {}
    anywhere: dict[str, Said] = {}
    for name, words in _data()["kinds"].items():
        kind = Said(name)
        alone.update({_plain(str(word)): kind for word in words.get("alone", ())})
        anywhere.update({_plain(str(word)): kind for word in words.get("anywhere", ())})
    return alone, tuple(sorted(anywhere.items(), key=lambda entry: -len(entry[0])))


@lru_cache(maxsize=1)
def _agreement() -> frozenset[str]:
    return frozenset(_plain(str(word)) for word in _data()["agrees"])


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    with (data_folder() / "throughcare" / "answers.yml").open(encoding="utf-8") as file:
        return dict(yaml.safe_load(file))
