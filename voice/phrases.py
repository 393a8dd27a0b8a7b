"""Dates, distances in days and relations, said the way people say them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from jinja2 import Undefined

from reference.clock import SCOTLAND, Clock, today_in_scotland

_PHRASES = (
    *("days", "months", "today", "tomorrow", "yesterday", "in_days", "days_ago"),
    *("one_minute", "minutes", "hours", "your", "your_unknown"),
)


class Phrases:
    """Template filters; their words come from `spoken:` in `style.yml`."""

    def __init__(self, spoken: Mapping[str, Any], clock: Clock) -> None:
        """Raises ValueError naming a phrase that `spoken` lacks."""
        missing = [phrase for phrase in _PHRASES if phrase not in spoken]
        if missing:
            raise ValueError(f"style.yml: 'spoken:' lacks {', '.join(missing)}")
        self._spoken = spoken
        self._clock = clock

    def filters(self) -> dict[str, Callable[..., str]]:
        """The filters by the name that templates use."""
        return {
            "spoken_date": self.spoken_date,
            "days_away": self.days_away,
            "spoken_minutes": self.spoken_minutes,
            "your": self.your,
        }

    def spoken_date(self, day: date | str) -> str:
        """`2026-11-27` as "Friday 27 November", with the year when it is not this year's or the next months'.

        Takes a date or an ISO date. Raises ValueError for anything else.
        """
        on = _as_date(day)
        said = f"{self._spoken['days'][on.weekday()]} {on.day} {self._spoken['months'][on.month - 1]}"
        far = abs((on - today_in_scotland(self._clock)).days) > 180
        return f"{said} {on.year}" if far else said

    def days_away(self, when: date | str | int) -> str:
        """ "today", "tomorrow", "in 5 days", "yesterday", "5 days ago"; takes a date, an ISO date or a number of days.

        Days are counted by the calendar in Scotland. Raises ValueError for anything else.
        """
        days = when if isinstance(when, int) else (_as_date(when) - today_in_scotland(self._clock)).days
        near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(days)
        if near is not None:
            return str(self._spoken[near])
        return str(self._spoken["in_days" if days > 0 else "days_ago"]).format(days=abs(days))

    def spoken_minutes(self, minutes: int) -> str:
        """ "a minute", "45 minutes"; from an hour and a half on in whole hours, rounded up: no wait is made small."""
        if minutes >= 90:
            return str(self._spoken["hours"]).format(hours=-(-minutes // 60))
        return str(self._spoken["one_minute" if minutes <= 1 else "minutes"]).format(minutes=minutes)

    def your(self, relation: str | Undefined | None) -> str:
        """ "son" as "your son"; a phrase for somebody unknown when nothing was said of who they are."""
        if relation is None or isinstance(relation, Undefined) or not relation.strip():
            return str(self._spoken["your_unknown"])
        return str(self._spoken["your"]).format(relation=relation.strip())


def _as_date(day: date | str) -> date:
    if isinstance(day, datetime):
        return day.astimezone(SCOTLAND).date() if day.tzinfo else day.date()
    if isinstance(day, date):
        return day
    return date.fromisoformat(day[:10])
