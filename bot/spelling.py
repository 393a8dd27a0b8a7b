"""Slips of the thumb put right in words that nobody knows, so that a message typed in a hurry is understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

_SHORTEST = 4
_TWO_SLIPS_FROM = 7
_SHORTEST_SKELETON = 3
_OFTEN = 3
_TWICE = 2
_SPLIT_OFTEN = 12
_ENDINGS = ("s", "es", "d", "ed", "ing", "er", "ers", "ly")
_VOWELS = str.maketrans("", "", "aeiou")
# One slip more has to be outweighed by a word that is said this many times as often.
_SLIP_WORTH = 12


class Spelling:
    """Names the word that was meant. Keeps no word that it is asked about."""

    def __init__(self, said: Counter[str], known: Iterable[str]) -> None:
        """`said`: how often our examples use each word; `known`: further words that are right as they stand."""
        self._often = {word: count for word, count in said.items() if count >= _OFTEN and word.isalpha()}
        self._known = frozenset(known).union(word for word, count in said.items() if count >= _TWICE)
        self._by_letter: dict[str, list[str]] = {}
        self._by_skeleton: dict[str, str] = {}
        for word in sorted(self._often, key=lambda word: (-self._often[word], word)):
            if len(word) >= _SHORTEST - 1:
                self._by_letter.setdefault(word[0], []).append(word)
                self._by_skeleton.setdefault(_skeleton(word), word)

    def meant(self, word: str) -> str:
        """The word itself when it is known or nothing is near it; two words with a space where one was forgotten.

        Near is one slip from four letters on and two from seven (a slip: a letter wrong, missing, too many, or two
        swapped), the first letter right or swapped with the second; or all the vowels left out.
        """
        if self._is_known(word) or not word.isalpha() or not word.isascii():
            return word
        return self._nearest(word) or self._without_vowels(word) or self._run_together(word) or word

    def _is_known(self, word: str) -> bool:
        """Whether the word is right as it stands, alone or as a known word with an ending ("sweats", "injects")."""
        return word in self._known or any(
            word.endswith(ending) and len(word) - len(ending) >= _SHORTEST and word[: -len(ending)] in self._known
            for ending in _ENDINGS
        )

    def _nearest(self, word: str) -> str | None:
        if len(word) < _SHORTEST:
            return None
        slips = 2 if len(word) >= _TWO_SLIPS_FROM else 1
        near = [
            (self._often[found] / _SLIP_WORTH**distance, found)
            for letter in {word[0], word[1]}
            for found, distance, _ in process.extract(
                word, self._by_letter.get(letter, ()), scorer=OSA.distance, score_cutoff=slips, limit=5
            )
            if letter == word[0] or found[:2] == word[1::-1]
        ]
        return max(near)[1] if near else None

    def _without_vowels(self, word: str) -> str | None:
        """ "hlp" is "help": only where the word has at most one vowel inside, so that no real word is rewritten."""
        if len(word) < _SHORTEST_SKELETON or _skeleton(word) != word:
            return None
        return self._by_skeleton.get(word)

    def _run_together(self, word: str) -> str | None:
        parts = [
            (min(self._often.get(word[:at], 0), self._often.get(word[at:], 0)), at) for at in range(2, len(word) - 1)
        ]
        if not parts:
            return None
        often, at = max(parts)
        return f"{word[:at]} {word[at:]}" if often >= _SPLIT_OFTEN else None


def _skeleton(word: str) -> str:
    return word[0] + word[1:].translate(_VOWELS)
