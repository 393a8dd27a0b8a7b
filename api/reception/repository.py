"""Every query about turns and what was asked for during them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from api.conversations.models import Author, Conversation, Fact, Message
from api.delivery.models import OutboxItem
from api.reception.models import Purpose, Turn, TurnRequest, TurnState
from api.release_plans.asking import ASKED_BY_THE_CLOCK
from api.release_plans.holders import ASKS_FOR_OK
from safety.levels import Level

WHO_IS_THIS = "sms/who_is_this"
UNANSWERED = (TurnState.WAITING.value, TurnState.RUNNING.value)
OPEN = (TurnState.WAITING.value, TurnState.RUNNING.value, TurnState.HELD.value)


_THIS = bindparam("message_id", type_=Turn.message_id.type)
_TURN = select(Turn).where(Turn.message_id == _THIS).with_for_update().execution_options(populate_existing=True)
_CONVERSATION_OF_TURN = (
    select(Conversation)
    .where(Conversation.id == select(Turn.conversation_id).where(Turn.message_id == _THIS).scalar_subquery())
    .with_for_update()
    .execution_options(populate_existing=True)
)
_OWED_BEFORE = (
    select(Turn.message_id)
    .where(
        Turn.conversation_id == bindparam("conversation_id"),
        Turn.purpose == Purpose.ANSWER.value,
        Turn.seq < bindparam("seq"),
        Turn.state.in_(OPEN),
    )
    .limit(1)
)
_FACTS_WITH_THEIR_MESSAGE = (
    select(Fact, Message.seq)
    .outerjoin(Message, Message.id == Fact.message_id)
    .where(Fact.conversation_id == bindparam("conversation_id"))
    .order_by(Fact.noted_at)
)
_REQUESTS_LEFT = (
    select(TurnRequest)
    .where(TurnRequest.message_id == _THIS, TurnRequest.carried_out_at.is_(None))
    .order_by(TurnRequest.created_at)
    .with_for_update()
)
"""Statements of every message are put together once: doing it costs more than running them."""


@cache
def _next_turns(purpose: Purpose) -> Select[Turn]:
    unclaimed = or_(Turn.claimed_until.is_(None), Turn.claimed_until < bindparam("now"))
    wanted = (
        select(Turn)
        .where(Turn.purpose == purpose.value, Turn.state.in_(OPEN), unclaimed)
        .order_by(Turn.created_at, Turn.seq)
    )
    if purpose is Purpose.LISTEN:
        return wanted
    earlier = aliased(Turn)
    owed_before = exists().where(
        earlier.conversation_id == Turn.conversation_id,
        earlier.purpose == purpose.value,
        earlier.seq < Turn.seq,
        earlier.state.in_(OPEN),
    )
    return wanted.where(~owed_before)


async def turn_of(session: AsyncSession, message_id: UUID) -> Turn | None:
    """The turn in which the assistant answers or hears a message."""
    return await session.get(Turn, message_id)


async def answer_awaited(session: AsyncSession, message_id: UUID, *, states: Sequence[str]) -> bool:
    """Whether the assistant has yet to answer this message, its turn being in one of these states."""
    turn = await turn_of(session, message_id)
    return turn is not None and turn.purpose == Purpose.ANSWER.value and turn.state in states


async def turn_for_change(session: AsyncSession, message_id: UUID) -> Turn | None:
    """The turn, kept from everybody else's changes until this transaction ends."""
    return (await session.execute(_TURN, {"message_id": message_id})).scalar_one_or_none()


async def conversation_of_turn_for_change(session: AsyncSession, message_id: UUID) -> Conversation | None:
    """The conversation that a turn belongs to, kept from everybody else's changes."""
    return (await session.execute(_CONVERSATION_OF_TURN, {"message_id": message_id})).scalar_one_or_none()


async def answer_owed_before(session: AsyncSession, turn: Turn) -> bool:
    """Whether an earlier message of the turn's conversation still waits for its answer."""
    before = {"conversation_id": turn.conversation_id, "seq": turn.seq}
    return (await session.execute(_OWED_BEFORE, before)).first() is not None


async def next_turns(
    session: AsyncSession, purpose: Purpose, *, now: datetime, limit: int, locked: bool = True
) -> Sequence[Turn]:
    """Open turns that nobody is working on, oldest first; `locked` for this transaction.

    Answers are given in order: of each conversation there is only the first. Listening waits for nothing, since a
    fact from a later message stands whichever is heard first.
    """
    wanted = _next_turns(purpose).with_for_update(skip_locked=True) if locked else _next_turns(purpose)
    return (await session.execute(wanted.limit(limit), {"now": now})).scalars().all()


