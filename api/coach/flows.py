"""The coach's steps, read from `data/coach`: what is said, what is asked, and where each answer leads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import yaml

from api.coach.plain import PlainWords
from reference.paths import data_folder

ANSWERS = ("yes", "no", "unsure", "other")
CHOICES = "choice.yml"
_WORD = re.compile(r"[\w']+")


class FlowError(ValueError):
    """The steps in `data/coach` cannot be followed; the message names file and step."""


class Then(str, Enum):
    """What the coach does at a step besides speaking."""

    NOTHING = "nothing"
    EMERGENCY = "emergency"
    HANDOFF = "handoff"
    ASSISTANT = "assistant"


@dataclass(frozen=True)
class Place:
    """A step of a flow."""

    flow: str
    step: str


@dataclass(frozen=True)
class Step:
    """One step. Without `answers` it is the last one.

    `words` are whole messages that stand for an answer. `danger` is where an answer that itself speaks of an
    emergency leads, `again` where one leads that leaves the question open. `told` is where somebody is led instead of
    here who has plainly said it already, by the name of what was said.
    """

    say: tuple[str, ...]
    ask: str | None
    question: str | None
    words: Mapping[str, str]
    answers: Mapping[str, Place]
    danger: Place | None
    again: Place | None
    told: Mapping[str, Place]
    then: Then

    @property
    def is_last(self) -> bool:
        """Whether nothing is asked here any more."""
        return not self.answers

    @property
    def content_ids(self) -> tuple[str, ...]:
        """What is said here, in order, the question last."""
        return (*self.say, self.ask) if self.ask else self.say


@dataclass(frozen=True)
class Flow:
    """Steps for one kind of danger. `level` is `emergency`, `urgent`, `check`, or `asked`: a question of the
    assistant's, whose answer is heard for danger before the assistant gets it."""

    name: str
    level: str
    start: Place
    steps: Mapping[str, Step]


@dataclass(frozen=True)
class Said:
    """What choosing the steps goes by.

    `of`: of whom the danger was said (`self`, `other`). `names_others`: whether anybody but the writer is named at all.
    """

    kinds: Sequence[str]
    concepts: Sequence[str]
    audience: str | None
    of: frozenset[str]
    names_others: bool


@dataclass(frozen=True)
class Choice:
    """Which flow a reading leads to; an empty condition is met by everything."""

    flow: str
    kinds: frozenset[str]
    concepts: frozenset[str]
    audience: str | None
    of_self: bool
    of_others: bool
    nobody_else: bool

    def fits(self, said: Said) -> bool:
        """Whether this choice is for a reading like this."""
        return (
            ("self" in said.of or not self.of_self)
            and (said.of == {"other"} or not self.of_others)
            and not (self.nobody_else and said.names_others)
            and (not self.kinds or not self.kinds.isdisjoint(said.kinds))
            and (not self.concepts or not self.concepts.isdisjoint(said.concepts))
            and (self.audience is None or self.audience == said.audience)
        )


