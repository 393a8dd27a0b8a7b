"""Somebody else may hold the phone now: the plan rests by itself, and begins again with their OK.

None of this needs the assistant: whoever took over a number must not be asked how it goes because a process is down.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.release_plans import answering, repository, service
from api.release_plans.models import ReleasePlan
from api.release_plans.transitions import UNANSWERED, PlanState, Reason
from reference.clock import Clock
from reference.throughcare_answers import Said

ASKS_FOR_OK = "check_ins/who_is_this"
"""Says who texts there, and that nothing more comes without OK."""

_GOES_ON = (PlanState.ACTIVE.value, PlanState.INVITED.value)


async def doubt(session: AsyncSession, conversation_id: UUID, said: Said, *, message_id: UUID, clock: Clock) -> bool:
    """They asked who is writing, or said that this is another's number. False where no plan rests for that now."""
    plan = await service.plan_of(session, conversation_id)
    if plan is None or plan.state not in _GOES_ON:
        return plan is not None and _rests(plan)
    check_ins = await repository.check_ins_of(session, conversation_id)
    asked = next((one for one in reversed(check_ins) if one.state in UNANSWERED), None)
    if asked is None:
        await service.pause(session, plan, Reason.ANOTHER_HOLDER, clock=clock)
    else:
        await answering.note(session, plan, asked, said=said.value, message_id=message_id, clock=clock)
    return True


async def waits_for_ok(session: AsyncSession, conversation_id: UUID) -> bool:
    """Whether there is a plan that goes on with their OK."""
    plan = await service.plan_of(session, conversation_id)
    return plan is not None and (plan.state == PlanState.INVITED.value or _rests(plan))


async def trust(session: AsyncSession, conversation_id: UUID, *, message_id: UUID, clock: Clock) -> None:
    """They said OK after they were told who texts there: the plan goes on."""
    plan = await service.plan_of(session, conversation_id)
    if plan is not None:
        await answering.accept(session, plan, message_id=message_id, clock=clock)


def _rests(plan: ReleasePlan) -> bool:
    return (plan.state, plan.because) == (PlanState.PAUSED.value, Reason.ANOTHER_HOLDER.value)
