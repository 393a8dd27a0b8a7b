"""Scotland's bank holidays, on which doors are shut. Data: `data/services/holidays.yml`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import yaml
from dateutil.rrule import rrulestr

from reference.paths import data_folder
from reference.services import HOLIDAYS_FILE

_SATURDAY = 5


@dataclass(frozen=True)
class Holiday:
    """A holiday of every year that its rule names, or of one day."""

    name: str
    rule: str | None = None
    """Recurrence as in RFC 5545, with `BYEASTER`."""
    day: date | None = None
    moves: bool = False
    """Whether one that falls on a weekend makes the next free weekday a holiday too."""

    def days(self, year: int) -> list[date]:
        """Its own days of a year, before any of them moves."""
        if self.rule is None:
            return [self.day] if self.day is not None and self.day.year == year else []
        start, end = datetime(year, 1, 1), datetime(year, 12, 31)
        return [moment.date() for moment in rrulestr(self.rule, dtstart=start).between(start, end, inc=True)]


class Holidays:
    """The holidays by day."""

    def __init__(self, holidays: Iterable[Holiday]) -> None:
        self._holidays = tuple(holidays)
        self._years: dict[int, frozenset[date]] = {}

    @classmethod
    def load(cls, file: Path | None = None) -> Holidays:
        """Read `data/services/holidays.yml`. Raises ValueError naming the holiday that can't be read."""
        return _standing_holidays() if file is None else _read(file)

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in self.of(day.year)

    def of(self, year: int) -> frozenset[date]:
        """Every holiday of a year, the weekdays that stand in for one on a weekend among them."""
        if year not in self._years:
            self._years[year] = self._worked_out(year)
        return self._years[year]

    def _worked_out(self, year: int) -> frozenset[date]:
        days = {day for holiday in self._holidays for day in holiday.days(year)}
        movable = sorted(day for holiday in self._holidays if holiday.moves for day in holiday.days(year))
        for day in movable:
            if day.weekday() < _SATURDAY:
                continue
            instead = day + timedelta(days=1)
            while instead.weekday() >= _SATURDAY or instead in days:
                instead += timedelta(days=1)
            days.add(instead)
        return frozenset(days)


@lru_cache(maxsize=1)
def _standing_holidays() -> Holidays:
    return _read(data_folder() / "services" / HOLIDAYS_FILE)


def _read(file: Path) -> Holidays:
    holidays = []
    for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["holidays"]:
        holiday = Holiday(entry["name"], entry.get("rrule"), entry.get("day"), bool(entry.get("moves")))
        try:
            if (holiday.rule is None) == (holiday.day is None):
                raise ValueError("give it a rrule or a day, one of the two")
            holiday.days(2026)
        except (ValueError, TypeError) as error:
            raise ValueError(f"{file.name}: '{holiday.name}' can't be read: {error}") from error
        holidays.append(holiday)
    return Holidays(holidays)
