"""Every query of the reports. They read what happened in a stretch of time; no words of anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.models import Author, Conversation, Fact, Message
from api.handoffs.models import Handoff
from api.handoffs.transitions import HELD, State
from api.referrals.models import Referral
from api.referrals.signposting import CARD
from api.staff.models import Staff

_TOLD_FACTS = ("audience", "needs", "place", "naloxone_at_home", CARD)


@dataclass(frozen=True)
class Stretch:
    """From `start`, up to and without `end`."""

    start: datetime
    end: datetime


async def contacts(session: AsyncSession, stretch: Stretch) -> Sequence[Row[datetime, str, str | None]]:
    """When each conversation began, on which channel, and from which page."""
    found = await session.execute(
        select(Conversation.created_at, Conversation.channel, Conversation.page).where(
            Conversation.created_at >= stretch.start,
            Conversation.created_at < stretch.end,
            Conversation.last_person_at.is_not(None),
        )
    )
    return found.all()


async def facts_of_contacts(session: AsyncSession, stretch: Stretch) -> Sequence[Row[UUID, str, Any]]:
    """What was learned about those who came, as codes: for whom, needs, place, whose card led here."""
    found = await session.execute(
        select(Fact.conversation_id, Fact.name, Fact.value)
        .join(Conversation, Conversation.id == Fact.conversation_id)
        .where(
            Conversation.created_at >= stretch.start,
            Conversation.created_at < stretch.end,
            Conversation.last_person_at.is_not(None),
            Fact.name.in_(_TOLD_FACTS),
        )
    )
    return found.all()


async def handoffs(session: AsyncSession, stretch: Stretch) -> Sequence[Handoff]:
    """Everybody who asked for a person."""
    found = await session.execute(
        select(Handoff).where(Handoff.opened_at >= stretch.start, Handoff.opened_at < stretch.end)
    )
    return found.scalars().all()


async def referrals(session: AsyncSession, stretch: Stretch) -> Sequence[Row[str | None, datetime | None]]:
    """Every family that was referred: by which service, and when it was reached."""
    found = await session.execute(
        select(Referral.service_code, Referral.reached_at).where(
            Referral.created_at >= stretch.start, Referral.created_at < stretch.end
        )
    )
    return found.all()


async def release_days(session: AsyncSession) -> Sequence[Row[UUID, Any]]:
    """Each conversation with a release date, as it was said (ISO)."""
    found = await session.execute(select(Fact.conversation_id, Fact.value).where(Fact.name == "release_date"))
    return found.all()


async def wrote_between(
    session: AsyncSession, conversation_ids: Sequence[UUID], stretch: Stretch
) -> Sequence[Row[UUID, datetime]]:
    """When people of these conversations wrote, in a stretch."""
    found = await session.execute(
        select(Message.conversation_id, Message.sent_at).where(
            Message.conversation_id.in_(conversation_ids),
            Message.author == Author.PERSON.value,
            Message.sent_at >= stretch.start,
            Message.sent_at < stretch.end,
        )
    )
    return found.all()


async def waiting(session: AsyncSession) -> Sequence[Handoff]:
    """Who waits now, in the queue's order."""
    found = await session.execute(
        select(Handoff)
        .where(Handoff.state == State.WAITING.value)
        .order_by(Handoff.emergency.desc(), Handoff.ranked_at, Handoff.id)
    )
    return found.scalars().all()


async def held_by_officer(session: AsyncSession) -> dict[UUID, int]:
    """How many people each officer has now."""
    found = await session.execute(
        select(Handoff.claimed_by, func.count())
        .where(Handoff.state.in_(HELD), Handoff.claimed_by.is_not(None))
        .group_by(Handoff.claimed_by)
    )
    return {officer: count for officer, count in found if officer is not None}


async def missed_callbacks(session: AsyncSession) -> int:
    """Calls that nobody made in time."""
    counted = select(func.count()).where(Handoff.callback_missed_at.is_not(None), Handoff.closed_at.is_(None))
    return (await session.execute(counted)).scalar_one()


async def names_of_staff(session: AsyncSession) -> dict[str, str]:
    """Names by id, as the audit writes ids."""
    return {str(staff_id): name for staff_id, name in await session.execute(select(Staff.id, Staff.name))}
