"""Every query about the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from api.conversations.models import Conversation, Message
from api.delivery.models import OutboxItem, OutboxState, SentText

_AT_ONCE = 50
_PENDING, _SENDING = OutboxState.PENDING.value, OutboxState.SENDING.value


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Waiting and its time has come, or taken by a worker that was not heard of since."""
    waiting = and_(OutboxItem.state == _PENDING, OutboxItem.next_attempt_at <= now)
    forsaken = and_(OutboxItem.state == _SENDING, OutboxItem.claimed_until <= now)
    return or_(waiting, forsaken)


def _nothing_before_it() -> ColumnElement[bool]:
    """Nothing earlier for the same person still has to go: people read in order.

    A text that is to be sent anew holds nothing back: what is said after it takes its place.
    """
    earlier = aliased(OutboxItem)
    same_person = and_(earlier.conversation_id == OutboxItem.conversation_id, earlier.seq < OutboxItem.seq)
    same_page = and_(
        OutboxItem.conversation_id.is_(None),
        earlier.conversation_id.is_(None),
        earlier.channel == OutboxItem.channel,
        earlier.id < OutboxItem.id,
    )
    to_go = or_(earlier.state == _SENDING, and_(earlier.state == _PENDING, earlier.resends == 0))
    # Two of which each can be the only reason, each found by its own index.
    return ~exists().where(same_person, to_go) & ~exists().where(same_page, to_go)


async def due_for_change(session: AsyncSession, *, now: datetime, limit: int) -> Sequence[OutboxItem]:
    """What is due, the urgent first, at most one of a person; kept from everybody else's changes.

    Two workers never get the same: on PostgreSQL rows taken by another are skipped, on SQLite writers queue.
    """
    due = (
        select(OutboxItem)
        .where(_is_due(now), _nothing_before_it())
        .order_by(OutboxItem.urgent.desc(), OutboxItem.next_attempt_at, OutboxItem.seq)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(due)).scalars().all()


async def followers_for_change(session: AsyncSession, item: OutboxItem) -> Sequence[tuple[OutboxItem, Message]]:
    """What waits after an item for the same person, in order; nothing while somebody else changes any of it."""
    waiting = (
        select(OutboxItem, Message)
        .join(Message, Message.id == OutboxItem.message_id)
        .where(
            OutboxItem.conversation_id == item.conversation_id,
            OutboxItem.seq > item.seq,
            OutboxItem.state == _PENDING,
        )
        .order_by(OutboxItem.seq)
    )
    seen = (await session.execute(waiting)).all()
    if not seen:
        return []
    kept = (await session.execute(waiting.with_for_update(skip_locked=True, of=OutboxItem))).all()
    return [(follower, message) for follower, message in kept] if len(kept) == len(seen) else []


async def what_travels_in(
    session: AsyncSession, item_ids: Sequence[UUID]
) -> Sequence[tuple[OutboxItem, Message | None]]:
    """These items and what was joined to them, in the order in which they were said."""
    found = await session.execute(
        select(OutboxItem, Message)
        .outerjoin(Message, Message.id == OutboxItem.message_id)
        .where(or_(OutboxItem.id.in_(item_ids), OutboxItem.carried_by.in_(item_ids)))
        .order_by(OutboxItem.seq)
    )
    return [(item, message) for item, message in found]


async def messages_of(session: AsyncSession, item: OutboxItem) -> Sequence[UUID]:
    """The messages that an item carries."""
    found = await session.execute(
        select(OutboxItem.message_id).where(
            or_(OutboxItem.id == item.id, OutboxItem.carried_by == item.id), OutboxItem.message_id.is_not(None)
        )
    )
    return [message_id for message_id in found.scalars() if message_id is not None]


async def last_seq_of(session: AsyncSession, item: OutboxItem) -> int:
    """The number of the last message that an item carries."""
    found = await session.execute(select(func.max(OutboxItem.seq)).where(OutboxItem.carried_by == item.id))
    return max(item.seq, found.scalar_one_or_none() or 0)


