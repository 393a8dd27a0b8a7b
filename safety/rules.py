"""From states and situations to a level: the rules of `data/safety/rules.yml` and `data/safety/concepts/`.

A state (a "concept") has wordings and may say what it means by itself:

    level: emergency | urgent | none     how dangerous it is, said plainly and now
    check: true                          it may be danger: ask
    kind, kinds                          what kind of danger (else that of its file)
    alone: true                          counts only when the message says little else
    weak: true                           taken back by words such as "breathing fine" in the same message
    likely: [wordings]                   beside `words`: wordings that may also mean something else

What is said has one of two strengths. It is *sure* when its wording is, and nothing in the message speaks against
it; else it is *likely* (docs/decisions/0012). A rule marked `likely: true` is never sure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from safety.levels import Kind, Level
from safety.patterns import Found


class Weight(IntEnum):
    """How much one state or rule says; CHECK stands for "it may be danger" between none and urgent."""

    NONE = 0
    CHECK = 1
    URGENT = 2
    EMERGENCY = 3

    @property
    def level(self) -> Level:
        """The level this comes to; a check is no level by itself."""
        return {Weight.URGENT: Level.URGENT, Weight.EMERGENCY: Level.EMERGENCY}.get(self, Level.NONE)


class RuleError(ValueError):
    """A rule names something that isn't there; the message says which rule and what."""


@dataclass(frozen=True)
class Concept:
    """One state of danger, or one circumstance that matters with others."""

    name: str
    weight: Weight
    kinds: frozenset[Kind]
    weak: bool
    alone: bool
    group: str

    @classmethod
    def read(cls, name: str, group: str, settings: Mapping[str, Any]) -> Concept:
        """From one entry of a file in `data/safety/concepts`; `group` is that file's kind."""
        weight = Weight[settings.get("level", "none").upper()]
        if weight is Weight.NONE and settings.get("check") == "true":
            weight = Weight.CHECK
        kinds = frozenset(Kind(kind) for kind in settings.get("kinds", [group]))
        return cls(name, weight, kinds, settings.get("weak") == "true", settings.get("alone") == "true", group)


@dataclass(frozen=True)
class Rule:
    """What several states mean together; `likely` and `weak` as for a state."""

    name: str
    all: frozenset[str]
    any: frozenset[str]
    two_of: frozenset[str]
    without: frozenset[str]
    weight: Weight
    kinds: frozenset[Kind]
    instead_of: frozenset[str]
    likely: bool
    weak: bool

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> Rule:
        """From one entry under `rules:`."""
        return cls(
            name=settings["name"],
            all=frozenset(settings.get("all", [])),
            any=frozenset(settings.get("any", [])),
            two_of=frozenset(settings.get("two_of", [])),
            without=frozenset(settings.get("without", [])),
            weight=Weight[settings["level"].upper()],
            kinds=frozenset(Kind(kind) for kind in settings["kinds"]),
            instead_of=frozenset(settings.get("instead_of", [])),
            likely=settings.get("likely") == "true",
            weak=settings.get("weak") == "true",
        )

    def holds(self, there: frozenset[str]) -> bool:
        """Whether the states that are there now make this rule speak."""
        enough = not self.two_of or len(self.two_of & there) > 1
        return self.all <= there and (not self.any or bool(self.any & there)) and enough and not self.without & there


@dataclass(frozen=True)
class Said:
    """A state that is there now: what it weighs, and whether its words leave no doubt.

    `faint`: words beside it speak for another time.
    """

    found: Found
    weight: Weight
    sure: bool
    faint: bool = False


@dataclass(frozen=True)
class Verdict:
    """What the rules make of one message, or of a part of what it says."""

    weight: Weight
    kinds: frozenset[Kind]
    reasons: tuple[Found, ...]
    signs: int
    """How many states and rules spoke."""


NOTHING = Verdict(Weight.NONE, frozenset(), (), 0)


