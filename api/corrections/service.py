"""Remembers which of the offered topics a person chose: a correction, for those who teach the assistant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.models import Author, Conversation, Message
from api.corrections.choices import chosen_by_number
from api.corrections.models import Correction
from reference.clock import Clock, today_in_scotland

OFFER = "smalltalk/did_you_mean"
"""The question that offers topics."""


@dataclass(frozen=True)
class Corrected:
    """A correction with the words it is about, which are held as long as the conversation is."""

    text: str
    chosen: str
    guessed: list[dict[str, Any]]
    offered: list[str]
    model: str | None
    offered_on: date


async def offered(
    session: AsyncSession,
    clock: Clock,
    *,
    message: Message,
    guessed: Sequence[dict[str, Any]],
    topics: Sequence[str],
    model: str | None,
) -> None:
    """Note what was guessed and offered for a message. The same message again is the same offer."""
    await _forget_unanswered(session, message.conversation_id)
    if await session.get(Correction, message.id) is None:
        session.add(
            Correction(
                message_id=message.id,
                conversation_id=message.conversation_id,
                guessed=list(guessed),
                offered=list(topics),
                model=model,
                offered_on=today_in_scotland(clock),
            )
        )
        await session.flush()


async def as_chosen(session: AsyncSession, conversation: Conversation, text: str) -> str:
    """The words of the topic that a number stands for while topics are on offer; any other text as it is."""
    if conversation.open_question != OFFER:
        return text
    last_offer = (
        select(Message.quick_replies)
        .where(
            Message.conversation_id == conversation.id,
            Message.author == Author.ASSISTANT.value,
            Message.content_id == OFFER,
        )
        .order_by(Message.seq.desc())
        .limit(1)
    )
    choices = (await session.execute(last_offer)).scalar_one_or_none() or []
    return chosen_by_number(text, choices) or text


async def answered(session: AsyncSession, conversation: Conversation, message_id: UUID, intent: str | None) -> None:
    """The message after an offer was understood as `intent`: one of the offered topics is a correction.

    `conversation` still has the open question that the message answers. What is no choice leaves nothing behind.
    """
    if conversation.open_question != OFFER:
        return
    waiting = select(Correction).where(
        Correction.conversation_id == conversation.id,
        Correction.chosen.is_(None),
        # This message's own turn may have offered topics anew.
        Correction.message_id != message_id,
    )
    for correction in (await session.execute(waiting)).scalars().all():
        if intent in correction.offered:
            correction.chosen = intent
        else:
            await session.delete(correction)
    await session.flush()


async def chosen_since(session: AsyncSession, day: date | None = None) -> list[Corrected]:
    """Every correction, or those since a day, oldest first."""
    wanted = select(Correction, Message.text).join(Message).where(Correction.chosen.is_not(None))
    if day is not None:
        wanted = wanted.where(Correction.offered_on >= day)
    rows = await session.execute(wanted.order_by(Correction.offered_on, Message.id))
    return [Corrected(text, str(one.chosen), one.guessed, one.offered, one.model, one.offered_on) for one, text in rows]


async def _forget_unanswered(session: AsyncSession, conversation_id: UUID) -> None:
    await session.execute(
        delete(Correction).where(Correction.conversation_id == conversation_id, Correction.chosen.is_(None))
    )
