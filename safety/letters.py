"""The letters of a message as they were meant, each knowing its place: lower case, without accents and disguises."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_QUOTES = dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02bc\u00b4`"), "'")
_APART = re.compile(r"(?<![a-z0-9'])[a-z](?:[ ._*-]{1,3}[a-z](?![a-z0-9'])){5,}")
"""Six letters or more, each by itself: "n o t  b r e a t h i n g". Fewer may be text-speak ("r u o k")."""


class Letters:
    """Undoes what hides a word. Built from `look_alikes` of `data/safety/normal.yml`: letter and what looks like it."""

    def __init__(self, look_alikes: Mapping[str, str]) -> None:
        self._plain: dict[int, str] = {
            ord(sign): letter for letter, signs in look_alikes.items() for sign in signs
        } | _QUOTES

    def folded(self, text: str) -> tuple[str, list[int]]:
        """`text` in plain lower-case letters, and for each of its characters the place it came from."""
        if text.isascii():
            return _drawn_together(text.lower(), list(range(len(text))))
        letters: list[str] = []
        places: list[int] = []
        for place, character in enumerate(text.translate(self._plain)):
            if unicodedata.category(character) in ("Cf", "Mn"):
                continue
            for letter in unicodedata.normalize("NFKD", character).lower():
                if not unicodedata.combining(letter):
                    letters.append(letter)
                    places.append(place)
        return _drawn_together("".join(letters), places)


def _drawn_together(letters: str, places: list[int]) -> tuple[str, list[int]]:
    """Letters with a gap after each become words again; two or three signs between them part two words."""
    gaps: dict[int, str] = {}
    for run in _APART.finditer(letters):
        for gap in re.finditer(r"[ ._*-]+", run[0]):
            first, last = run.start() + gap.start(), run.start() + gap.end()
            gaps |= dict.fromkeys(range(first, last), "")
            if last - first > 1:
                gaps[first] = " "
    if not gaps:
        return letters, places
    kept = [place for place in range(len(letters)) if gaps.get(place) != ""]
    return "".join(gaps.get(place, letters[place]) for place in kept), [places[place] for place in kept]
