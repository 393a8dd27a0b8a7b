"""When to be in touch around a release. Rules, paragraphs and days: `data/throughcare/schedule.yml`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import yaml

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
    rule: Rule


@dataclass(frozen=True)
class DueCheckIn:
    """A check-in with its calendar day."""

    due: date
    check_in: CheckIn


class Schedule:
    """The contact schedule."""

    def __init__(self, rules: dict[str, Rule], check_ins: tuple[CheckIn, ...]) -> None:
        self.rules = rules
        self.check_ins = check_ins

    @classmethod
    def load(cls, file: Path | None = None) -> Schedule:
        """Read `data/throughcare/schedule.yml`. Raises ValueError for a check-in outside the days of its rule."""
        return _standing_schedule() if file is None else _read(file)

    @property
    def check_in_days(self) -> tuple[int, ...]:
        """Days from release on which to be in touch, in order."""
        return tuple(check_in.day for check_in in self.check_ins)

    def due(self, release_date: date, *, today: date) -> list[DueCheckIn]:
        """The check-ins that are still to come for this release, today's among them, in order."""
        dated = (DueCheckIn(release_date + timedelta(days=check_in.day), check_in) for check_in in self.check_ins)
        return [check_in for check_in in dated if check_in.due >= today]


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
    check_ins = []
    for entry in document["check_ins"]:
        if entry["rule"] not in rules:
            raise ValueError(f"{file.name}: the check-in on day {entry['day']} names unknown rule '{entry['rule']}'")
        rule = rules[entry["rule"]]
        if entry["day"] < rule.from_day or (rule.to_day is not None and entry["day"] > rule.to_day):
            raise ValueError(f"{file.name}: the check-in on day {entry['day']} is outside the days of '{rule.id}'")
        check_ins.append(CheckIn(entry["day"], tuple(entry["about"]), rule))
    return Schedule(rules, tuple(sorted(check_ins, key=lambda check_in: check_in.day)))
