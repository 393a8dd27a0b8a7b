"""Every query about the queue."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from api.conversations import repository as conversations
from api.conversations.models import Conversation
from api.handoffs.models import AmbulanceCall, CallbackAttempt, Handoff, HandoffListener, HandoffNote
from api.handoffs.next_person import Candidate
from api.handoffs.priority import Rank
from api.handoffs.transitions import CLAIMABLE, HELD, State
from api.staff.models import Staff

_FIRST_FREE: Final = (
    text(
        "SELECT waiting.id FROM unnest(:ids) WITH ORDINALITY AS waiting(id, place) "
        "WHERE pg_try_advisory_xact_lock(hashtextextended('claim ' || waiting.id, 0)) LIMIT 1"
    )
    .bindparams(bindparam("ids", type_=ARRAY(Uuid)))
    .columns(id=Uuid)
)
"""An array's elements are looked at one by one, in order, until one passes; no more locks are taken than that one."""

_IN_ORDER = (Handoff.emergency.desc(), Handoff.ranked_at, Handoff.id)
_OPEN_ONE = (
    select(Handoff)
    .where(Handoff.conversation_id == bindparam("conversation_id"), Handoff.closed_at.is_(None))
    .execution_options(populate_existing=True)
)
_OPEN_OR_OWED = (
    select(Handoff)
    .where(
        Handoff.conversation_id == bindparam("conversation_id"),
        or_(Handoff.closed_at.is_(None), and_(Handoff.agreed.is_not(None), Handoff.agreed_told_at.is_(None))),
    )
    .order_by(Handoff.opened_at)
    .execution_options(populate_existing=True)
)
"""Put together once, since every message asks these: that costs more than running them."""


async def handoff_by_id(session: AsyncSession, handoff_id: UUID) -> Handoff | None:
    """One handoff as it is now."""
    return await session.get(Handoff, handoff_id, populate_existing=True)


async def handoff_for_change(session: AsyncSession, handoff_id: UUID) -> tuple[Handoff | None, Conversation | None]:
    """A handoff and its conversation, both kept from everybody else's changes until this transaction ends.

    The conversation is always locked first: whoever takes a message in holds it already when the queue is touched,
    and the other order would let the two wait for each other.
    """
    seen = await handoff_by_id(session, handoff_id)
    if seen is None:
        return None, None
    conversation = None
    if seen.conversation_id is not None:
        conversation = await conversations.conversation_for_change(session, seen.conversation_id)
    handoff = (
        await session.execute(
            select(Handoff).where(Handoff.id == handoff_id).with_for_update().execution_options(populate_existing=True)
        )
    ).scalar_one_or_none()
    return handoff, conversation if handoff is not None and handoff.conversation_id is not None else None


async def open_handoff_of(session: AsyncSession, conversation_id: UUID) -> Handoff | None:
    """The one handoff of this conversation that is not over; who holds the conversation's lock may change it."""
    return (await session.execute(_OPEN_ONE, {"conversation_id": conversation_id})).scalar_one_or_none()


async def open_or_owed(session: AsyncSession, conversation_id: UUID) -> Sequence[Handoff]:
    """The handoff of this conversation that is not over, and those whose agreement the person was not told of yet."""
    return (await session.execute(_OPEN_OR_OWED, {"conversation_id": conversation_id})).scalars().all()


async def head_of_queue(session: AsyncSession) -> UUID | None:
    """Who comes next."""
    return (
        await session.execute(
            select(Handoff.id).where(Handoff.state == State.WAITING.value).order_by(*_IN_ORDER).limit(1)
        )
    ).scalar_one_or_none()


async def candidates(
    session: AsyncSession, *, limit: int, after: int = 0, skills: Collection[str] = ()
) -> list[Candidate]:
    """Who waits, in order; with `skills`, of them those who want one of these."""
    wanted = select(Handoff.id, Handoff.emergency, Handoff.ranked_at, Handoff.skill).where(
        Handoff.state == State.WAITING.value
    )
    if skills:
        wanted = wanted.where(Handoff.skill.in_(skills))
    found = await session.execute(wanted.order_by(*_IN_ORDER).offset(after).limit(limit))
    return [Candidate(*row) for row in found]