class FlowBook:
    """Every flow, and which one a reading leads to."""

    def __init__(
        self,
        flows: Mapping[str, Flow],
        choices: Mapping[str, Sequence[Choice]],
        *,
        not_reassuring: frozenset[str] = frozenset(),
        self_words: frozenset[str] = frozenset(),
        other_words: frozenset[str] = frozenset(),
        plain: PlainWords,
    ) -> None:
        """`not_reassuring`: concepts that turn a "yes" into "don't know". `self_words` and `other_words` tell of whom
        something is said, `plain` what is said so plainly that it is not asked. Raises FlowError when a step leads
        nowhere.
        """
        self.flows = flows
        self.plain = plain
        self.not_reassuring = not_reassuring
        self._self_words = self_words
        self._other_words = other_words
        self._choices = choices
        self._follow_every_path()

    @classmethod
    def load(cls, folder: Path | None = None) -> FlowBook:
        """The flows of `data/coach`. Raises FlowError."""
        folder = folder or data_folder() / "coach"
        flows = [_flow(file) for file in sorted(folder.glob("*.yml")) if file.name != CHOICES]
        chosen = _mapping(folder / CHOICES)
        doubts = frozenset(chosen.pop("not_reassuring", ()))
        speaking_of = chosen.pop("speaking_of", {})
        plain = PlainWords.read(chosen)
        return cls(
            {flow.name: flow for flow in flows},
            _choices(chosen),
            not_reassuring=doubts,
            self_words=frozenset(speaking_of.get("self", ())),
            other_words=frozenset(speaking_of.get("others", ())),
            plain=plain,
        )

    def step(self, place: Place) -> Step:
        """The step that stands there."""
        return self.flows[place.flow].steps[place.step]

    def knows(self, place: Place) -> bool:
        """Whether the place still exists: content may have changed since somebody was there."""
        return place.flow in self.flows and place.step in self.flows[place.flow].steps

    def spoken_of(self, text: str, span_ends: Sequence[int]) -> frozenset[str]:
        """Of whom what was read in `text` up to these places is said: `self`, `other`, both, or nobody that was named.

        The last word for a person before each place tells.
        """
        return frozenset(filter(None, (self._last_person(text[:end]) for end in span_ends)))

    def names_others(self, text: str) -> bool:
        """Whether anybody but the writer is named in `text`."""
        return not self._other_words.isdisjoint(_words(text))

    def asked_by_assistant(self, content_id: str | None) -> Place | None:
        """Where the answer to this question of the assistant's is heard for danger; None where it is not."""
        for flow in self.flows.values():
            if flow.level == "asked" and content_id == self.step(flow.start).ask:
                return flow.start
        return None

    def choose(self, level: str, said: Said) -> Place:
        """Where a reading of this level begins; a yes to "is anyone in danger right now?" is `confirmed`."""
        for choice in self._choices[level]:
            if choice.fits(said):
                return self.flows[choice.flow].start
        raise FlowError(f"{CHOICES}: {level}: no line fits {sorted(said.kinds)}; the last line must fit everything")

    def content_ids(self) -> set[str]:
        """Every text that the coach may say."""
        return {one for flow in self.flows.values() for step in flow.steps.values() for one in step.content_ids}

    def _last_person(self, text: str) -> str | None:
        for word in reversed(_words(text)):
            if word in self._self_words:
                return "self"
            if word in self._other_words:
                return "other"
        return None

    def _follow_every_path(self) -> None:
        for flow in self.flows.values():
            for name, step in flow.steps.items():
                for place in (*step.answers.values(), *step.told.values(), step.danger, step.again):
                    if place is not None and not self.knows(place):
                        raise FlowError(
                            f"{flow.name}.yml: {name}: leads to {place.flow}/{place.step}, which is not there"
                        )
        for level, choices in self._choices.items():
            for choice in choices:
                if choice.flow not in self.flows:
                    raise FlowError(f"{CHOICES}: {level}: no flow {choice.flow}")


def _words(text: str) -> list[str]:
    """The words of a text, without what is joined to them: in "my pal's no breathin" it is "pal", in "she'll" "she"."""
    words = _WORD.findall(text.lower().replace("\u2019", "'"))
    return [word if word.startswith("a'") else word.partition("'")[0] for word in words]


def _flow(file: Path) -> Flow:
    data = _mapping(file)
    try:
        name = str(data["flow"])
        steps = {str(step): _step(file, name, str(step), told) for step, told in data["steps"].items()}
        start = Place(name, str(data["start"]))
        level = str(data["level"])
    except KeyError as error:
        raise FlowError(f"{file.name}: {error} is missing") from error
    if start.step not in steps:
        raise FlowError(f"{file.name}: start {start.step} is no step")
    return Flow(name, level, start, steps)


def _step(file: Path, flow: str, name: str, told: Mapping[str, Any]) -> Step:
    answers = told.get("answers") or {}
    if answers and set(answers) != set(ANSWERS):
        raise FlowError(f"{file.name}: {name}: every one of {', '.join(ANSWERS)} must lead somewhere")
    if bool(answers) != bool(told.get("ask")) or bool(answers) != bool(told.get("question")):
        raise FlowError(f"{file.name}: {name}: ask, question and answers belong together")
    words = {str(word).lower(): str(answer) for word, answer in (told.get("words") or {}).items()}
    if not set(words.values()) <= set(ANSWERS):
        raise FlowError(f"{file.name}: {name}: words stand for {', '.join(ANSWERS)} only")
    return Step(
        say=tuple(told.get("say") or ()),
        ask=told.get("ask"),
        question=told.get("question"),
        words=words,
        answers={answer: _place(flow, str(target)) for answer, target in answers.items()},
        danger=_place(flow, str(told["danger"])) if told.get("danger") else None,
        again=_place(flow, str(told["again"])) if told.get("again") else None,
        told={name: _place(flow, str(target)) for name, target in (told.get("told") or {}).items()},
        then=Then(told.get("then", Then.NOTHING.value)),
    )


def _place(flow: str, target: str) -> Place:
    return Place(*target.split("/", 1)) if "/" in target else Place(flow, target)


def _choices(levels: Mapping[str, Any]) -> dict[str, list[Choice]]:
    return {
        level: [
            Choice(
                line["flow"],
                frozenset(line.get("kinds") or ()),
                frozenset(line.get("concepts") or ()),
                line.get("audience"),
                bool(line.get("self")),
                bool(line.get("others")),
                bool(line.get("nobody_else")),
            )
            for line in lines
        ]
        for level, lines in levels.items()
    }


def _mapping(file: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise FlowError(f"{file.name}: cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise FlowError(f"{file.name}: is not a mapping")
    return data
