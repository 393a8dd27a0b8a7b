"""Mends misspelt danger words, and only those."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

_SHORTEST = 5
_LONG = 8
"""From this length on a word may be two slips away from what was meant; shorter ones, one."""


class Spelling:
    """Finds the danger word that a word was meant to be: one slip from 5 letters on, two from 8.

    A slip is a letter left out, put in, changed, or swapped with its neighbour. `real_words` are words of
    their own that look like danger words ("joking", "choking") and are never changed.
    """

    def __init__(self, danger_words: Collection[str], real_words: Collection[str]) -> None:
        self._words = frozenset(danger_words)
        self._real = frozenset(real_words)
        self._by_remains: dict[str, set[str]] = defaultdict(set)
        for word in sorted(self._words):
            if len(word) >= _SHORTEST:
                for remains in _remains(word, _slips_allowed(word)):
                    self._by_remains[remains].add(word)

    def mend(self, word: str) -> str:
        """The danger word meant, or `word` itself."""
        if len(word) < _SHORTEST - 1 or word in self._words or word in self._real or not word.isalpha():
            return word
        candidates: set[str] = set()
        for remains in _remains(word, _slips_allowed(word)):
            candidates |= self._by_remains.get(remains, set())
        near = [(_slips(word, meant), meant) for meant in candidates if meant[0] == word[0] or len(meant) >= _LONG]
        allowed = sorted((slips, meant) for slips, meant in near if slips <= _slips_allowed(meant))
        return allowed[0][1] if allowed else word


def _slips_allowed(word: str) -> int:
    return 2 if len(word) >= _LONG else 1


def _remains(word: str, slips: int) -> set[str]:
    """The word with up to `slips` letters left out: two words near each other share one of these."""
    kept = {word}
    newest = {word}
    for _ in range(slips):
        newest = {item[:place] + item[place + 1 :] for item in newest for place in range(len(item))}
        kept |= newest
    return kept


def _slips(said: str, meant: str) -> int:
    """Optimal string alignment distance (Damerau-Levenshtein without overlapping swaps)."""
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for place, letter in enumerate(said, 1):
        row, last = [place], row
        for other, wanted in enumerate(meant, 1):
            cost = min(last[other] + 1, row[other - 1] + 1, last[other - 1] + (letter != wanted))
            if place > 1 and other > 1 and letter == meant[other - 2] and said[place - 2] == wanted:
                cost = min(cost, before[other - 2] + 1)
            row.append(cost)
        before = last
    return row[-1]
