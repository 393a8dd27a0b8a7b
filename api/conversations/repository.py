"""Every query about conversations, messages and facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.models import Author, Conversation, Fact, Message

_THIS = bindparam("conversation_id", type_=Conversation.id.type)
_CONVERSATION_FOR_CHANGE = (
    select(Conversation).where(Conversation.id == _THIS).with_for_update().execution_options(populate_existing=True)
)
_BY_CHANNEL_ID = select(Message).where(Message.conversation_id == _THIS, Message.channel_id == bindparam("channel_id"))
_FACTS = select(Fact).where(Fact.conversation_id == _THIS).order_by(Fact.noted_at)
"""Statements of every message are put together once: doing it costs more than running them."""


async def conversation_by_id(session: AsyncSession, conversation_id: UUID) -> Conversation | None:
    """The conversation as it is now."""
    return await session.get(Conversation, conversation_id)


async def conversation_for_change(session: AsyncSession, conversation_id: UUID) -> Conversation | None:
    """The conversation, kept from everybody else's changes until this transaction ends."""
    return (await session.execute(_CONVERSATION_FOR_CHANGE, {"conversation_id": conversation_id})).scalar_one_or_none()


async def conversation_by_token_hash(session: AsyncSession, token_hash: str) -> Conversation | None:
    """The webchat that a token opens."""
    return (
        await session.execute(select(Conversation).where(Conversation.token_hash == token_hash))
    ).scalar_one_or_none()


async def conversation_by_number(session: AsyncSession, fingerprint: str) -> Conversation | None:
    """The text conversation of a phone number, found by its keyed hash."""
    return (
        await session.execute(select(Conversation).where(Conversation.number_fingerprint == fingerprint))
    ).scalar_one_or_none()


async def message_by_channel_id(session: AsyncSession, conversation_id: UUID, channel_id: str) -> Message | None:
    """The message that the channel knows under this id."""
    known_as = {"conversation_id": conversation_id, "channel_id": channel_id}
    return (await session.execute(_BY_CHANNEL_ID, known_as)).scalar_one_or_none()


async def messages_after(
    session: AsyncSession, conversation_id: UUID, *, after: int = 0, limit: int = 200
) -> Sequence[Message]:
    """Messages with a higher sequence number than `after`, oldest first."""
    return (
        (
            await session.execute(
                select(Message)
                .where(Message.conversation_id == conversation_id, Message.seq > after)
                .order_by(Message.seq)
                .limit(limit)
            )
        )
        .scalars()
        .all()
    )


async def replies_to(session: AsyncSession, message_id: UUID) -> Sequence[Message]:
    """What was said in answer to one message, oldest first."""
    return (
        (await session.execute(select(Message).where(Message.reply_to == message_id).order_by(Message.seq)))
        .scalars()
        .all()
    )


async def somebody_spoke_after(session: AsyncSession, conversation_id: UUID, seq: int) -> bool:
    """Whether the person or an officer said something after message number `seq`."""
    found = await session.execute(
        select(Message.id)
        .where(
            Message.conversation_id == conversation_id,
            Message.seq > seq,
            Message.author.in_([Author.PERSON.value, Author.OFFICER.value]),
        )
        .limit(1)
    )
    return found.first() is not None


async def facts_of(session: AsyncSession, conversation_id: UUID) -> Sequence[Fact]:
    """What is known of this person's situation."""
    return (await session.execute(_FACTS, {"conversation_id": conversation_id})).scalars().all()


async def note_fact(
    session: AsyncSession,
    conversation_id: UUID,
    name: str,
    value: Any,
    *,
    now: datetime,
    message_id: UUID | None = None,
    words: str | None = None,
) -> None:
    """Remember one thing; the newest word on it stands."""
    fact = await session.get(Fact, (conversation_id, name))
    if fact is None:
        fact = Fact(conversation_id=conversation_id, name=name)
        session.add(fact)
    fact.value, fact.words, fact.message_id, fact.noted_at = value, words, message_id, now
    await session.flush()


async def set_status(
    session: AsyncSession, message_id: UUID, status: str, *, only_from: Sequence[str], failure: str | None = None
) -> UUID | None:
    """Move a message's status forward; returns its conversation, or None when it stood further already."""
    moved = await session.execute(
        update(Message)
        .where(Message.id == message_id, Message.status.in_(only_from))
        .values(status=status, failure=failure)
        .returning(Message.conversation_id)
    )
    return moved.scalar_one_or_none()
