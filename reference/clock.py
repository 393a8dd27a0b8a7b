"""The service's one clock: every moment the product acts on is asked for here."""

from __future__ import annotations

import os
import time
from datetime import date, datetime, timedelta, timezone
from datetime import time as time_of_day
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

SCOTLAND = ZoneInfo("Europe/London")


class Clock(Protocol):
    """Tells the time; passed to whatever acts on time, so that tests choose the moment."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(timezone.utc)


class StartedClock:
    """A clock that started at a chosen instant and runs on from there (development only)."""

    def __init__(self, starts_at: datetime, *, running_since: float | None = None, ahead: Path | None = None) -> None:
        """Start at `starts_at` (aware). `running_since` is the Unix time at which it read that instant.

        `ahead` is a file that says how many seconds were passed over since, so that weeks can go by in a minute.
        Processes that share both read the same time.
        """
        if starts_at.tzinfo is None:
            raise ValueError("GATESIDE_CLOCK must carry a time zone, for example 2026-11-22T23:00:00+00:00")
        self._starts_at = starts_at.astimezone(timezone.utc)
        self._running_since = time.time() if running_since is None else running_since
        self._ahead = ahead

    def now(self) -> datetime:
        """The chosen instant plus the time that has passed since, and what was passed over."""
        return self._starts_at + timedelta(seconds=time.time() - self._running_since + self._passed_over())

    def move_to(self, instant: datetime) -> None:
        """Pass over the time until then, in every process that reads the same file. Never goes back."""
        if self._ahead is None:
            raise ValueError("this clock has no file to say how far ahead it is")
        seconds = self._passed_over() + max(0.0, (instant - self.now()).total_seconds())
        written = self._ahead.with_suffix(".new")
        written.write_text(repr(seconds), encoding="ascii")
        written.replace(self._ahead)

    def _passed_over(self) -> float:
        return float(self._ahead.read_text(encoding="ascii")) if self._ahead and self._ahead.exists() else 0.0


def clock_from_environment() -> Clock:
    """The clock that `GATESIDE_CLOCK` asks for: an ISO instant, or the machine's own when it is unset.

    `GATESIDE_CLOCK_STARTED` (Unix seconds, set by `gateside up`) keeps api, actions and bot on the same time, also
    where `GATESIDE_CLOCK_AHEAD` names a file that says how many seconds to pass over.
    Raises ValueError when `GATESIDE_CLOCK` is not an ISO instant with a time zone.
    """
    chosen = os.environ.get("GATESIDE_CLOCK", "").strip()
    if not chosen:
        return SystemClock()
    started = os.environ.get("GATESIDE_CLOCK_STARTED")
    ahead = os.environ.get("GATESIDE_CLOCK_AHEAD")
    return StartedClock(
        datetime.fromisoformat(chosen.replace("Z", "+00:00")),
        running_since=float(started) if started else None,
        ahead=Path(ahead) if ahead else None,
    )


def today_in_scotland(clock: Clock) -> date:
    """The calendar day that people in Scotland would write now."""
    return clock.now().astimezone(SCOTLAND).date()


def midnight(day: date) -> datetime:
    """When a day begins in Scotland."""
    return datetime.combine(day, time_of_day(), SCOTLAND)
