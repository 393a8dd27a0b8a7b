"""The helpline's hours: by weekday, on Scotland's public holidays and on days of their own, in Scottish clock time.

Data: `data/operations/hours.yml`. Holidays come from the `holidays` library, which is kept up with what is proclaimed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml
from holidays import country_holidays

from reference.clock import SCOTLAND
from reference.paths import data_folder

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOURS_FILE: Final = "hours.yml"
_DAY = timedelta(days=1)
_LOOK_AHEAD = 60
"""Days: longer than that nobody is shut."""

_SPAN = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})")


class HoursUnclear(ValueError):
    """The hours can't be read: names the entry and what to write instead."""


@dataclass(frozen=True)
class Span:
    """A stretch of clock time, in minutes after the day's midnight; beyond 1440 it runs into the next day."""

    start: int
    end: int

    @classmethod
    def read(cls, said: str) -> Span:
        """`09:00-23:00`. Raises HoursUnclear."""
        found = _SPAN.fullmatch(said)
        if found is None:
            raise HoursUnclear(f"{said!r}: write a stretch of hours like 09:00-23:00")
        from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
        start, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
        if max(from_minute, to_minute) > 59 or start >= 1440 or end > 1440 or start == end:
            raise HoursUnclear(f"{said!r}: that is no stretch of a day")
        return cls(start, end if end > start else end + 1440)

    def on(self, day: date) -> tuple[datetime, datetime]:
        """The instants, in UTC, between which it lies on this day.

        In the hour that autumn has twice it opens in the first and shuts in the second; an hour that spring skips
        begins when the clock has gone forward.
        """
        return _instant(day, self.start, fold=0), _instant(day, self.end, fold=1)


class OpeningHours:
    """Answers when the helpline is open."""

    def __init__(
        self,
        *,
        weekly: Sequence[Sequence[Span]],
        on_holidays: Sequence[Span] | None = None,
        days: Mapping[date, Sequence[Span]] | None = None,
    ) -> None:
        """`weekly` from Monday; `on_holidays` in a holiday's place, None for holidays like any day."""
        self._weekly = weekly
        self._on_holidays = on_holidays
        self._days = days or {}
        self._holidays = country_holidays("GB", subdiv="SCT")

    @classmethod
    def load(cls, file: Path | None = None) -> OpeningHours:
        """Read `data/operations/hours.yml`. Raises HoursUnclear."""
        return _standing_hours() if file is None else hours_of(read_hours(file))

    def is_holiday(self, day: date) -> bool:
        """Whether it is a public holiday in Scotland."""
        return day in self._holidays

    def spans_on(self, day: date) -> list[tuple[datetime, datetime]]:
        """From when to when, in UTC, what begins on this day is open."""
        if day in self._days:
            spans: Sequence[Span] = self._days[day]
        elif self._on_holidays is not None and self.is_holiday(day):
            spans = self._on_holidays
        else:
            spans = self._weekly[day.weekday()]
        return [span.on(day) for span in spans]

    def is_open(self, at: datetime) -> bool:
        """Whether officers answer at this instant."""
        return self.closes_at(at) is not None

    def closes_at(self, at: datetime) -> datetime | None:
        """Until when it is open; None when it is shut."""
        closing = None
        for start, end in self._spans_from(at):
            # One stretch may follow straight on another, over midnight.
            if start <= (closing or at) < end:
                closing = end
            elif start > (closing or at):
                break
        return closing

    def opens_at(self, at: datetime) -> datetime | None:
        """When it is next open: `at` itself while it is; None when it never opens again."""
        for start, end in self._spans_from(at):
            if at < end:
                return max(at, start)
        return None

    def after_open_time(self, since: datetime, length: timedelta) -> datetime:
        """The instant at which it has been open for `length` since then; counted through where it never opens."""
        left = length
        done_until = since
        for start, end in self._spans_from(since):
            begin = max(done_until, start)
            if end <= begin:
                continue
            if end - begin >= left:
                return begin + left
            left -= end - begin
            done_until = end
        return since + length

    def _spans_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Stretches in order, from the one that began on the day before."""
        day = at.astimezone(SCOTLAND).date() - _DAY
        for _ in range(_LOOK_AHEAD):
            yield from sorted(self.spans_on(day))
            day += _DAY


def hours_of(data: Mapping[str, Any]) -> OpeningHours:
    """The hours that stand in a file of this shape. Raises HoursUnclear."""
    week = data.get("open") or {}
    if unknown := set(week) - set(WEEKDAYS):
        raise HoursUnclear(f"{', '.join(sorted(map(str, unknown)))}: is no day of the week")
    on_holidays = data.get("on_holidays")
    return OpeningHours(
        weekly=[_spans(week.get(day)) for day in WEEKDAYS],
        on_holidays=None if on_holidays is None else _spans(on_holidays),
        days={day: _spans(spans) for day, spans in (data.get("days") or {}).items()},
    )


def read_hours(file: Path | None = None) -> dict[str, Any]:
    """What stands in the file of hours."""
    file = file or data_folder() / "operations" / HOURS_FILE
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def _standing_hours() -> OpeningHours:
    return hours_of(read_hours())


def _spans(said: Sequence[str] | None) -> tuple[Span, ...]:
    return tuple(Span.read(one) for one in said or ())


def _instant(day: date, minutes: int, *, fold: int) -> datetime:
    days, minutes = divmod(minutes, 1440)
    wall = datetime.combine(day + days * _DAY, time(minutes // 60, minutes % 60, fold=fold), tzinfo=SCOTLAND)
    return wall.astimezone(timezone.utc)
