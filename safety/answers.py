"""Reads the answer to a safety question: careful, never reassured by words that don't plainly say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from safety.normal import Break, Normaliser, Word, real_words_in, spellings_in
from safety.patterns import Found, PatternBook

SAFETY_DATA = Path(__file__).resolve().parents[1] / "data" / "safety"


class Answer(Enum):
    """`OTHER`: the words don't answer the question."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"
    OTHER = "other"


class AnswerReader:
    """The wordings of `data/safety/answers.yml`."""

    def __init__(
        self,
        settings: Mapping[str, Any],
        classes: Mapping[str, Sequence[str]],
        spellings: Mapping[str, tuple[str, ...]],
    ) -> None:
        wordings: dict[str, list[str]] = dict(settings["generic"])
        for question, answers in settings["questions"].items():
            wordings |= {f"{question}:{answer}": lines for answer, lines in answers.items()}
        self._book = PatternBook(wordings, classes, spellings)
        self._reassuring = {question: Answer(answer) for question, answer in settings["reassuring"].items()}
        self.words = self._book.words

    def read(self, words: Sequence[Word], question: str | None = None) -> Answer:
        """The answer to `question` ("breathing", "danger_now", ...), or to any yes-or-no question."""
        found = self._book.find(words)
        named = {name: [item for item in found if item.name == name] for name in {item.name for item in found}}
        calm = self._reassuring.get(question or "")
        answer = _specific(named, question, calm) or _generic(named, words)
        return Answer.UNSURE if answer is calm and "hedge" in named else answer


def _specific(named: Mapping[str, Sequence[Found]], question: str | None, calm: Answer | None) -> Answer | None:
    """What words that belong to this question say; danger wins over reassurance."""
    said_no = named.get(f"{question}:no", ())
    said_yes = [item for item in named.get(f"{question}:yes", ()) if not any(_within(item, other) for other in said_no)]
    said_no = [item for item in said_no if not any(_within(item, other) and item != other for other in said_yes)]
    if said_yes and said_no:
        return {Answer.YES: Answer.NO, Answer.NO: Answer.YES, None: Answer.UNSURE}[calm]
    if said_yes or said_no:
        return Answer.YES if said_yes else Answer.NO
    return Answer.OTHER if f"{question}:other" in named else None


def _generic(named: Mapping[str, Sequence[Found]], words: Sequence[Word]) -> Answer:
    """What any yes-or-no question takes for an answer: words that open the message, "well, aye"."""
    opening = _opening(named.get("fillers", ()))
    unsure = named.get("unsure", ())
    no = [item for item in _opening_words("no", named, opening, words) if not _within_any(item, unsure)]
    yes = [item for item in _opening_words("yes", named, opening, words) if not _within_any(item, (*unsure, *no))]
    plainly_no = any(item.end - item.start == 1 for item in no)
    if (unsure and not plainly_no) or (yes and no):
        return Answer.UNSURE
    if no:
        return Answer.NO
    return Answer.YES if yes else Answer.OTHER


def _opening(fillers: Sequence[Found]) -> int:
    first = 0
    for filler in fillers:
        if filler.start == first:
            first = filler.end
    return first


def _opening_words(
    answer: str, named: Mapping[str, Sequence[Found]], opening: int, words: Sequence[Word]
) -> list[Found]:
    alone = [
        item
        for item in named.get(f"{answer}_alone", ())
        if item.end == len(words) or words[item.end].before is not Break.NOTHING
    ]
    after = {opening, *(item.end for item in named.get(answer, ()) if item.start <= opening)}
    return [item for item in [*named.get(answer, ()), *alone] if item.start <= opening or item.start in after]


def _within(item: Found, other: Found) -> bool:
    return other.start <= item.start and item.end <= other.end


def _within_any(item: Found, others: Sequence[Found]) -> bool:
    return any(_within(item, other) for other in others)


def read_settings(file: Path) -> Any:
    """A file of `data/safety`: every value is text, so that the words "yes", "no" and "on" stay words."""
    with file.open(encoding="utf-8") as stream:
        return yaml.load(stream, Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader makes nothing but text


@lru_cache(maxsize=1)
def _reader() -> tuple[Normaliser, AnswerReader]:
    folder = SAFETY_DATA
    normal, classes = read_settings(folder / "normal.yml"), read_settings(folder / "classes.yml")
    reader = AnswerReader(read_settings(folder / "answers.yml"), classes, spellings_in(normal))
    return Normaliser(normal, reader.words, real_words_in(folder / "real_words.txt")), reader


def read_answer(text: str, question: str | None = None) -> Answer:
    """The answer that `text` gives to a yes-or-no question; `question` is the safety question's name if it is one."""
    normaliser, reader = _reader()
    return reader.read(normaliser.words(text), question)