class Rules:
    """The rules, read once and checked: every state they name has wordings."""

    def __init__(self, settings: Mapping[str, Any], concepts: Mapping[str, Concept]) -> None:
        self._concepts = concepts
        self._rules = [Rule.read(entry) for entry in settings["rules"]]
        self._shifts: Mapping[str, Mapping[str, str]] = settings["shifts"]
        self._lasting: frozenset[str] = frozenset(settings["lasting"])
        for name in self._lasting - {concept.group for concept in concepts.values()} - concepts.keys():
            raise RuleError(f"'{name}' under 'lasting' is neither a state nor a kind of danger")
        for rule in self._rules:
            for name in rule.all | rule.any | rule.two_of | rule.without | rule.instead_of:
                if name not in concepts:
                    raise RuleError(f"The rule '{rule.name}' names '{name}', which no file in concepts/ describes")

    def lasts(self, concept: Concept) -> bool:
        """Whether it is a danger for hours and days after it was done or said."""
        return not self._lasting.isdisjoint((concept.name, concept.group))

    def shifted(self, concept: Concept, situation: frozenset[str]) -> Weight | None:
        """What a state weighs in its situation; None when it isn't there now at all."""
        own = concept.weight.name.lower()
        table = self._shifts.get(concept.name) or self._shifts.get(f"{concept.group}.{own}") or self._shifts[own]
        weight: Weight | None = concept.weight
        for shift in situation:
            outcome = table.get(shift, "keep")
            if outcome == "keep":
                continue
            if outcome == "none":
                return None
            weight = min(weight or Weight.NONE, Weight[outcome.upper()])
        return weight

    def decide(self, said: Sequence[Said], reassured: bool) -> Verdict:
        """The level, the kinds and what led to them, when everything that was said counts in full."""
        return self._verdict([(item.found, item.weight) for item in said], self._rules, reassured)

    def decide_surely(self, said: Sequence[Said], reassured: bool) -> Verdict:
        """The same, from nothing but what is sure."""
        sure = [(item.found, item.weight) for item in said if item.sure]
        return self._verdict(sure, [rule for rule in self._rules if not rule.likely], reassured)

    def _verdict(self, said: Sequence[tuple[Found, Weight]], rules: Sequence[Rule], reassured: bool) -> Verdict:
        alive = [(item, self._softened(item, weight, reassured)) for item, weight in said]
        there = frozenset(item.name for item, _ in alive)
        speaking = [rule for rule in rules if rule.holds(there)]
        replaced = frozenset(name for rule in speaking for name in rule.instead_of)
        verdicts = [
            (weight, frozenset() if item.name in replaced else self._concepts[item.name].kinds, (item,))
            for item, weight in alive
        ] + [
            (rule.weight, rule.kinds, _led_to(rule, alive))
            for rule in speaking
            if not (reassured and (rule.weak or rule.weight is Weight.CHECK))
        ]
        top = max((weight for weight, _, _ in verdicts), default=Weight.NONE)
        kinds = frozenset(kind for weight, kinds, _ in verdicts if weight >= Weight.URGENT for kind in kinds)
        loud = [(weight, items) for weight, _, items in verdicts if weight is not Weight.NONE]
        signs = len({item.name for item, weight in alive if weight is not Weight.NONE}) + len(speaking)
        reasons = sorted(
            {item for _, items in loud for item in items}, key=lambda item: (item.start, item.end, item.name)
        )
        return Verdict(top, kinds, tuple(reasons), signs)

    def _softened(self, item: Found, weight: Weight, reassured: bool) -> Weight:
        soft = reassured and (self._concepts[item.name].weak or weight is Weight.CHECK)
        return Weight.NONE if soft else weight


def _led_to(rule: Rule, said: Sequence[tuple[Found, Weight]]) -> tuple[Found, ...]:
    return tuple(item for item, _ in said if item.name in rule.all | rule.any | rule.two_of)
