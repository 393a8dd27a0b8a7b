"""What the day that somebody names is reckoned from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Moment:
    """What a day is reckoned from."""

    now: datetime
    today: date
    past: bool
    """Whether the words around speak of what has been."""
    unsure: bool = False
    """Whether they may as well speak of what will be; then the nearest such day of the year is meant."""


Reckon = Callable[["re.Match[str]", Moment], date | None]
"""The day that a match names; None where it turns out to name none."""
