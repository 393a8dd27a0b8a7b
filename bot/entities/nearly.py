"""Tolerance for misspelt names, held so tight that ordinary words don't become places or drugs."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.entities.word_lists import word_list

_ONE_SLIP_FROM = 6
_TWO_SLIPS_FROM = 9


@lru_cache(maxsize=1)
def ordinary_words() -> frozenset[str]:
    """Real words that stand within a slip or two of a name ("birth" and "perth"), and are never that name."""
    return frozenset(word_list("ordinary_words")["ordinary_words"])


class NearNames:
    """Single-word names that may be misspelt."""

    def __init__(self, names: dict[str, str]) -> None:
        """`names`: name -> what it stands for. Names shorter than six letters are matched exactly elsewhere."""
        self._names = {name.lower(): value for name, value in names.items() if len(name) >= _ONE_SLIP_FROM - 1}
        self._by_letter: dict[str, list[str]] = {}
        for name in self._names:
            self._by_letter.setdefault(name[0], []).append(name)

    def meant(self, word: str) -> str | None:
        """What a misspelt word stands for: one slip from six letters on, two from nine, the first letter right."""
        if len(word) < _ONE_SLIP_FROM or not word.isalpha() or word in ordinary_words():
            return None
        slips = 2 if len(word) >= _TWO_SLIPS_FROM else 1
        nearest = process.extractOne(word, self._by_letter.get(word[0], ()), scorer=OSA.distance, score_cutoff=slips)
        return self._names[nearest[0]] if nearest else None
