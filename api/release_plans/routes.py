"""Release plans over HTTP, for the assistant's actions. The person's own routes stand with the webchat."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.repository import conversation_for_change
from api.database.dependencies import clock_of, database_of
from api.database.engine import Database
from api.problems import NotFound
from api.release_plans import answering, repository, service
from api.release_plans.models import ReleasePlan
from api.release_plans.schemas import AnswerIn, CheckInsIn, CheckInsOut, Countdown, EndIn, HeardReleaseDate
from api.release_plans.transitions import Reason, State
from api.staff.guards import ServiceOnly
from reference.clock import SCOTLAND, Clock

router = APIRouter(
    prefix="/internal/v1/conversations/{conversation_id}", dependencies=[Depends(ServiceOnly())], tags=["internal"]
)

Tables = Annotated[Database, Depends(database_of)]
Time = Annotated[Clock, Depends(clock_of)]


@router.delete("/release-plan", status_code=HTTPStatus.NO_CONTENT)
async def stop_plan(conversation_id: UUID, database: Tables) -> None:
    """Take the plan away, as its person asked in the conversation; there may have been none."""
    async with database.write() as session:
        await _standing(session, conversation_id)
        await service.stop(session, conversation_id)


@router.put("/release-plan")
async def remember_release(
    conversation_id: UUID,
    heard: HeardReleaseDate,
    database: Tables,
    clock: Time,
) -> Countdown:
    """Keep the release date that somebody told the assistant."""
    async with database.write() as session:
        await _standing(session, conversation_id)
        plan = await service.remember(
            session,
            conversation_id,
            release_date=heard.release_date,
            prison=heard.prison,
            clock=clock,
            message_id=heard.message_id,
        )
        return Countdown(release_date=plan.release_date, days_until=service.days_until(plan, clock))


@router.get("/check-ins")
async def see_check_ins(conversation_id: UUID, database: Tables) -> CheckInsOut:
    """Whether there is a plan, and whether its person wants to be asked."""
    async with database.read() as session:
        plan = await service.plan_of(session, conversation_id)
        return CheckInsOut(state=None) if plan is None else await _shown(session, plan)


@router.put("/check-ins")
async def agree_to_check_ins(
    conversation_id: UUID,
    wish: CheckInsIn,
    database: Tables,
    clock: Time,
) -> CheckInsOut:
    """What the person said to being asked. 404 without a plan to be asked about."""
    async with database.write() as session:
        plan = await _plan_for_change(session, conversation_id)
        if plan is None:
            raise NotFound("There is no plan.")
        if wish.agreed:
            await service.agree(session, plan, clock=clock, hour=wish.hour, message_id=wish.message_id)
        else:
            await service.decline(session, plan, clock=clock)
        return await _shown(session, plan)


@router.put("/check-ins/{check_in_id}/answer")
async def answer_check_in(
    conversation_id: UUID,
    check_in_id: UUID,
    answer: AnswerIn,
    database: Tables,
    clock: Time,
) -> CheckInsOut:
    """What the person said back to a check-in. 404 for one that is gone."""
    async with database.write() as session:
        plan = await _plan_for_change(session, conversation_id)
        check_in = await repository.check_in_of(session, conversation_id, check_in_id)
        if plan is None or check_in is None:
            raise NotFound("There is no such check-in.")
        await answering.note(session, plan, check_in, said=answer.said, message_id=answer.message_id, clock=clock)
        return await _shown(session, plan)


@router.put("/check-ins/end")
async def end_check_ins(
    conversation_id: UUID,
    ending: EndIn,
    database: Tables,
    clock: Time,
) -> CheckInsOut:
    """Somebody died, or the number has another holder: said in the talk, though nothing was asked."""
    async with database.write() as session:
        plan = await _plan_for_change(session, conversation_id)
        if plan is None:
            return CheckInsOut(state=None)
        if ending.because == "grief":
            await answering.grieved(session, plan, clock=clock)
        else:
            await service.pause(session, plan, Reason.ANOTHER_HOLDER, clock=clock)
        return await _shown(session, plan)


async def _standing(session: AsyncSession, conversation_id: UUID) -> None:
    if await conversation_for_change(session, conversation_id) is None:
        raise NotFound("There is no such conversation.")


async def _plan_for_change(session: AsyncSession, conversation_id: UUID) -> ReleasePlan | None:
    await _standing(session, conversation_id)
    return await service.plan_of(session, conversation_id)


async def _shown(session: AsyncSession, plan: ReleasePlan) -> CheckInsOut:
    check_ins = await repository.check_ins_of(session, plan.conversation_id)
    planned = [one.due_at.astimezone(SCOTLAND).date() for one in check_ins if one.state == State.PLANNED.value]
    return CheckInsOut(state=plan.state, because=plan.because, first_due=min(planned, default=None), hour=plan.hour)
