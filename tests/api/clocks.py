"""A clock that tests set."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone


class FixedClock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime = datetime(2026, 11, 25, 21, 0, tzinfo=timezone.utc)) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def set(self, at: datetime) -> None:
        self._at = at

    def forward(self, **by: float) -> datetime:
        """Let time pass: `clock.forward(minutes=5)`."""
        self._at += timedelta(**by)
        return self._at
