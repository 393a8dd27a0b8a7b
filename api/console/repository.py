"""Every query of the console that is about several people at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.console.views import Known, RowSource
from api.conversations.models import Author, Conversation, Fact, Message
from api.handoffs.models import Handoff, HandoffListener, HandoffNote
from api.handoffs.transitions import HELD, State
from api.staff.models import Staff

WITH_SOMEBODY = (*HELD, State.WRAP_UP.value)
OPEN_STATES = (State.WAITING.value, *WITH_SOMEBODY, State.CALLBACK_SCHEDULED.value)
MOST_SHOWN = 100
"""Rows the queue shows at most of those who wait, and of those to be rung; an officer works from its head."""
_NAMING_FACTS = ("first_name", "audience", "relation", "release_date")

_WITH_NAMES = (
    select(Handoff, Conversation, Staff.name, Message.author)
    .outerjoin(Conversation, Conversation.id == Handoff.conversation_id)
    .outerjoin(Staff, Staff.id == Handoff.claimed_by)
    .outerjoin(Message, and_(Message.conversation_id == Conversation.id, Message.seq == Conversation.last_seq))
)
"""A handoff with its conversation, whose it is, and who wrote last."""


async def open_handoffs(session: AsyncSession) -> list[RowSource]:
    """The head of the queue, everybody with an officer and the next to be rung, each in the queue's order."""
    waiting = _open(State.WAITING.value).limit(MOST_SHOWN)
    to_ring = _open(State.CALLBACK_SCHEDULED.value).limit(MOST_SHOWN)
    found = [row for ask in (waiting, _open(*WITH_SOMEBODY), to_ring) for row in (await session.execute(ask)).all()]
    return await _sources(session, found)


async def rows_of(session: AsyncSession, handoffs: Sequence[Handoff]) -> list[RowSource]:
    """These handoffs with what is needed to show each, in the order given."""
    ids = [handoff.id for handoff in handoffs]
    found = await session.execute(_WITH_NAMES.where(Handoff.id.in_(ids)))
    place = {handoff_id: number for number, handoff_id in enumerate(ids)}
    return sorted(await _sources(session, found.all()), key=lambda source: place[source.handoff.id])


async def _sources(session: AsyncSession, found: Sequence[Any]) -> list[RowSource]:
    known = await _known(session, [handoff.conversation_id for handoff, *_ in found if handoff.conversation_id])
    return [
        RowSource(
            handoff,
            conversation,
            known.get(handoff.conversation_id, Known()),
            name.split()[0] if name else None,
            last_author == Author.PERSON.value,
        )
        for handoff, conversation, name, last_author in found
    ]


async def how_many_wait(session: AsyncSession) -> int:
    """Everybody in the queue, shown or not."""
    found = await session.execute(select(func.count()).select_from(Handoff).where(Handoff.state == State.WAITING.value))
    return found.scalar_one()


async def held_by(session: AsyncSession, staff_id: UUID) -> Sequence[UUID]:
    """The handoffs an officer has now."""
    found = await session.execute(
        select(Handoff.id).where(
            or_(Handoff.claimed_by == staff_id, Handoff.second_officer == staff_id), Handoff.state.in_(HELD)
        )
    )
    return found.scalars().all()


async def notes_of(session: AsyncSession, handoff_id: UUID) -> Sequence[tuple[HandoffNote, str]]:
    """A handoff's notes, oldest first, each with the name of who wrote it."""
    found = await session.execute(
        select(HandoffNote, Staff.name)
        .join(Staff, Staff.id == HandoffNote.staff_id)
        .where(HandoffNote.handoff_id == handoff_id)
        .order_by(HandoffNote.written_at)
    )
    return [(note, name) for note, name in found]


async def listeners_to(session: AsyncSession, handoff_id: UUID) -> Sequence[Staff]:
    """The leads who follow this conversation."""
    found = await session.execute(
        select(Staff)
        .join(HandoffListener, HandoffListener.staff_id == Staff.id)
        .where(HandoffListener.handoff_id == handoff_id)
        .order_by(HandoffListener.since)
    )
    return found.scalars().all()


def _open(*states: str) -> Select[Handoff, Conversation, str, str]:
    return _WITH_NAMES.where(Handoff.state.in_(states)).order_by(
        Handoff.emergency.desc(), Handoff.ranked_at, Handoff.id
    )


async def _known(session: AsyncSession, conversation_ids: Sequence[UUID]) -> dict[UUID | None, Known]:
    facts: defaultdict[UUID, dict[str, Any]] = defaultdict(dict)
    found = await session.execute(
        select(Fact.conversation_id, Fact.name, Fact.value).where(
            Fact.conversation_id.in_(conversation_ids), Fact.name.in_(_NAMING_FACTS)
        )
    )
    for conversation_id, name, value in found:
        facts[conversation_id][name] = value
    return {conversation_id: Known.of(values) for conversation_id, values in facts.items()}
