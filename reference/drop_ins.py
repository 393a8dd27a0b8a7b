"""The drop-in calendar: when and where somebody can just walk in. Data: `data/services/drop_ins.yml`.

Recurrence is iCalendar's own (RFC 5545): RRULE, EXDATE and RDATE, read by dateutil. All times are those of a clock in
Scotland, so a drop-in at ten opens at ten in summer and in winter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from dateutil.rrule import rrule, rruleset, rrulestr

from reference.clock import SCOTLAND
from reference.holidays import Holidays
from reference.paths import data_folder
from reference.services import DROP_INS_FILE, NEEDS, Service, ServiceDirectory

_ONE_RULE = re.compile(r"(?:RRULE:)?FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)(?:;[A-Z]+=[A-Z0-9,+-]+)*")
_LOOK_AHEAD = timedelta(days=400)
_KEYS = {
    "id", "name", "where", "service", "how", "first", "opens", "closes", "rrule", "exdate", "rdate", "holidays",
    "kinds", "rota",
}  # fmt: skip


class DropInDataError(ValueError):
    """An entry of the drop-in calendar can't be read; names it."""


@dataclass(frozen=True)
class Held:
    """A day on which a drop-in is held, and what is there on that day."""

    day: date
    kinds: tuple[str, ...]
    """Need codes, in the order of the entry."""


@dataclass(frozen=True)
class Times:
    """When a drop-in is held, by the clock in Scotland."""

    first: date
    opens: time
    closes: time
    rule: str | None = None
    """An RRULE; None: held once."""
    called_off: frozenset[date] = frozenset()
    extra: tuple[date, ...] = ()
    closed_on_holidays: bool = True
    kinds: tuple[str, ...] = ()
    """What is there every time."""
    rota: tuple[tuple[str, ...], ...] = ()
    """What is there turn by turn besides; the first turn is on the first day. A day called off keeps its turn."""

    def held(self, start: date, end: date, holidays: Holidays) -> Iterator[Held]:
        """The days from `start` to `end`, both included, on which it is held."""
        turns = self._turns(end)
        for day in sorted({*turns, *(day for day in self.extra if day <= end)}):
            if day < start or day in self.called_off or (self._keeps(holidays, day) and day not in self.extra):
                continue
            there = self.rota[turns[day] % len(self.rota)] if self.rota and day in turns else ()
            yield Held(day, self.kinds + there)

    def first_day_from(self, start: date) -> date | None:
        """The first day of the year that begins on `start` on which it is held."""
        return next((held.day for held in self.held(start, start + _LOOK_AHEAD, Holidays.load())), None)

    def _turns(self, end: date) -> dict[date, int]:
        """Each day of the rule up to `end` with its number, from nought."""
        if self.rule is None:
            return {self.first: 0} if self.first <= end else {}
        moments = _rule(self.rule, self.first).xafter(datetime.combine(self.first, time()), inc=True)
        turns: dict[date, int] = {}
        for turn, moment in enumerate(moments):
            if moment.date() > end:
                break
            turns[moment.date()] = turn
        return turns

    def _keeps(self, holidays: Holidays, day: date) -> bool:
        return self.closed_on_holidays and day in holidays


@dataclass(frozen=True)
class DropIn:
    """Somewhere to walk in to."""

    id: str
    name: str
    where: str
    service: Service
    times: Times | None
    """None: the dates are not known."""
    how: str | None
    """Whom to ask, where the dates are not known."""


@dataclass(frozen=True)
class Opening:
    """One day of a drop-in. Both moments are None where the dates are not known."""

    drop_in: DropIn
    opens: datetime | None
    closes: datetime | None
    kinds: tuple[str, ...] = ()
    """The kinds of help that are there on that day, as need codes; empty where we were not told."""


