"""Release plans over HTTP, for the assistant's actions. The person's own routes stand with the webchat."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from api.conversations.repository import conversation_for_change
from api.database.dependencies import clock_of, database_of
from api.database.engine import Database
from api.problems import NotFound
from api.release_plans import service
from api.release_plans.schemas import Countdown, HeardReleaseDate
from api.staff.guards import ServiceOnly
from reference.clock import Clock

router = APIRouter(
    prefix="/internal/v1/conversations/{conversation_id}", dependencies=[Depends(ServiceOnly())], tags=["internal"]
)


@router.delete("/release-plan", status_code=HTTPStatus.NO_CONTENT)
async def stop_plan(conversation_id: UUID, database: Annotated[Database, Depends(database_of)]) -> None:
    """Take the plan away, as its person asked in the conversation; there may have been none."""
    async with database.write() as session:
        if await conversation_for_change(session, conversation_id) is None:
            raise NotFound("There is no such conversation.")
        await service.stop(session, conversation_id)


@router.put("/release-plan")
async def remember_release(
    conversation_id: UUID,
    heard: HeardReleaseDate,
    database: Annotated[Database, Depends(database_of)],
    clock: Annotated[Clock, Depends(clock_of)],
) -> Countdown:
    """Keep the release date that somebody told the assistant."""
    async with database.write() as session:
        if await conversation_for_change(session, conversation_id) is None:
            raise NotFound("There is no such conversation.")
        plan = await service.remember(
            session,
            conversation_id,
            release_date=heard.release_date,
            prison=heard.prison,
            clock=clock,
            message_id=heard.message_id,
        )
        return Countdown(release_date=plan.release_date, days_until=service.days_until(plan, clock))
