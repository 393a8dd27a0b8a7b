"""Mends what a frightened hand misspells: slips, left-out vowels, words run together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

_SHORTEST = 5
_LONG = 8
"""From this length on a word may be two slips away from what was meant; shorter ones, one."""
_FEWEST_BONES = 4
_SHORTEST_RUN = 6
_LONGEST_RUN = 40
_LONGEST_PIECE = 14
_LETTERS_A_PIECE = 2.5
_SHORTEST_PAIR = 4
_SHORTEST_BESIDE_LITTLE = 3


class Spelling:
    """Finds the danger word that a word was meant to be: one slip from 5 letters on, two from `long` letters.

    A slip is a letter left out, put in, changed, or swapped with its neighbour. `real_words` are words of
    their own that look like danger words ("joking", "choking") and are never changed.
    """

    def __init__(self, danger_words: Collection[str], real_words: Collection[str], *, long: int = _LONG) -> None:
        self._words = frozenset(danger_words)
        self._real = frozenset(real_words)
        self._long = long
        self._by_remains: dict[str, set[str]] = defaultdict(set)
        for word in sorted(self._words):
            if len(word) >= _SHORTEST:
                for remains in _remains(word, self._slips_allowed(word)):
                    self._by_remains[remains].add(word)

    def mend(self, word: str) -> str:
        """The danger word meant, or `word` itself."""
        if len(word) < _SHORTEST - 1 or word in self._words or word in self._real or not word.isalpha():
            return word
        candidates: set[str] = set()
        for remains in _remains(word, self._slips_allowed(word)):
            candidates |= self._by_remains.get(remains, set())
        near = [(_slips(word, meant), meant) for meant in candidates if meant[0] == word[0] or len(meant) >= _LONG]
        allowed = sorted((slips, meant) for slips, meant in near if slips <= self._slips_allowed(meant))
        return allowed[0][1] if allowed else word

    def _slips_allowed(self, word: str) -> int:
        return 2 if len(word) >= self._long else 1


class Shorthand:
    """Reads words with their vowels left out ("brthng") and words run together ("hesnotbreathing")."""

    def __init__(
        self, danger_words: Collection[str], known_words: Collection[str], little_words: Collection[str] = ()
    ) -> None:
        by_bones: dict[str, set[str]] = defaultdict(set)
        for word in danger_words:
            by_bones[_bones(word)].add(word)
        self._by_bones = {bones: min(words) for bones, words in by_bones.items() if len(words) == 1}
        self._known = frozenset(word for word in known_words if len(word) > 1) | {"i", "a"}
        self._little = frozenset(little_words)

    def vowels_back(self, word: str) -> str:
        """The danger word whose consonants these are, or `word`: at least four letters, at most one a vowel."""
        bones = _bones(word)
        return self._by_bones.get(bones, word) if len(bones) >= _FEWEST_BONES and len(word) - len(bones) <= 1 else word

    def pair(self, word: str) -> tuple[str, ...]:
        """The two words that were run together, one of them a little one ("onthe", "aknife", "myson"), or nothing."""
        if len(word) < _SHORTEST_PAIR or not word.isalpha():
            return ()
        pairs = [(word[:place], word[place:]) for place in range(1, len(word))]
        good = [pair for pair in pairs if self._goes_with(*pair) or self._goes_with(*reversed(pair))]
        return max(good, key=_weight_of, default=())

    def _goes_with(self, little: str, other: str) -> bool:
        if little not in self._little:
            return False
        return other in self._little or (len(other) >= _SHORTEST_BESIDE_LITTLE and other in self._known)

    def apart(self, word: str) -> tuple[str, ...]:
        """The known words that were run together, or `word` itself: the fewest and longest, and never only scraps."""
        if len(word) < _SHORTEST_RUN or len(word) > _LONGEST_RUN or not word.isalpha():
            return (word,)
        best: list[tuple[str, ...] | None] = [(), *([None] * len(word))]
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - _LONGEST_PIECE), end):
                before, piece = best[start], word[start:end]
                if before is not None and piece in self._known:
                    longer = (*before, piece)
                    so_far = best[end]
                    if so_far is None or (-len(longer), _weight_of(longer)) > (-len(so_far), _weight_of(so_far)):
                        best[end] = longer
        pieces = best[-1]
        whole = pieces is not None and len(word) / len(pieces) >= _LETTERS_A_PIECE
        return pieces if pieces and whole else (word,)


def _weight_of(pieces: Sequence[str]) -> int:
    """More, where the pieces are fewer and longer: "with a" rather than "wit ha"."""
    return sum(len(piece) ** 2 for piece in pieces)


def _bones(word: str) -> str:
    return word[:1] + "".join(letter for letter in word[1:] if letter not in "aeiou")


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