class DropIns:
    """The calendar."""

    def __init__(
        self, drop_ins: Iterable[DropIn], directory: ServiceDirectory, holidays: Holidays | None = None
    ) -> None:
        """`directory` says which services serve a place; `holidays` default to Scotland's."""
        self._drop_ins = tuple(drop_ins)
        self._directory = directory
        self._holidays = holidays or Holidays.load()

    @classmethod
    def load(cls, file: Path | None = None, *, directory: ServiceDirectory | None = None) -> DropIns:
        """Read `data/services/drop_ins.yml`. Raises DropInDataError naming the entry that can't be read."""
        return _standing_calendar() if file is None else _read(file, directory or ServiceDirectory.load())

    def __iter__(self) -> Iterator[DropIn]:
        return iter(self._drop_ins)

    def between(self, start: date, end: date, place: str | None = None) -> list[Opening]:
        """What is held from `start` to `end`, both included, soonest first; then those whose dates are not known.

        `place` is read as a search of the directory reads it; without one every drop-in is listed.
        """
        chosen = self.serving(place)
        dated = [
            Opening(
                drop_in,
                datetime.combine(held.day, drop_in.times.opens, SCOTLAND),
                datetime.combine(held.day, drop_in.times.closes, SCOTLAND),
                held.kinds,
            )
            for drop_in in chosen
            if drop_in.times
            for held in drop_in.times.held(start, end, self._holidays)
        ]
        dated.sort(key=lambda opening: (opening.opens or datetime.max, opening.drop_in.id))
        return dated + [Opening(drop_in, None, None) for drop_in in chosen if drop_in.times is None]

    def serving(self, place: str | None) -> list[DropIn]:
        """The drop-ins for a place, nearest first; all of them without one."""
        if not place or not place.strip():
            return list(self._drop_ins)
        nearest = [service.id for service in self._directory.search(place=place)]
        chosen = [drop_in for drop_in in self._drop_ins if drop_in.service.id in nearest]
        return sorted(chosen, key=lambda drop_in: nearest.index(drop_in.service.id))


@lru_cache(maxsize=1)
def _standing_calendar() -> DropIns:
    return _read(data_folder() / "services" / DROP_INS_FILE, ServiceDirectory.load())


@lru_cache(maxsize=128)
def _rule(text: str, first: date) -> rrule | rruleset:
    if not _ONE_RULE.fullmatch(text):
        raise ValueError(f"'{text}' is not one rule that begins FREQ=DAILY, WEEKLY, MONTHLY or YEARLY")
    rule = rrulestr(text, dtstart=datetime.combine(first, time()))
    if next(iter(rule), None) is None:
        raise ValueError(f"'{text}' falls on no day")
    return rule


def _read(file: Path, directory: ServiceDirectory) -> DropIns:
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    return DropIns([_drop_in(entry, directory) for entry in document["drop_ins"]], directory)


def _drop_in(entry: dict[str, Any], directory: ServiceDirectory) -> DropIn:
    if entry["service"] not in directory:
        raise DropInDataError(f"drop-in '{entry['id']}' belongs to unknown service '{entry['service']}'")
    if strange := sorted(set(entry) - _KEYS):
        raise DropInDataError(f"drop-in '{entry['id']}': unknown {', '.join(strange)}")
    if "first" not in entry and not entry.get("how"):
        raise DropInDataError(f"drop-in '{entry['id']}' has no dates, and does not say under 'how' whom to ask")
    return DropIn(
        id=entry["id"],
        name=entry["name"],
        where=entry["where"],
        service=directory.get(entry["service"]),
        times=_times(entry) if "first" in entry else None,
        how=entry.get("how"),
    )


def _times(entry: dict[str, Any]) -> Times:
    try:
        times = Times(
            first=entry["first"],
            opens=time.fromisoformat(entry["opens"]),
            closes=time.fromisoformat(entry["closes"]),
            rule=entry.get("rrule"),
            called_off=frozenset(entry.get("exdate", ())),
            extra=tuple(entry.get("rdate", ())),
            closed_on_holidays=_closed_on_holidays(entry.get("holidays", "closed")),
            kinds=_kinds(entry.get("kinds", ())),
            rota=tuple(_kinds(turn) for turn in entry.get("rota", ())),
        )
        if times.rule is not None:
            _rule(times.rule, times.first)
    except (KeyError, TypeError, ValueError) as error:
        raise DropInDataError(f"drop-in '{entry['id']}': its times can't be read: {error}") from error
    if times.closes <= times.opens:
        raise DropInDataError(f"drop-in '{entry['id']}' closes before it opens")
    return times


def _closed_on_holidays(written: str) -> bool:
    if written not in ("open", "closed"):
        raise ValueError(f"'holidays' is open or closed, not '{written}'")
    return written == "closed"


def _kinds(codes: Iterable[str]) -> tuple[str, ...]:
    kinds = tuple(codes)
    if strange := [code for code in kinds if code not in NEEDS]:
        raise ValueError(f"unknown kinds of help: {', '.join(strange)}")
    return kinds
