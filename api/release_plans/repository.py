"""Every query about release plans and their check-ins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.models import Author, Conversation, Message
from api.release_plans.models import CheckIn, ReleasePlan
from api.release_plans.transitions import OPEN, UNANSWERED, PlanState, State

_GOES_ON = (PlanState.ACTIVE.value, PlanState.INVITED.value)


async def plan_of(session: AsyncSession, conversation_id: UUID) -> ReleasePlan | None:
    """The plan of this conversation."""
    return await session.get(ReleasePlan, conversation_id)


async def check_ins_of(session: AsyncSession, conversation_id: UUID) -> Sequence[CheckIn]:
    """All of a plan's check-ins, in the order in which they are due."""
    found = await session.execute(
        select(CheckIn).where(CheckIn.conversation_id == conversation_id).order_by(CheckIn.due_at, CheckIn.id)
    )
    return found.scalars().all()


async def check_in_of(session: AsyncSession, conversation_id: UUID, check_in_id: UUID) -> CheckIn | None:
    """One check-in of this conversation."""
    check_in = await session.get(CheckIn, check_in_id)
    return check_in if check_in is not None and check_in.conversation_id == conversation_id else None


async def take_unasked_away(session: AsyncSession, conversation_id: UUID, *, after: datetime) -> None:
    """Take away what was planned and never asked, also what was taken back since and would come `after` this."""
    taken_back = and_(CheckIn.state == State.CANCELLED.value, CheckIn.asked_at.is_(None), CheckIn.due_at > after)
    await session.execute(
        delete(CheckIn)
        .where(CheckIn.conversation_id == conversation_id, or_(CheckIn.state == State.PLANNED.value, taken_back))
        .execution_options(synchronize_session="fetch")
    )


async def to_act_on(session: AsyncSession, now: datetime, *, limit: int) -> Sequence[UUID]:
    """Conversations with a check-in about which something is to be done now, the longest overdue first."""
    wanted = (
        select(CheckIn.conversation_id, CheckIn.act_at)
        .join(ReleasePlan, ReleasePlan.conversation_id == CheckIn.conversation_id)
        .where(CheckIn.state.in_(OPEN), CheckIn.act_at <= now, ReleasePlan.state.in_(_GOES_ON), _fits_the_plan())
        .order_by(CheckIn.act_at)
        .limit(limit)
    )
    return list(dict.fromkeys(conversation_id for conversation_id, _ in await session.execute(wanted)))


def _fits_the_plan() -> ColumnElement[bool]:
    """An invitation is for those who were invited; everything else for those who said yes."""
    invited = and_(ReleasePlan.state == PlanState.INVITED.value, CheckIn.kind == "invitation")
    return or_(invited, ReleasePlan.state == PlanState.ACTIVE.value)


async def heard_since_asked(session: AsyncSession) -> Sequence[UUID]:
    """Conversations in which somebody wrote after they were asked, or stopped the texts, and the plan knows not yet."""
    wrote = (
        select(CheckIn.conversation_id)
        .join(Conversation, Conversation.id == CheckIn.conversation_id)
        .where(CheckIn.state.in_(UNANSWERED), Conversation.last_person_at > CheckIn.asked_at)
    )
    stopped = (
        select(ReleasePlan.conversation_id)
        .join(Conversation, Conversation.id == ReleasePlan.conversation_id)
        .where(ReleasePlan.state.in_(_GOES_ON), Conversation.opted_out_at.is_not(None))
    )
    return list(dict.fromkeys((await session.execute(wrote.union(stopped).limit(100))).scalars()))


async def gravest_since(session: AsyncSession, conversation_id: UUID, since: datetime) -> str:
    """The gravest level of danger that was read in what the person wrote after `since`."""
    found = await session.execute(
        select(Message.safety).where(
            Message.conversation_id == conversation_id,
            Message.author == Author.PERSON.value,
            Message.sent_at > since,
        )
    )
    levels = {(safety or {}).get("level") for safety in found.scalars()}
    return next((level for level in ("emergency", "urgent") if level in levels), "none")


async def written_since(session: AsyncSession, conversation_id: UUID, since: datetime) -> Sequence[str]:
    """What the person wrote after `since`, in order."""
    found = await session.execute(
        select(Message.text)
        .where(
            Message.conversation_id == conversation_id,
            Message.author == Author.PERSON.value,
            Message.sent_at > since,
        )
        .order_by(Message.seq)
    )
    return found.scalars().all()


async def message_status(session: AsyncSession, conversation_id: UUID, channel_id: str) -> str | None:
    """How far the message that asked has come."""
    found = await session.execute(
        select(Message.status).where(Message.conversation_id == conversation_id, Message.channel_id == channel_id)
    )
    return found.scalar_one_or_none()


async def listed(session: AsyncSession) -> Sequence[tuple[CheckIn, ReleasePlan, Conversation]]:
    """What nobody answered and no officer has closed, the longest waiting first."""
    found = await session.execute(
        select(CheckIn, ReleasePlan, Conversation)
        .join(ReleasePlan, ReleasePlan.conversation_id == CheckIn.conversation_id)
        .join(Conversation, Conversation.id == CheckIn.conversation_id)
        .where(CheckIn.state == State.WORKLIST.value)
        .order_by(CheckIn.listed_at, CheckIn.id)
    )
    return [(check_in, plan, conversation) for check_in, plan, conversation in found]


async def check_in_by_id(session: AsyncSession, check_in_id: UUID) -> CheckIn | None:
    """A check-in, whoever it belongs to."""
    return await session.get(CheckIn, check_in_id)