async def first_free_for_claim(session: AsyncSession, handoff_ids: Sequence[UUID]) -> UUID | None:
    """The first of these that no colleague is taking in this instant, kept from them until this unit of work ends.

    Only claims pass over one another: on PostgreSQL by advisory locks, so that somebody whose message is just being
    stored is waited for and not passed over (decision 15). SQLite lets one writer in at a time.
    """
    if session.get_bind().dialect.name == "sqlite":
        return handoff_ids[0] if handoff_ids else None
    found = await session.execute(_FIRST_FREE, {"ids": list(handoff_ids)})
    return found.scalar_one_or_none()


async def one_at_a_time(session: AsyncSession, what: str) -> None:
    """Wait until nobody else is at `what`, and keep them waiting until this unit of work ends."""
    if session.get_bind().dialect.name != "sqlite":
        await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": what})


async def claim_if_free(
    session: AsyncSession, handoff_id: UUID, staff_id: UUID, *, now: datetime, lease_until: datetime
) -> bool:
    """Give a handoff to an officer unless somebody has it: one statement, so that two can't both succeed."""
    claimed = await session.execute(
        update(Handoff)
        .where(Handoff.id == handoff_id, Handoff.state.in_(CLAIMABLE))
        .values(state=State.CLAIMED.value, claimed_by=staff_id, claimed_at=now, lease_until=lease_until)
        .returning(Handoff.id)
        .execution_options(synchronize_session=False)
    )
    return claimed.scalar_one_or_none() is not None


async def page_of_queue(session: AsyncSession, *, states: Sequence[str], after: int, limit: int) -> Sequence[Handoff]:
    """Handoffs in these states, in the queue's order."""
    return (
        (
            await session.execute(
                select(Handoff).where(Handoff.state.in_(states)).order_by(*_IN_ORDER).offset(after).limit(limit)
            )
        )
        .scalars()
        .all()
    )


async def waiting(session: AsyncSession) -> Sequence[Handoff]:
    """Everybody who waits, in order."""
    return (
        (await session.execute(select(Handoff).where(Handoff.state == State.WAITING.value).order_by(*_IN_ORDER)))
        .scalars()
        .all()
    )


async def owners_of_waiting(session: AsyncSession, *, limit: int) -> Sequence[tuple[UUID | None, str | None]]:
    """The conversations of those who wait, in order, and who owns each; None where one was wiped in an emergency."""
    found = await session.execute(
        select(Conversation.id, Conversation.owner)
        .select_from(Handoff)
        .outerjoin(Conversation, Conversation.id == Handoff.conversation_id)
        .where(Handoff.state == State.WAITING.value)
        .order_by(*_IN_ORDER)
        .limit(limit)
    )
    return [(conversation_id, owner) for conversation_id, owner in found]


async def waiting_ahead_of(session: AsyncSession, rank: Rank, *, handoff_id: UUID | None = None) -> int:
    """How many wait before this rank; among equals the earlier id is first."""
    earlier = Handoff.ranked_at < rank.ranked_at
    if handoff_id is not None:
        earlier = or_(earlier, and_(Handoff.ranked_at == rank.ranked_at, Handoff.id < handoff_id))
    else:
        earlier = Handoff.ranked_at <= rank.ranked_at
    ahead = and_(Handoff.emergency.is_(True), earlier) if rank.emergency else or_(Handoff.emergency.is_(True), earlier)
    count = await session.execute(
        select(func.count()).select_from(Handoff).where(Handoff.state == State.WAITING.value, ahead)
    )
    return int(count.scalar_one())


