"""The rules of a release plan: one a conversation, the newest date stands."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.repository import note_fact
from api.problems import Unprocessable
from api.release_plans.models import ReleasePlan
from api.release_plans.schemas import CheckInOut, ReleasePlanOut
from reference.clock import Clock, today_in_scotland
from reference.throughcare import Schedule

FURTHEST = timedelta(days=366 * 30)
"""A date further off than this, either way, is a slip of the pen."""


async def remember(
    session: AsyncSession,
    conversation_id: UUID,
    *,
    release_date: date,
    prison: str | None,
    clock: Clock,
    message_id: UUID | None = None,
) -> ReleasePlan:
    """Keep when somebody gets out, as a plan and as a fact. A prison named before stays. Raises Unprocessable."""
    if abs(release_date - today_in_scotland(clock)) > FURTHEST:
        raise Unprocessable("That release date is too far away to be right.")
    now = clock.now()
    plan = await plan_of(session, conversation_id)
    if plan is None:
        plan = ReleasePlan(conversation_id=conversation_id, created_at=now)
        session.add(plan)
    plan.release_date, plan.updated_at = release_date, now
    plan.prison = prison or plan.prison
    facts = {"release_date": release_date.isoformat()} | ({"prison": prison} if prison else {})
    for name, value in facts.items():
        await note_fact(session, conversation_id, name, value, now=now, message_id=message_id)
    await session.flush()
    return plan


async def plan_of(session: AsyncSession, conversation_id: UUID) -> ReleasePlan | None:
    """The plan of this conversation."""
    return await session.get(ReleasePlan, conversation_id)


async def stop(session: AsyncSession, conversation_id: UUID) -> bool:
    """Take the plan away; False when there was none. What was said stays in the conversation until it is wiped."""
    plan = await plan_of(session, conversation_id)
    if plan is None:
        return False
    await session.delete(plan)
    await session.flush()
    return True


def days_until(plan: ReleasePlan, clock: Clock) -> int:
    """Days from today in Scotland to the release; negative after it."""
    return (plan.release_date - today_in_scotland(clock)).days


def outward(plan: ReleasePlan, schedule: Schedule, clock: Clock) -> ReleasePlanOut:
    """The plan with the check-ins that are still to come."""
    due = schedule.due(plan.release_date, today=today_in_scotland(clock))
    return ReleasePlanOut(
        release_date=plan.release_date,
        prison=plan.prison,
        check_ins=[CheckInOut(due=check_in.due, state="planned") for check_in in due],
    )
