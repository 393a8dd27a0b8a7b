"""Throughcare: when to be in touch around a release (`data/throughcare/schedule.yml`), and for whom it is meant
(`data/throughcare/eligibility.yml`). Every rule cites the paragraph or page that it was read in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from reference.conditions import Fact, all_hold, check_readable
from reference.paths import data_folder


@dataclass(frozen=True)
class Rule:
    """One rule of throughcare, as its source puts it."""

    id: str
    says: str
    from_day: int
    """First day it holds, counted from the day of release (negative: before)."""
    to_day: int | None
    """Last day it holds; None when it has no end."""
    model: str
    """`2005` for the proposed model, `now` for what exists."""
    cites: str
    """The paragraph of the 2005 text, or the address of the page."""


@dataclass(frozen=True)
class CheckIn:
    """A day to be in touch, what to ask after, and the rule it serves."""

    day: int
    """Days from release; negative before."""
    about: tuple[str, ...]
    """Topics, by name, in the order in which they matter."""
    rule: Rule
    not_before: int = 0
    """An hour of the day in Scotland; until then it can't be told."""

    def hour(self, chosen: int) -> int:
        """The hour of the day in Scotland at which it is asked, where somebody chose `chosen`."""
        return max(chosen, self.not_before)


class Opens(str, Enum):
    """What a bad answer opens."""

    WORDS = "words"
    PERSON = "person"
    ENDING = "ending"


@dataclass(frozen=True)
class Topic:
    """One easy thing to ask after, and the content that is said back to a good and to a bad answer."""

    name: str
    asks: str
    good: str
    bad: str
    opens: Opens
    fact: str | None = None
    """The fact that an answer becomes; a "yes" settles the topic."""


@dataclass(frozen=True)
class Patience:
    """How long an answer is waited for before the next step; None: that step is never taken."""

    ask_again_after: timedelta
    list_after: timedelta | None
    """Counted from when it was asked again."""
    useful_for: timedelta
    """So late a check-in is still asked."""


@dataclass(frozen=True)
class DueCheckIn:
    """A check-in with its calendar day."""

    due: date
    check_in: CheckIn


@dataclass(frozen=True)
class DatedRule:
    """A rule with the calendar days between which it holds; `until` is None when it has no end."""

    rule: Rule
    since: date
    until: date | None


class Schedule:
    """The contact schedule."""

    def __init__(
        self,
        rules: dict[str, Rule],
        check_ins: tuple[CheckIn, ...],
        topics: Mapping[str, Topic],
        patience: tuple[tuple[int, Patience], ...],
        hours: Mapping[str, int],
    ) -> None:
        """`patience` by the last day that it holds for, in order; `hours` by name, `usual` among them."""
        self.rules = rules
        self.check_ins = check_ins
        self.topics = topics
        self.hours = hours
        self._patience = patience
        self._by_day = {check_in.day: check_in for check_in in check_ins}

    @classmethod
    def load(cls, file: Path | None = None) -> Schedule:
        """Read `data/throughcare/schedule.yml`. Raises ValueError for a check-in outside the days of its rule."""
        return _standing_schedule() if file is None else _read(file)

    @property
    def check_in_days(self) -> tuple[int, ...]:
        """Days from release on which to be in touch, in order."""
        return tuple(check_in.day for check_in in self.check_ins)

    def on_day(self, day: int) -> CheckIn | None:
        """The check-in of this day, counted from release; None where the rules have changed since it was planned."""
        return self._by_day.get(day)

    def patience_on(self, day: int) -> Patience:
        """How long an answer to the check-in of this day is waited for."""
        return next((patience for last, patience in self._patience if day <= last), self._patience[-1][1])

    def due(self, release_date: date, *, today: date) -> list[DueCheckIn]:
        """The check-ins that are still to come for this release, today's among them, in order."""
        dated = (DueCheckIn(release_date + timedelta(days=check_in.day), check_in) for check_in in self.check_ins)
        return [check_in for check_in in dated if check_in.due >= today]

    def holding(self, release_date: date, *, today: date, model: str | None = None) -> list[DatedRule]:
        """The rules that hold today for this release, those that end soonest first. `model`: `2005` or `now`."""
        day = (today - release_date).days
        holding = [
            DatedRule(
                rule,
                release_date + timedelta(days=rule.from_day),
                None if rule.to_day is None else release_date + timedelta(days=rule.to_day),
            )
            for rule in self.rules.values()
            if model in (None, rule.model) and rule.from_day <= day and (rule.to_day is None or day <= rule.to_day)
        ]
        return sorted(holding, key=lambda dated: (dated.until or date.max, dated.since))


@dataclass(frozen=True)
class Ground:
    """A rule of eligibility: a reason why somebody is in a group, or comes first in it."""

    id: str
    says: str
    cites: str
    """The paragraph of the 2005 text, or the address of the page."""