async def with_lease_over(session: AsyncSession, now: datetime) -> Sequence[UUID]:
    """Handoffs whose officer has not been heard of; in the order in which they have to be locked."""
    return (
        (
            await session.execute(
                select(Handoff.id)
                .where(Handoff.state.in_(HELD), or_(Handoff.lease_until < now, Handoff.second_lease_until < now))
                .order_by(Handoff.conversation_id, Handoff.id)
            )
        )
        .scalars()
        .all()
    )


async def emergencies_waiting_since(session: AsyncSession, before: datetime) -> Sequence[Handoff]:
    """Emergencies that nobody has taken, raised at `before` or earlier."""
    return (
        (
            await session.execute(
                select(Handoff)
                .where(
                    Handoff.state == State.WAITING.value, Handoff.emergency.is_(True), Handoff.emergency_at <= before
                )
                .with_for_update(skip_locked=True)
            )
        )
        .scalars()
        .all()
    )


async def callbacks_due(session: AsyncSession, now: datetime) -> Sequence[UUID]:
    """Handoffs whose agreed time for a callback has come; in the order in which they have to be locked."""
    return (
        (
            await session.execute(
                select(Handoff.id)
                .where(Handoff.state == State.CALLBACK_SCHEDULED.value, Handoff.callback_at <= now)
                .order_by(Handoff.conversation_id, Handoff.id)
            )
        )
        .scalars()
        .all()
    )


async def callbacks_by_start(session: AsyncSession, *, since: datetime) -> dict[datetime, int]:
    """How many calls are booked for each start from then on."""
    found = await session.execute(
        select(Handoff.callback_at, func.count())
        .where(Handoff.state == State.CALLBACK_SCHEDULED.value, Handoff.callback_at >= since)
        .group_by(Handoff.callback_at)
    )
    return {start: count for start, count in found if start is not None}


async def missed_callbacks(session: AsyncSession, *, limit: int) -> Sequence[Handoff]:
    """Calls that nobody made in time and nobody has taken up since, the longest missed first."""
    found = await session.execute(
        select(Handoff)
        .where(Handoff.callback_missed_at.is_not(None), Handoff.closed_at.is_(None), Handoff.state.not_in(HELD))
        .order_by(Handoff.callback_missed_at, Handoff.id)
        .limit(limit)
    )
    return found.scalars().all()


async def calls_to_make(session: AsyncSession, *, limit: int) -> Sequence[Handoff]:
    """Everybody who is to be rung and whose outcome is not written down: missed ones first, then in order of time."""
    promised = func.coalesce(Handoff.callback_at, Handoff.callback_asked_at)
    found = await session.execute(
        select(Handoff)
        .where(Handoff.callback_asked_at.is_not(None), Handoff.closed_at.is_(None))
        .order_by(Handoff.callback_missed_at.is_(None), promised, Handoff.id)
        .limit(limit)
    )
    return found.scalars().all()


async def calls_tried(
    session: AsyncSession, handoff_ids: Sequence[UUID]
) -> dict[UUID, list[tuple[CallbackAttempt, str]]]:
    """The times these people were rung, first one first, each with the first name of who rang."""
    found = await session.execute(
        select(CallbackAttempt, Staff)
        .join(Staff, Staff.id == CallbackAttempt.staff_id)
        .where(CallbackAttempt.handoff_id.in_(handoff_ids))
        .order_by(CallbackAttempt.tried_at, CallbackAttempt.id)
    )
    tries: dict[UUID, list[tuple[CallbackAttempt, str]]] = {}
    for attempt, staff in found:
        tries.setdefault(attempt.handoff_id, []).append((attempt, staff.first_name))
    return tries


async def held_counts(session: AsyncSession) -> dict[UUID, int]:
    """How many people each officer has now."""
    found = await session.execute(
        select(Handoff.claimed_by, func.count()).where(Handoff.state.in_(HELD)).group_by(Handoff.claimed_by)
    )
    return {staff_id: count for staff_id, count in found if staff_id is not None}


