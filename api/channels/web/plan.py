"""The person's own release plan: see it, change it, stop it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api.channels.web.dependencies import Door, door_of
from api.channels.web.guard import HoldsToken, Person, checked
from api.conversations import repository
from api.problems import NotFound
from api.release_plans import service
from api.release_plans.schemas import ReleasePlanIn, ReleasePlanOut

router = APIRouter(prefix="/api/v1/conversations/{conversation_id}/release-plan", tags=["webchat"])
Holder = Annotated[Person, Depends(HoldsToken())]
Behind = Annotated[Door, Depends(door_of)]
_NONE = "There is no plan."


@router.get("")
async def see(request: Request, person: Holder, door: Behind) -> ReleasePlanOut:
    """The plan with its check-ins and how far each has come. 404 when there is none."""
    async with door.database.read() as session:
        checked(request, await repository.conversation_by_id(session, person.conversation_id), person)
        plan = await service.plan_of(session, person.conversation_id)
        if plan is None:
            raise NotFound(_NONE)
        return await service.outward(session, plan)


@router.put("")
async def change(request: Request, person: Holder, door: Behind, wanted: ReleasePlanIn) -> ReleasePlanOut:
    """Set when somebody gets out, and whether to be asked how it goes."""
    async with door.database.write() as session:
        checked(request, await repository.conversation_for_change(session, person.conversation_id), person)
        plan = await service.remember(
            session,
            person.conversation_id,
            release_date=wanted.release_date,
            prison=wanted.prison,
            clock=door.clock,
            agreed=wanted.check_ins,
            hour=wanted.hour,
        )
        return await service.outward(session, plan)


@router.delete("", status_code=HTTPStatus.NO_CONTENT)
async def stop(request: Request, person: Holder, door: Behind) -> None:
    """Take the plan away. 404 when there is none."""
    async with door.database.write() as session:
        checked(request, await repository.conversation_for_change(session, person.conversation_id), person)
        if not await service.stop(session, person.conversation_id):
            raise NotFound(_NONE)
