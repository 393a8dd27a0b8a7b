"""The drop-in calendar: when and where somebody can just walk in. Data: `data/services/drop_ins.yml`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from dateutil.rrule import WEEKLY, rrule

from reference.clock import SCOTLAND
from reference.paths import data_folder
from reference.services import DROP_INS_FILE, Service, ServiceDirectory


class DropInDataError(ValueError):
    """An entry of the drop-in calendar can't be read; names it."""


@dataclass(frozen=True)
class Times:
    """When a drop-in is held, by the clock in Scotland."""

    first: date
    opens: time
    closes: time
    every_weeks: int | None = None
    """None: held once."""
    last: date | None = None
    not_on: frozenset[date] = frozenset()

    def days(self, start: date, end: date) -> Iterator[date]:
        """The days from `start` to `end`, both included, on which it is held."""
        end = min(end, self.last) if self.last else end
        if self.every_weeks is None:
            end = min(end, self.first)
        for moment in rrule(
            WEEKLY,
            interval=self.every_weeks or 1,
            dtstart=datetime.combine(self.first, time()),
            until=datetime.combine(end, time()),
        ):
            if moment.date() >= start and moment.date() not in self.not_on:
                yield moment.date()


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


class DropIns:
    """The calendar."""

    def __init__(self, drop_ins: Iterable[DropIn], directory: ServiceDirectory) -> None:
        """`directory` says which services serve a place."""
        self._drop_ins = tuple(drop_ins)
        self._directory = directory

    @classmethod
    def load(cls, file: Path | None = None) -> DropIns:
        """Read `data/services/drop_ins.yml`. Raises DropInDataError naming the entry that can't be read."""
        return _standing_calendar() if file is None else _read(file, ServiceDirectory.load())

    def between(self, start: date, end: date, place: str | None = None) -> list[Opening]:
        """What is held from `start` to `end`, both included, soonest first; then those whose dates are not known.

        `place` is read as a search of the directory reads it; without one every drop-in is listed.
        """
        serving = {service.id for service in self._directory.search(place=place)} if place else None
        chosen = [drop_in for drop_in in self._drop_ins if serving is None or drop_in.service.id in serving]
        dated = [
            Opening(
                drop_in,
                datetime.combine(day, drop_in.times.opens, SCOTLAND),
                datetime.combine(day, drop_in.times.closes, SCOTLAND),
            )
            for drop_in in chosen
            if drop_in.times
            for day in drop_in.times.days(start, end)
        ]
        dated.sort(key=lambda opening: (opening.opens or datetime.max, opening.drop_in.id))
        return dated + [Opening(drop_in, None, None) for drop_in in chosen if drop_in.times is None]


@lru_cache(maxsize=1)
def _standing_calendar() -> DropIns:
    return _read(data_folder() / "services" / DROP_INS_FILE, ServiceDirectory.load())


def _read(file: Path, directory: ServiceDirectory) -> DropIns:
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    return DropIns([_drop_in(entry, directory) for entry in document["drop_ins"]], directory)


def _drop_in(entry: dict[str, Any], directory: ServiceDirectory) -> DropIn:
    if entry["service"] not in directory:
        raise DropInDataError(f"drop-in '{entry['id']}' belongs to unknown service '{entry['service']}'")
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
            every_weeks=entry.get("every_weeks"),
            last=entry.get("last"),
            not_on=frozenset(entry.get("not_on", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DropInDataError(f"drop-in '{entry['id']}': its times can't be read: {error}") from error
    if times.closes <= times.opens:
        raise DropInDataError(f"drop-in '{entry['id']}' closes before it opens")
    return times
