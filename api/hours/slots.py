"""The times at which somebody can be rung back. Data: `callbacks` in `data/operations/hours.yml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from api.hours.opening import OpeningHours, Span, hours_of, read_hours
from reference.clock import SCOTLAND


@dataclass(frozen=True)
class Slot:
    """A time within which a call comes, and for how many people there is room in it."""

    start: datetime
    end: datetime
    room: int


class CallbackSlots:
    """Which times can be booked, and how calls are followed up."""

    def __init__(
        self,
        hours: OpeningHours,
        *,
        length: timedelta,
        people: int,
        notice: timedelta,
        days_ahead: int,
        between: Span,
        remind_before: timedelta,
        missed_after: timedelta,
        without_time_within: timedelta,
    ) -> None:
        """`people` in one slot; no slot begins sooner than `notice`; all lie in `between` and in the open hours.

        A call without a time counts as missed when nobody rang `without_time_within`.
        """
        self._hours = hours
        self._length = length
        self._people = people
        self._notice = notice
        self._days_ahead = days_ahead
        self._between = between
        self.remind_before = remind_before
        self.missed_after = missed_after
        self.without_time_within = without_time_within

    @classmethod
    def load(cls, file: Path | None = None) -> CallbackSlots:
        """Read `data/operations/hours.yml`. Raises HoursUnclear."""
        data = read_hours(file)
        said = data["callbacks"]
        return cls(
            hours_of(data),
            length=timedelta(minutes=said["slot_minutes"]),
            people=said["people_per_slot"],
            notice=timedelta(minutes=said["notice_minutes"]),
            days_ahead=said["days_ahead"],
            between=Span.read(said["between"]),
            remind_before=timedelta(minutes=said["remind_minutes"]),
            missed_after=timedelta(minutes=said["missed_after_minutes"]),
            without_time_within=timedelta(hours=said["without_time_hours"]),
        )

    def offered(self, now: datetime, booked: Mapping[datetime, int]) -> list[Slot]:
        """The slots with room left, soonest first; `booked` is how many have each start already."""
        today = now.astimezone(SCOTLAND).date()
        slots = []
        for ahead in range(self._days_ahead + 1):
            for start, end in self._on(today + timedelta(days=ahead)):
                room = self._people - booked.get(start, 0)
                if start >= now + self._notice and room > 0:
                    slots.append(Slot(start, end, room))
        return slots

    def slot_at(self, start: datetime) -> tuple[datetime, datetime] | None:
        """The slot that begins at this instant, whether or not there is room in it."""
        day = start.astimezone(SCOTLAND).date()
        return next((slot for slot in self._on(day) if slot[0] == start), None)

    def _on(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        first, last = self._between.on(day)
        for opens, shuts in self._hours.spans_on(day):
            start, shuts = max(opens, first), min(shuts, last)
            while start + self._length <= shuts:
                yield start, start + self._length
                start += self._length


def clock_time(at: datetime) -> str:
    """How a clock time in Scotland is written: 9am, 10.30pm, 12 noon."""
    local = at.astimezone(SCOTLAND)
    if (local.hour, local.minute) == (12, 0):
        return "12 noon"
    hour, half = local.hour % 12 or 12, "am" if local.hour < 12 else "pm"
    return f"{hour}.{local.minute:02d}{half}" if local.minute else f"{hour}{half}"
