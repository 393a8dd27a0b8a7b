"""Those who did not answer, over HTTP, for officers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from api.database.dependencies import clock_of, database_of
from api.database.engine import Database
from api.release_plans import tries, worklist
from api.release_plans.schemas import NonResponsesOut, OutcomeIn, TryIn
from api.staff.guards import CurrentStaff, StaffMay
from reference.clock import Clock

router = APIRouter(prefix="/api/v1/release-plans", tags=["staff"])


@router.get("/non-response")
async def non_response(
    staff: Annotated[CurrentStaff, Depends(StaffMay("read_queue"))],
    database: Annotated[Database, Depends(database_of)],
) -> NonResponsesOut:
    """Who did not answer a check-in, the longest waiting first, with what is known and what was tried."""
    async with database.read() as session:
        return NonResponsesOut(items=list(await worklist.non_responses(session)))


@router.post("/non-response/{check_in_id}/outcome", status_code=HTTPStatus.NO_CONTENT)
async def record_outcome(
    check_in_id: UUID,
    what: OutcomeIn,
    staff: Annotated[CurrentStaff, Depends(StaffMay("wrap_up"))],
    database: Annotated[Database, Depends(database_of)],
    clock: Annotated[Clock, Depends(clock_of)],
) -> None:
    """Write down what came of it. 404 for one that is gone; 409 when a colleague has done it."""
    async with database.write() as session:
        await worklist.record_outcome(
            session, check_in_id, outcome=what.outcome, note=what.note, staff_id=staff.id, clock=clock
        )


@router.post("/non-response/{check_in_id}/tried", status_code=HTTPStatus.NO_CONTENT)
async def record_try(
    staff: Annotated[CurrentStaff, Depends(StaffMay("note"))],
    database: Annotated[Database, Depends(database_of)],
    clock: Annotated[Clock, Depends(clock_of)],
    check_in_id: UUID,
    tried: TryIn,
) -> None:
    """Write down one try; they stay on the list. 404 for one that is gone; 409 when it has an outcome."""
    async with database.write() as session:
        await tries.record_try(session, check_in_id, staff_id=staff.id, clock=clock, **tried.model_dump())
