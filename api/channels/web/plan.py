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
    """The plan with the check-ins that are still to come. 404 when there is none."""
    async with door.database.read() as session:
        checked(request, await repository.conversation_by_id(session, person.conversation_id), person)
        plan = await service.plan_of(session, person.conversation_id)
    if plan is None:
        raise NotFound(_NONE)
    return service.outward(plan, door.schedule, door.clock)


@router.put("")
async def change(request: Request, person: Holder, door: Behind, wanted: ReleasePlanIn) -> ReleasePlanOut:
    """Set when somebody gets out."""
    async with door.database.write() as session:
        checked(request, await repository.conversation_for_change(session, person.conversation_id), person)
        plan = await service.remember(
            session, person.conversation_id, release_date=wanted.release_date, prison=wanted.prison, clock=door.clock
        )
    return service.outward(plan, door.schedule, door.clock)


@router.delete("", status_code=HTTPStatus.NO_CONTENT)
async def stop(request: Request, person: Holder, door: Behind) -> None:
    """Take the plan away. 404 when there is none."""
    async with door.database.write() as session:
        checked(request, await repository.conversation_for_change(session, person.conversation_id), person)
        if not await service.stop(session, person.conversation_id):
            raise NotFound(_NONE)
