"""Puts a handoff where it belongs: its level, its rank, and by when an officer should have answered."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import repository as conversations
from api.handoffs.models import Handoff
from api.handoffs.priority import rank
from api.handoffs.service_levels import ServiceLevels, priority_of

LEVELS = ("none", "urgent", "emergency")


def raise_level(handoff: Handoff, level: str, now: datetime) -> None:
    """Note a graver level; a lower one changes nothing."""
    if LEVELS.index(level) <= LEVELS.index(handoff.level):
        return
    handoff.level = level
    if level == "emergency":
        handoff.emergency_at = now


async def rank_anew(session: AsyncSession, handoff: Handoff, levels: ServiceLevels, now: datetime) -> None:
    """Rank it by what is known now. What is due sooner than before stays due: a promise is never put off."""
    release_date = await release_date_of(session, handoff.conversation_id)
    handoff.emergency, handoff.ranked_at = rank(
        opened_at=handoff.opened_at, level=handoff.level, release_date=release_date, now=now
    )
    since = handoff.emergency_at or now if handoff.emergency else handoff.opened_at
    priority = priority_of(handoff.level, release_date, now)
    due = levels.answer_by(priority, since)
    if handoff.level == "none" and handoff.callback_until is not None:
        # Whoever is to be rung at a time of their own was promised that time.
        due = max(due, handoff.callback_until)
    if handoff.answered_at is None and (handoff.answer_by is None or due < handoff.answer_by):
        handoff.warn_at, handoff.answer_by = levels.warn_at(priority, since), due
    await session.flush()


async def release_date_of(session: AsyncSession, conversation_id: UUID | None) -> date | None:
    """The day of getting out, where it is known."""
    facts = await conversations.facts_of(session, conversation_id) if conversation_id else ()
    said = next((fact.value for fact in facts if fact.name == "release_date"), None)
    try:
        return date.fromisoformat(str(said)) if said else None
    except ValueError:
        return None
