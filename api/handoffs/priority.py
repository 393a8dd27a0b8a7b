"""The order of the queue: danger first, then the post-release clock, then age."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from reference.clock import SCOTLAND

URGENT_IS_WORTH: Final = timedelta(minutes=60)
"""An urgent disclosure stands where somebody would who has waited an hour longer."""

RELEASE_IS_WORTH: Final = timedelta(minutes=30)
"""The first days out are worth half an hour: deaths in weeks 1 and 2 are about seven times those of later weeks."""

DAYS_BEFORE_RELEASE: Final = 2
DAYS_AFTER_RELEASE: Final = 14


class Rank(NamedTuple):
    """Emergencies first, then the earliest `ranked_at`."""

    emergency: bool
    ranked_at: datetime


def rank(*, opened_at: datetime, level: str, release_date: date | None, now: datetime) -> Rank:
    """Where somebody belongs. Waiting ages everybody alike, so nobody starves: no newcomer who is no emergency
    passes somebody who has waited longer than 90 minutes.

    Days 0 to 14 after release, and the two before it, count as the time around release; what was once an emergency
    or urgent stays so (`level` is the highest so far).
    """
    worth = timedelta(0)
    if level != "none":
        worth += URGENT_IS_WORTH
    if around_release(release_date, now):
        worth += RELEASE_IS_WORTH
    return Rank(level == "emergency", opened_at - worth)


def around_release(release_date: date | None, now: datetime) -> bool:
    """Whether today, in Scotland, is within the days around release that weigh most."""
    if release_date is None:
        return False
    days_since = (now.astimezone(SCOTLAND).date() - release_date).days
    return -DAYS_BEFORE_RELEASE <= days_since <= DAYS_AFTER_RELEASE
