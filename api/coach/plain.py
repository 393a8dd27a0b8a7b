"""What a message says so plainly that it need not be asked, and whether a worker on the scene wrote it.

The safety reading says what is there now; the wordings of `data/coach/choice.yml`, in the language of
`safety/patterns.py`, say which of it was said in plain words. One word of doubt, and it is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from safety.answers import SAFETY_DATA, read_settings
from safety.normal import Break, Normaliser, Word, real_words_in, spellings_in
from safety.patterns import Found, PatternBook

NOT_BREATHING = "not_breathing"
"""What is said of somebody who is led to the steps for a body that does not breathe."""

_DOUBT, _ARRIVES, _GOES_ON, _AT_WORK, _OWN_FAMILY = "doubt", "arrives", "goes_on", "at_work", "own_family"


@dataclass(frozen=True)
class Saying:
    """Something said in full: `is_there` are the states that the safety reading must have found and `is_not_there`
    those that it must not, `said` the wordings that must stand in the message and `not_said` those that must not."""

    name: str
    is_there: frozenset[str]
    is_not_there: frozenset[str]
    said: frozenset[str]
    not_said: frozenset[str]


class PlainWords:
    """The wordings, read once."""

    def __init__(
        self, wordings: Mapping[str, Sequence[str]], sayings: Sequence[Mapping[str, Any]], worker: Mapping[str, Any]
    ) -> None:
        """Raises `safety.patterns.PatternError` on a wording that can't be read."""
        classes, normal = read_settings(SAFETY_DATA / "classes.yml"), read_settings(SAFETY_DATA / "normal.yml")
        self._book = PatternBook({**wordings, **worker}, classes, spellings_in(normal))
        self._normaliser = Normaliser(normal, self._book.words, real_words_in(SAFETY_DATA / "real_words.txt"))
        self._sayings = [
            Saying(
                saying["name"],
                frozenset(saying.get("is_there", ())),
                frozenset(saying.get("is_not_there", ())),
                frozenset(saying["said"]),
                frozenset(saying.get("not_said", ())) | {_DOUBT},
            )
            for saying in sayings
        ]

    @classmethod
    def read(cls, choices: dict[str, Any]) -> PlainWords:
        """From what stands under `plainly` and `worker` in `choice.yml`, which are taken out."""
        plainly = choices.pop("plainly", {})
        return cls(plainly.get("wordings", {}), plainly.get("sayings", ()), choices.pop("worker", {}))

    def told(self, text: str, concepts: Collection[str]) -> str | None:
        """The name of what `text` says plainly, given the states that the safety reading found in it; None in doubt."""
        found = {item.name for item in self._book.find(self._normaliser.words(text))}
        there = set(concepts)
        for saying in self._sayings:
            is_read = saying.is_there <= there and saying.is_not_there.isdisjoint(there)
            if is_read and saying.said <= found and found.isdisjoint(saying.not_said):
                return saying.name
        return None

    def is_from_worker(self, text: str) -> bool:
        """Whether somebody writes who is there for their work, by their own words, and of nobody of their own."""
        words = self._normaliser.words(text)
        found = self._book.find(words)
        if any(item.name == _OWN_FAMILY for item in found):
            return False
        goes_on = {item.start for item in found if item.name == _GOES_ON}
        return any(
            item.name == _AT_WORK or (item.name == _ARRIVES and _introduces(words, item, goes_on)) for item in found
        )


def _introduces(words: Sequence[Word], role: Found, goes_on: Collection[int]) -> bool:
    """Whether a message opens with this: "police here, ..." or "police here male on floor", not "police here say"."""
    if not all(word.plain in _GREETINGS for word in words[: role.start]):
        return False
    return role.end == len(words) or words[role.end].before is not Break.NOTHING or role.end in goes_on


_GREETINGS = frozenset({"hi", "hello", "hiya", "hey", "urgent", "help", "please", "it", "is", "this"})
