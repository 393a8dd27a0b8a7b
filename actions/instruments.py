"""The three sets of questions: what answers there are, how words are read, what they come to.

Questions, answers and scores stand in `data/instruments`. A set that is half done is never scored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from actions.language import plain, short_answer
from reference.paths import data_folder

DRINKING, USING, STRAIN = "drinking", "using", "strain"
_LETTERS = "abcdefgh"
_NUMBER = re.compile(r"\d+")
_FILLERS = re.compile(r"\b(about|around|maybe|probably|usually|just|i'd say|i would say|it's|it is|i think)\b ?")
_DENIES = re.compile(r"\b(not|no|never|n't|hardly)\b|n't\b")
_MEASURE = re.compile(r"\b(units?|drinks?)\b")


@dataclass(frozen=True)
class Answer:
    """One of the answers that a question has."""

    code: str
    score: int | None
    words: tuple[str, ...]
    units: tuple[int, int] | None


@dataclass(frozen=True)
class Item:
    """One question."""

    slot: str
    answers: tuple[Answer, ...]
    ends_with: tuple[str, ...]
    """Answers after which nothing more is asked."""
    substances: bool
    """Answered by naming drugs."""

    def read(self, text: str) -> str | None:
        """The code of the answer that the words give: its letter, its words, a number of units; None when none."""
        said = plain(text).replace("-", " ")
        if len(said) == 1 and said in _LETTERS[: len(self.answers)] and any(answer.words for answer in self.answers):
            return self.answers[_LETTERS.index(said)].code
        if not any(answer.words for answer in self.answers):
            short = short_answer(text)
            return short if any(answer.code == short for answer in self.answers) else None
        return self._by_words(said) or self._by_units(text)

    def _by_words(self, said: str) -> str | None:
        """The answer whose words these are. What is scored takes no words beside them: "I don't drink every day"."""
        said = _FILLERS.sub(" ", f" {said} ").strip()
        for answer in self.answers:
            for words in map(_as_said, answer.words):
                at_the_end = answer.score is None and said.endswith(f" {words}") and not _DENIES.search(said)
                if said == words or at_the_end:
                    return answer.code
        return None

    def _by_units(self, text: str) -> str | None:
        """ "About 12", "12 units"; a number of pints is no number of units."""
        numbers = [int(number) for number in _NUMBER.findall(text)]
        rest = _MEASURE.sub("", _NUMBER.sub("", plain(text))).replace("about", "").replace("maybe", "").strip()
        if len(numbers) != 1 or rest:
            return None
        return next(
            (
                answer.code
                for answer in self.answers
                if answer.units and answer.units[0] <= numbers[0] <= answer.units[1]
            ),
            None,
        )


@dataclass(frozen=True)
class Instrument:
    """One set of questions."""

    name: str
    items: tuple[Item, ...]
    positive_from: int | None
    a_lot_from: int | None

    def score(self, answers: Mapping[str, str | None]) -> int | None:
        """What the answers, by slot, come to; None while one is missing or was skipped.

        AUDIT-C: 0 to 12, the sum over its three questions; nought for somebody who never drinks.
        """
        total = 0
        for item in self.items:
            given = next((answer for answer in item.answers if answer.code == answers.get(item.slot)), None)
            if given is None or given.score is None:
                return None
            total += given.score
            if given.code in item.ends_with:
                break
        return total

    def is_positive(self, score: int) -> bool:
        """Whether the score is at or over the mark from which a proper conversation is worth having."""
        return self.positive_from is not None and score >= self.positive_from

    def weighs_heavily(self, answers: Mapping[str, str | None]) -> bool | None:
        """Whether enough is answered "a lot"; None while a question is unanswered or was skipped."""
        if self.a_lot_from is None or any(
            answers.get(item.slot) not in {answer.code for answer in item.answers} for item in self.items
        ):
            return None
        return [answers[item.slot] for item in self.items].count("a_lot") >= self.a_lot_from


@lru_cache
def instrument(name: str) -> Instrument:
    """The set of that name from `data/instruments`."""
    with (data_folder() / "instruments" / f"{name}.yml").open(encoding="utf-8") as file:
        written = yaml.safe_load(file)
    return Instrument(
        name,
        tuple(_item(entry) for entry in written["questions"]),
        written.get("positive_from"),
        written.get("a_lot_from"),
    )


def _item(entry: dict[str, Any]) -> Item:
    answers = tuple(
        Answer(
            str(answer["code"]),
            answer.get("score"),
            tuple(map(str, answer.get("words") or ())),
            tuple(answer["units"]) if answer.get("units") else None,
        )
        for answer in entry.get("answers") or ()
    )
    return Item(entry["slot"], answers, tuple(map(str, entry.get("ends_with") or ())), bool(entry.get("substances")))


def _as_said(words: str) -> str:
    return plain(words).replace("-", " ")