async def held_by(session: AsyncSession, staff_id: UUID) -> int:
    """How many people this officer has now."""
    count = await session.execute(
        select(func.count()).select_from(Handoff).where(Handoff.claimed_by == staff_id, Handoff.state.in_(HELD))
    )
    return int(count.scalar_one())


async def durations(session: AsyncSession, *, since: datetime, limit: int = 50) -> list[float]:
    """Minutes from being taken to being finished, of the latest handoffs since then."""
    found = await session.execute(
        select(Handoff.claimed_at, Handoff.closed_at)
        .where(Handoff.state == State.CLOSED.value, Handoff.closed_at >= since, Handoff.claimed_at.is_not(None))
        .order_by(Handoff.closed_at.desc())
        .limit(limit)
    )
    return [(closed - claimed).total_seconds() / 60 for claimed, closed in found if claimed and closed]


async def set_owner_of_waiting(session: AsyncSession, *, owner: str, instead_of: str, limit: int) -> Sequence[UUID]:
    """Change the owner of so many who wait and are owned by another, in the queue's order; returns whose it was.

    A conversation in which something happens just now is left for the next time: waiting for it could deadlock.
    """
    free = (
        select(Conversation.id)
        .join(Handoff, Handoff.conversation_id == Conversation.id)
        .where(Handoff.state == State.WAITING.value, Conversation.owner == instead_of)
        .order_by(*_IN_ORDER)
        .limit(limit)
        .with_for_update(of=Conversation, skip_locked=True)
    )
    changed = await session.execute(
        update(Conversation)
        .where(Conversation.id.in_(free.scalar_subquery()))
        .values(owner=owner)
        .returning(Conversation.id)
        .execution_options(synchronize_session="fetch")
    )
    return changed.scalars().all()


async def notes_of(session: AsyncSession, handoff_id: UUID) -> Sequence[HandoffNote]:
    """What officers wrote for colleagues, oldest first."""
    return (
        (
            await session.execute(
                select(HandoffNote).where(HandoffNote.handoff_id == handoff_id).order_by(HandoffNote.written_at)
            )
        )
        .scalars()
        .all()
    )


async def notes_for_person(session: AsyncSession, conversation_id: UUID) -> Sequence[HandoffNote]:
    """What officers wrote down for this person, too, oldest first; never what was for staff."""
    found = await session.execute(
        select(HandoffNote)
        .join(Handoff, Handoff.id == HandoffNote.handoff_id)
        .where(Handoff.conversation_id == conversation_id, HandoffNote.audience == "person")
        .order_by(HandoffNote.written_at)
    )
    return found.scalars().all()


async def listeners_of(session: AsyncSession, handoff_id: UUID) -> Sequence[UUID]:
    """Which leads listen, longest first."""
    found = await session.execute(
        select(HandoffListener.staff_id).where(HandoffListener.handoff_id == handoff_id).order_by(HandoffListener.since)
    )
    return found.scalars().all()


async def ambulance_calls_of(session: AsyncSession, handoff_id: UUID) -> Sequence[AmbulanceCall]:
    """The ambulances that were called, first one first."""
    found = await session.execute(
        select(AmbulanceCall).where(AmbulanceCall.handoff_id == handoff_id).order_by(AmbulanceCall.rung_at)
    )
    return found.scalars().all()


async def earlier_handoffs(
    session: AsyncSession, handoff: Handoff, *, limit: int = 5
) -> Sequence[tuple[Handoff, Staff | None]]:
    """The times before when this person's conversation had a place in the queue, the latest first, and with whom."""
    found = await session.execute(
        select(Handoff, Staff)
        .outerjoin(Staff, Staff.id == Handoff.claimed_by)
        .where(
            Handoff.conversation_id == handoff.conversation_id,
            Handoff.id != handoff.id,
            Handoff.closed_at.is_not(None),
        )
        .order_by(Handoff.closed_at.desc())
        .limit(limit)
    )
    return [(before, staff) for before, staff in found]
