"""Every query about the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from api.conversations.models import Conversation, Message
from api.delivery.models import OutboxItem, OutboxState

_UNSENT = (OutboxState.PENDING.value, OutboxState.SENDING.value)


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Waiting and its time has come, or taken by a worker that was not heard of since."""
    waiting = and_(OutboxItem.state == OutboxState.PENDING.value, OutboxItem.next_attempt_at <= now)
    forsaken = and_(OutboxItem.state == OutboxState.SENDING.value, OutboxItem.claimed_until <= now)
    return or_(waiting, forsaken)


def _nothing_before_it() -> ColumnElement[bool]:
    """Nothing earlier of the same conversation still has to go: people read in order."""
    earlier = aliased(OutboxItem)
    return ~exists().where(
        earlier.conversation_id == OutboxItem.conversation_id,
        earlier.seq < OutboxItem.seq,
        earlier.state.in_(_UNSENT),
    )


async def claim_due(
    session: AsyncSession, *, now: datetime, claimed_until: datetime, limit: int
) -> Sequence[tuple[UUID, bool]]:
    """Take what is due, at most one of a conversation; each with whether an earlier attempt has an unknown fate.

    Two workers never take the same: on PostgreSQL rows taken by another are skipped, on SQLite writers queue.
    """
    due = (
        select(OutboxItem.id, OutboxItem.state)
        .where(_is_due(now), _nothing_before_it())
        .order_by(OutboxItem.next_attempt_at, OutboxItem.seq)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = (await session.execute(due)).all()
    await session.execute(
        update(OutboxItem)
        .where(OutboxItem.id.in_([item_id for item_id, _ in found]))
        .values(state=OutboxState.SENDING.value, claimed_until=claimed_until, attempts=OutboxItem.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    return [(item_id, state == OutboxState.SENDING.value) for item_id, state in found]


async def with_words(
    session: AsyncSession, item_ids: Sequence[UUID]
) -> Sequence[tuple[OutboxItem, Message | None, Conversation | None]]:
    """Outbox items with what they carry and for whom."""
    found = await session.execute(
        select(OutboxItem, Message, Conversation)
        .outerjoin(Message, Message.id == OutboxItem.message_id)
        .outerjoin(Conversation, Conversation.id == OutboxItem.conversation_id)
        .where(OutboxItem.id.in_(item_ids))
        .execution_options(populate_existing=True)
    )
    return [(item, message, conversation) for item, message, conversation in found]


async def item_for_change(session: AsyncSession, item_id: UUID) -> OutboxItem | None:
    """An outbox item, kept from others' changes; None when the conversation was wiped meanwhile."""
    return (
        await session.execute(
            select(OutboxItem)
            .where(OutboxItem.id == item_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).scalar_one_or_none()


async def item_by_provider_id(session: AsyncSession, provider_id: str) -> OutboxItem | None:
    """The outbox item that the provider knows under this id."""
    return (
        await session.execute(select(OutboxItem).where(OutboxItem.provider_id == provider_id).with_for_update())
    ).scalar_one_or_none()


async def next_due_at(session: AsyncSession) -> datetime | None:
    """When the next waiting item wants to go."""
    found = await session.execute(
        select(func.min(OutboxItem.next_attempt_at)).where(OutboxItem.state == OutboxState.PENDING.value)
    )
    return found.scalar_one_or_none()
