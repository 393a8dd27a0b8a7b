"""The little grammar of English by which the reaches of contexts are measured: `data/safety/contexts.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from safety.normal import Break, Word


@dataclass(frozen=True)
class Grammar:
    """The words by which reaches are measured; what each list is for stands in `data/safety/contexts.yml`."""

    negators: frozenset[str]
    breakers: frozenset[str]
    turns: frozenset[str]
    subjects: frozenset[str]
    joined_by: frozenset[str]
    present: frozenset[str]
    finished: frozenset[str]
    past_tense: frozenset[str]
    telling: frozenset[str]
    alarm: frozenset[str]
    fresh: frozenset[str]
    now_words: frozenset[str]
    question_words: frozenset[str]
    particular: frozenset[str]
    somebody: frozenset[str]

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> Grammar:
        """From the settings of `contexts.yml`."""
        return cls(**{field.name: frozenset(settings[field.name]) for field in fields(cls)})

    @classmethod
    def names(cls) -> frozenset[str]:
        """Which of the settings are word lists and not wordings."""
        return frozenset(field.name for field in fields(cls))

    def cries(self, words: Sequence[Word]) -> bool:
        """Whether a word of alarm stands among `words`."""
        return any(word.plain in self.alarm for word in words)

    def presses(self, words: Sequence[Word]) -> bool:
        """Whether a word of alarm or of now stands among `words`."""
        return any(word.plain in self.alarm or word.plain in self.now_words for word in words)

    def tells_of_now(self, words: Sequence[Word], place: int) -> bool:
        """Whether the sentence around `words[place]` tells of somebody, in the present tense, and others follow it."""
        first, last = _sentence(words, place)
        plain = {word.plain for word in words[first:last]}
        now = bool(plain & self.present) and not plain & self.telling
        return now and last < len(words) and bool(plain & self.somebody)


def _sentence(words: Sequence[Word], place: int) -> tuple[int, int]:
    first, last = place, place + 1
    while first and words[first].before is not Break.STOP:
        first -= 1
    while last < len(words) and words[last].before is not Break.STOP:
        last += 1
    return first, last