async def overdue_turns(session: AsyncSession, *, since: datetime) -> Sequence[UUID]:
    """Messages that have waited for an answer since before `since` and have had no holding answer."""
    found = await session.execute(
        select(Turn.message_id)
        .where(Turn.purpose == Purpose.ANSWER.value, Turn.state.in_(UNANSWERED), Turn.created_at <= since)
        .order_by(Turn.created_at)
        .limit(50)
    )
    return found.scalars().all()


async def has_later_message(session: AsyncSession, turn: Turn) -> bool:
    """Whether the person has written again since."""
    found = await session.execute(
        select(Message.id)
        .where(
            Message.conversation_id == turn.conversation_id,
            Message.seq > turn.seq,
            Message.author == Author.PERSON.value,
        )
        .limit(1)
    )
    return found.first() is not None


async def said_since(session: AsyncSession, conversation_id: UUID, content_ids: Sequence[str], since: datetime) -> bool:
    """Whether one of these texts was said to the person after `since`."""
    found = await session.execute(
        select(Message.id)
        .where(Message.conversation_id == conversation_id, Message.content_id.in_(content_ids), Message.sent_at > since)
        .limit(1)
    )
    return found.first() is not None


@dataclass(frozen=True)
class LastSaid:
    """What was last said to a phone: whether it came unasked, or told who texts there (both are `sent_first`)."""

    sent_first: bool = False
    told_who: bool = False


async def last_said_to_phone(session: AsyncSession, conversation_id: UUID, *, before: int) -> LastSaid:
    """Of what was last said before message `before`."""
    last = (
        await session.execute(
            select(Message.content_id, Message.channel_id, OutboxItem.unprompted)
            .outerjoin(OutboxItem, OutboxItem.message_id == Message.id)
            .where(
                Message.conversation_id == conversation_id,
                Message.seq < before,
                Message.author != Author.PERSON.value,
            )
            .order_by(Message.seq.desc())
            .limit(1)
        )
    ).first()
    if last is None:
        return LastSaid()
    told_who = last.content_id in (WHO_IS_THIS, ASKS_FOR_OK)
    # A check-in comes unasked also into a talk of the same day.
    by_the_clock = (last.channel_id or "").startswith(ASKED_BY_THE_CLOCK)
    return LastSaid(bool(last.unprompted) or by_the_clock or told_who, last.content_id == ASKS_FOR_OK)


async def said_in_epoch(session: AsyncSession, conversation_id: UUID, content_ids: Sequence[str], epoch: int) -> bool:
    """Whether one of these texts was said while the present owner has had the conversation."""
    found = await session.execute(
        select(Message.id)
        .where(
            Message.conversation_id == conversation_id,
            Message.content_id.in_(content_ids),
            Message.owner_epoch == epoch,
        )
        .limit(1)
    )
    return found.first() is not None


async def last_message_of_danger(session: AsyncSession, conversation_id: UUID, *, before: int) -> Message | None:
    """The person's last message before number `before` that is or may be an emergency and has gone to nobody yet."""
    recent = await session.execute(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.author == Author.PERSON.value,
            Message.seq < before,
            ~exists().where(Turn.message_id == Message.id, Turn.purpose == Purpose.ANSWER.value),
        )
        .order_by(Message.seq.desc())
        .limit(3)
    )
    return next((message for message in recent.scalars() if _may_be_emergency(message.safety or {})), None)


def _may_be_emergency(safety: Mapping[str, Any]) -> bool:
    return bool(safety.get("check")) or safety.get("level") == Level.EMERGENCY.value


async def requests_left(session: AsyncSession, message_id: UUID) -> Sequence[TurnRequest]:
    """What was asked for during a turn and has not been carried out."""
    return (await session.execute(_REQUESTS_LEFT, {"message_id": message_id})).scalars().all()


async def request_of(session: AsyncSession, message_id: UUID, kind: str) -> TurnRequest | None:
    """The request of this kind that a turn made."""
    found = await session.execute(
        select(TurnRequest).where(TurnRequest.message_id == message_id, TurnRequest.kind == kind)
    )
    return found.scalar_one_or_none()


async def open_turns(session: AsyncSession) -> int:
    """How many messages wait for the assistant's answer now."""
    counted = await session.execute(
        select(func.count()).select_from(Turn).where(Turn.purpose == Purpose.ANSWER.value, Turn.state.in_(OPEN))
    )
    return int(counted.scalar_one())


async def anything_open(session: AsyncSession) -> bool:
    """Whether any message waits to be answered or heard."""
    return (await session.execute(select(Turn.message_id).where(Turn.state.in_(OPEN)).limit(1))).first() is not None


async def facts_with_their_message(session: AsyncSession, conversation_id: UUID) -> Sequence[tuple[Fact, int | None]]:
    """What is known of this person, each fact with the number of the message that its present word stands in."""
    found = await session.execute(_FACTS_WITH_THEIR_MESSAGE, {"conversation_id": conversation_id})
    return [(fact, seq) for fact, seq in found]