async def conversations_of(session: AsyncSession, items: Sequence[OutboxItem]) -> dict[UUID, Conversation]:
    """The conversations of these items, by id."""
    ids = {item.conversation_id for item in items if item.conversation_id is not None}
    if not ids:
        return {}
    found = await session.execute(select(Conversation).where(Conversation.id.in_(ids)))
    return {conversation.id: conversation for conversation in found.scalars()}


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


async def conversation_id_of(session: AsyncSession, item_id: UUID) -> UUID | None:
    """Whose an item is; None for a page, or when it was wiped."""
    return (
        await session.execute(select(OutboxItem.conversation_id).where(OutboxItem.id == item_id))
    ).scalar_one_or_none()


async def sent_text(session: AsyncSession, provider_id: str) -> SentText | None:
    """What is known of a text of the provider's."""
    return await session.get(SentText, provider_id, populate_existing=True)


async def known_texts(session: AsyncSession, items: Sequence[OutboxItem]) -> dict[UUID | None, frozenset[str]]:
    """The ids of all texts that went to the persons of these items, by conversation (None: pages)."""
    ids = {item.conversation_id for item in items}
    if not ids:
        return {}
    found = await session.execute(
        select(OutboxItem.conversation_id, SentText.provider_id)
        .join(SentText, SentText.outbox_id == OutboxItem.id)
        .where(
            or_(
                OutboxItem.conversation_id.in_([one for one in ids if one is not None]),
                OutboxItem.conversation_id.is_(None) if None in ids else OutboxItem.id.is_(None),
            )
        )
    )
    known: dict[UUID | None, set[str]] = {one: set() for one in ids}
    for conversation_id, provider_id in found:
        known[conversation_id].add(provider_id)
    return {one: frozenset(texts) for one, texts in known.items()}


async def unprompted_since(session: AsyncSession, conversation_id: UUID, since: datetime) -> int:
    """How many texts that nobody had asked for have been tried to this person since then."""
    counted = await session.execute(
        select(func.count())
        .select_from(OutboxItem)
        .where(
            OutboxItem.conversation_id == conversation_id,
            OutboxItem.unprompted.is_(True),
            OutboxItem.first_tried_at >= since,
            OutboxItem.state.in_([OutboxState.SENT.value, _SENDING, _PENDING]),
        )
    )
    return int(counted.scalar_one())


async def waiting_for(session: AsyncSession, conversation_id: UUID) -> Sequence[OutboxItem]:
    """What waits to go to a person, kept from others' changes."""
    waiting = (
        select(OutboxItem)
        .where(OutboxItem.conversation_id == conversation_id, OutboxItem.state == _PENDING)
        .order_by(OutboxItem.seq)
        .with_for_update()
    )
    return (await session.execute(waiting)).scalars().all()


async def hasten(session: AsyncSession, conversation_id: UUID, now: datetime) -> None:
    """What still has to go before something urgent that has just been said is as urgent: no long pause holds it up."""
    await session.execute(
        update(OutboxItem)
        .where(OutboxItem.conversation_id == conversation_id, OutboxItem.state.in_([_PENDING, _SENDING]))
        .values(urgent=True, next_attempt_at=now)
    )


async def alerts_owed(session: AsyncSession) -> Sequence[UUID]:
    """Conversations with a text of which staff have still to be told something."""
    owed = select(OutboxItem.conversation_id).where(OutboxItem.alert.is_not(None), OutboxItem.alerted_at.is_(None))
    found = (await session.execute(owed.order_by(OutboxItem.id).limit(_AT_ONCE))).scalars()
    return list(dict.fromkeys(one for one in found if one is not None))


async def alerts_of_for_change(session: AsyncSession, conversation_id: UUID) -> Sequence[OutboxItem]:
    """The texts to somebody of which staff have to be told something, or were."""
    alerts = select(OutboxItem).where(OutboxItem.conversation_id == conversation_id, OutboxItem.alert.is_not(None))
    return (await session.execute(alerts.order_by(OutboxItem.id).with_for_update())).scalars().all()


async def next_due_at(session: AsyncSession) -> datetime | None:
    """When something next wants to go that nothing holds back."""
    found = await session.execute(
        select(func.min(OutboxItem.next_attempt_at)).where(OutboxItem.state == _PENDING, _nothing_before_it())
    )
    return found.scalar_one_or_none()
