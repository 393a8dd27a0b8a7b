"""How the night stands: who waits, for how long, who is there, and which promises are about to be broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.handoffs.models import Handoff
from api.handoffs.service_levels import TargetState, target_state
from api.insight import repository
from api.staff import presence
from api.staff.presence import Availability, Present

LEVELS = ("emergency", "urgent", "check", "none")


@dataclass(frozen=True)
class OfficerNow:
    """One of those who take people, and how many they have."""

    present: Present
    people: int


@dataclass(frozen=True)
class Breach:
    """Somebody who waits past the promise, or soon will. `missed` is False while it is only near."""

    handoff_id: UUID
    level: str
    since: datetime
    answer_by: datetime
    missed: bool


@dataclass(frozen=True)
class Now:
    """The state of the queue at one instant."""

    at: datetime
    waiting: Mapping[str, int]
    oldest: datetime | None
    officers: Sequence[OfficerNow]
    breaches: Sequence[Breach]
    missed_callbacks: int

    @property
    def there(self) -> int:
        """Officers who can take people now."""
        return sum(one.present.availability is Availability.AVAILABLE for one in self.officers)


async def how_it_stands(session: AsyncSession, now: datetime, *, presence_seconds: int) -> Now:
    """The queue, those on shift and the promises, now."""
    waiting = await repository.waiting(session)
    held = await repository.held_by_officer(session)
    everybody = await presence.everybody_who_takes_people(session, now, presence_seconds=presence_seconds)
    counted = Counter("emergency" if one.emergency else one.level for one in waiting)
    return Now(
        at=now,
        waiting={level: counted[level] for level in LEVELS},
        oldest=min((one.opened_at for one in waiting), default=None),
        officers=[
            OfficerNow(one, held.get(one.staff.id, 0))
            for one in everybody
            if one.availability is not Availability.AWAY or held.get(one.staff.id)
        ],
        breaches=[breach for one in waiting if (breach := _breach(one, now)) is not None],
        missed_callbacks=await repository.missed_callbacks(session),
    )


def _breach(handoff: Handoff, now: datetime) -> Breach | None:
    if handoff.answer_by is None:
        return None
    missed = target_state(handoff, now) is TargetState.MISSED
    if not missed and handoff.warned_at is None:
        return None
    level = "emergency" if handoff.emergency else handoff.level
    return Breach(handoff.id, level, handoff.opened_at, handoff.answer_by, missed)
