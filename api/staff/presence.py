"""Who is there to take people, and for how many each has room: presence, breaks, capacity, skills."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service as audit
from api.database.engine import announce
from api.live import LiveEvent
from api.live.events import QUEUE_TOPIC
from api.problems import NotFound, Unprocessable
from api.staff import repository, service
from api.staff.models import Staff, StaffPresence, StaffSession, StaffSkill
from api.staff.permissions import roles_that_may
from api.staff.skills import is_skill
from reference.clock import Clock

CAPACITY = 3
"""People an officer has at once, unless something else was set for them, before the next has to wait."""

MOST_AT_ONCE = 12


class Availability(str, Enum):
    """What an officer is just now."""

    AVAILABLE = "available"
    ON_BREAK = "on_break"
    AWAY = "away"


@dataclass(frozen=True)
class Present:
    """One officer as the board shows them. `availability` is away, too, when their console was not heard of."""

    staff: Staff
    availability: Availability
    since: datetime | None
    capacity: int
    skills: tuple[str, ...]


async def everybody_who_takes_people(
    session: AsyncSession, now: datetime, *, presence_seconds: int
) -> Sequence[Present]:
    """Every officer and lead, by name, and how they are there.

    Whoever said nothing is available while their console is open and away when it has not been heard of for
    `presence_seconds`; a break lasts until they end it.
    """
    found = await session.execute(
        select(Staff, StaffPresence)
        .outerjoin(StaffPresence, StaffPresence.staff_id == Staff.id)
        .where(Staff.active, Staff.role.in_(roles_that_may("claim")))
        .order_by(Staff.name)
    )
    here = {one.id for one in await service.on_shift(session, now, presence_seconds=presence_seconds)}
    last_seen = await _last_seen(session)
    skilled = await _skills(session)
    return [
        _present(staff, said, staff.id in here, last_seen.get(staff.id), skilled.get(staff.id, ()))
        for staff, said in found
    ]


async def there_now(session: AsyncSession, now: datetime, *, presence_seconds: int) -> Sequence[tuple[Staff, int]]:
    """Who is at an open console and on no break, each with how many people they take at once."""
    since = now - timedelta(seconds=presence_seconds)
    here = select(StaffSession.staff_id).where(StaffSession.last_seen_at >= since, StaffSession.expires_at > now)
    found = await session.execute(
        select(Staff, StaffPresence.capacity)
        .outerjoin(StaffPresence, StaffPresence.staff_id == Staff.id)
        .where(
            Staff.active,
            Staff.role.in_(roles_that_may("claim")),
            Staff.id.in_(here),
            func.coalesce(StaffPresence.availability, Availability.AVAILABLE.value) == Availability.AVAILABLE.value,
        )
        .order_by(Staff.name)
    )
    return [(staff, capacity or CAPACITY) for staff, capacity in found]


async def say(session: AsyncSession, clock: Clock, staff_id: UUID, availability: Availability) -> None:
    """An officer goes on a break, away, or is back. Those who wait and the boards hear of it."""
    said = await _row(session, clock, staff_id)
    if said.availability == availability.value:
        return
    said.availability, said.since = availability.value, clock.now()
    await audit.record(session, clock, actor=staff_id, action=f"staff.{availability.value}", subject=staff_id)
    _tell(session, staff_id)


async def set_capacity(
    session: AsyncSession, clock: Clock, staff_id: UUID, capacity: int, *, actor: UUID | str
) -> None:
    """How many people an officer takes at once. Raises NotFound, Unprocessable."""
    if not 1 <= capacity <= MOST_AT_ONCE:
        raise Unprocessable(f"Between 1 and {MOST_AT_ONCE} people at once.")
    await _existing(session, staff_id)
    (await _row(session, clock, staff_id)).capacity = capacity
    await audit.record(
        session, clock, actor=actor, action="staff.capacity", subject=staff_id, detail={"capacity": capacity}
    )
    _tell(session, staff_id)


async def set_skills(
    session: AsyncSession, clock: Clock, staff_id: UUID, codes: Collection[str], *, actor: UUID | str
) -> None:
    """What an officer is especially good for, in the place of what was set before. Raises NotFound, Unprocessable."""
    if unknown := sorted(code for code in codes if not is_skill(code)):
        raise Unprocessable(f"There is no such skill: {', '.join(unknown)}.")
    await _existing(session, staff_id)
    await session.execute(delete(StaffSkill).where(StaffSkill.staff_id == staff_id))
    session.add_all(StaffSkill(staff_id=staff_id, skill=code) for code in sorted(set(codes)))
    await audit.record(
        session, clock, actor=actor, action="staff.skills", subject=staff_id, detail={"skills": sorted(set(codes))}
    )
    _tell(session, staff_id)


async def skills_of(session: AsyncSession, staff_id: UUID) -> frozenset[str]:
    """What this officer is especially good for."""
    found = await session.execute(select(StaffSkill.skill).where(StaffSkill.staff_id == staff_id))
    return frozenset(found.scalars())


async def standing_of(session: AsyncSession, staff_id: UUID) -> tuple[Availability, int]:
    """What an officer said of themselves last, and for how many they have room."""
    said = await session.get(StaffPresence, staff_id)
    if said is None:
        return Availability.AVAILABLE, CAPACITY
    return Availability(said.availability), said.capacity or CAPACITY


def _present(
    staff: Staff, said: StaffPresence | None, is_here: bool, last_seen: datetime | None, skilled: tuple[str, ...]
) -> Present:
    chosen = Availability(said.availability) if said else Availability.AVAILABLE
    since = said.since if said and chosen is not Availability.AVAILABLE else last_seen
    return Present(
        staff=staff,
        availability=chosen if is_here or chosen is Availability.ON_BREAK else Availability.AWAY,
        since=since,
        capacity=(said.capacity if said else None) or CAPACITY,
        skills=skilled,
    )


async def _existing(session: AsyncSession, staff_id: UUID) -> Staff:
    staff = await repository.staff_by_id(session, staff_id)
    if staff is None:
        raise NotFound("There is no such account.")
    return staff


async def _row(session: AsyncSession, clock: Clock, staff_id: UUID) -> StaffPresence:
    said = await session.get(StaffPresence, staff_id)
    if said is None:
        said = StaffPresence(staff_id=staff_id, availability=Availability.AVAILABLE.value, since=clock.now())
        session.add(said)
    return said


async def _last_seen(session: AsyncSession) -> dict[UUID, datetime]:
    found = await session.execute(
        select(StaffSession.staff_id, func.max(StaffSession.last_seen_at)).group_by(StaffSession.staff_id)
    )
    return {staff_id: at for staff_id, at in found if at is not None}


async def _skills(session: AsyncSession) -> dict[UUID, tuple[str, ...]]:
    skilled: dict[UUID, tuple[str, ...]] = {}
    for staff_id, skill in await session.execute(
        select(StaffSkill.staff_id, StaffSkill.skill).order_by(StaffSkill.skill)
    ):
        skilled[staff_id] = (*skilled.get(staff_id, ()), skill)
    return skilled


def _tell(session: AsyncSession, staff_id: UUID) -> None:
    announce(session, LiveEvent(QUEUE_TOPIC, {"type": "presence", "staff_id": str(staff_id)}))