@dataclass(frozen=True)
class Verdict:
    """For whom throughcare is meant, applied to one person."""

    group: str
    """`priority`, `possible`, `voluntary`, `outside`; `offered` for what exists now; `not_known` without any facts."""
    because: Ground | None
    raised_by: tuple[Ground, ...]
    """What makes it more pressing within the group."""
    missing: tuple[str, ...]
    """Facts that could still change the group, by name."""
    service: str | None = None
    """The service to go to, as data/services names it."""


class Eligibility:
    """Who is meant, by the 2005 model and by what exists now."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """`document` is `eligibility.yml`. Raises ValueError naming a rule whose condition can't be read."""
        self.facts: Mapping[str, str] = document["facts"]
        self.paragraphs: Mapping[str, Any] = document["paragraphs"]
        self._assumed: Mapping[str, Fact] = document["assumed"]
        self._models: Mapping[str, Any] = document["models"]
        for model in self._models.values():
            for rule in (*model["decides"], *model["raises"]):
                try:
                    check_readable(rule["if"], self.facts)
                except ValueError as error:
                    raise ValueError(f"eligibility.yml: rule '{rule['id']}': {error}") from error

    @classmethod
    def load(cls) -> Eligibility:
        """Read `data/throughcare/eligibility.yml`."""
        return _standing_eligibility()

    def grounds(self, model: str) -> tuple[Ground, ...]:
        """Every rule of a model, `2005` or `now`."""
        rules = self._models[model]
        return tuple(_ground(rule) for rule in (*rules["decides"], *rules["raises"]))

    def judge(self, facts: Mapping[str, Fact], *, model: str = "2005") -> Verdict:
        """The group of somebody of whom `facts` are known. Raises ValueError for a fact that is not one.

        What is not known is never taken for a no: the verdict names it in `missing`, and may change once it is known.
        """
        if strange := sorted(set(facts) - set(self.facts)):
            raise ValueError(f"unknown facts: {', '.join(strange)}; known are {', '.join(self.facts)}")
        known = {**self._assumed, **facts}
        rules = self._models[model]
        raised_by = tuple(_ground(rule) for rule in rules["raises"] if all_hold(rule["if"], known).holds)
        missing: dict[str, None] = {}
        for rule in rules["decides"]:
            answer = all_hold(rule["if"], known)
            if answer.holds:
                return Verdict(rule["group"], _ground(rule), raised_by, tuple(missing), rule.get("service"))
            missing.update(dict.fromkeys(name for name in self.facts if name in answer.missing))
        return Verdict("not_known", None, raised_by, tuple(missing))


def _ground(rule: Mapping[str, Any]) -> Ground:
    return Ground(rule["id"], rule["says"], rule.get("paragraph") or rule["address"])


@lru_cache(maxsize=1)
def _standing_eligibility() -> Eligibility:
    file = data_folder() / "throughcare" / "eligibility.yml"
    return Eligibility(yaml.safe_load(file.read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def _standing_schedule() -> Schedule:
    return _read(data_folder() / "throughcare" / "schedule.yml")


def _read(file: Path) -> Schedule:
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    rules = {
        entry["id"]: Rule(
            id=entry["id"],
            says=entry["says"],
            from_day=entry["from_day"],
            to_day=entry.get("to_day"),
            model=entry["source"]["model"],
            cites=entry["source"].get("paragraph") or entry["source"]["address"],
        )
        for entry in document["rules"]
    }
    topics = {name: _topic(name, entry) for name, entry in document.get("topics", {}).items()}
    check_ins = []
    for entry in document["check_ins"]:
        if entry["rule"] not in rules:
            raise ValueError(f"{file.name}: the check-in on day {entry['day']} names unknown rule '{entry['rule']}'")
        rule = rules[entry["rule"]]
        if entry["day"] < rule.from_day or (rule.to_day is not None and entry["day"] > rule.to_day):
            raise ValueError(f"{file.name}: the check-in on day {entry['day']} is outside the days of '{rule.id}'")
        if strange := [name for name in entry["about"] if topics and name not in topics]:
            raise ValueError(f"{file.name}: the check-in on day {entry['day']} asks after unknown '{strange[0]}'")
        check_ins.append(CheckIn(entry["day"], tuple(entry["about"]), rule, entry.get("not_before", 0)))
    return Schedule(
        rules,
        tuple(sorted(check_ins, key=lambda check_in: check_in.day)),
        topics,
        tuple((entry["to_day"], _patience(entry)) for entry in document.get("patience", ())),
        dict(document.get("hours", {})),
    )


def _topic(name: str, entry: Mapping[str, Any]) -> Topic:
    return Topic(name, entry["asks"], entry["good"], entry["bad"], Opens(entry["opens"]), entry.get("fact"))


def _patience(entry: Mapping[str, Any]) -> Patience:
    list_after = entry.get("list_after")
    return Patience(
        timedelta(hours=entry["ask_again_after"]),
        None if list_after is None else timedelta(hours=list_after),
        timedelta(hours=entry["useful_for"]),
    )
