"""Where somebody stands in the queue, and how long that may take: only as much as is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy.ext.asyncio import AsyncSession

from api.handoffs import repository
from api.handoffs.models import Handoff
from api.handoffs.priority import Rank
from api.staff import presence
from api.staff.models import Staff

_KNOWN_FROM = 5
_HISTORY = timedelta(days=30)
_ROUNDED_TO = 5


@dataclass(frozen=True)
class Standing:
    """`estimate_minutes` is None when nothing is known that an honest estimate could stand on.

    `opens_at` is when officers are there again; None while they are, or when that is not known.
    """

    position: int
    officers_available: int
    estimate_minutes: int | None
    opens_at: datetime | None = None


async def officers_with_room(session: AsyncSession, now: datetime, *, presence_seconds: int) -> Sequence[Staff]:
    """Who is there, on no break, and can take one more."""
    held = await repository.held_counts(session)
    there = await presence.there_now(session, now, presence_seconds=presence_seconds)
    return [staff for staff, capacity in there if held.get(staff.id, 0) < capacity]


async def position_of(session: AsyncSession, handoff: Handoff) -> int:
    """Which one in the queue: 1 is next."""
    rank = Rank(handoff.emergency, handoff.ranked_at)
    return 1 + await repository.waiting_ahead_of(session, rank, handoff_id=handoff.id)


async def estimate_minutes(session: AsyncSession, *, position: int, room_in_all: int, now: datetime) -> int | None:
    """Minutes until it is this person's turn: how long conversations took lately, shared among all the room there is.

    `room_in_all` is how many people those who are there take at once. None with nobody there, or with fewer than five
    conversations in the last 30 days to judge by.
    """
    if room_in_all == 0:
        return None
    lately = await repository.durations(session, since=now - _HISTORY)
    if len(lately) < _KNOWN_FROM:
        return None
    minutes = position * median(lately) / room_in_all
    return max(_ROUNDED_TO, math.ceil(minutes / _ROUNDED_TO) * _ROUNDED_TO)
