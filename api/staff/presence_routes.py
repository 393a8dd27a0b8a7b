"""Presence over HTTP: who is there, and going on a break."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, status
from pydantic import BaseModel, Field

from api.database.dependencies import clock_of, database_of
from api.database.engine import Database
from api.settings import Settings
from api.staff import presence
from api.staff.guards import CurrentStaff, StaffMay
from api.staff.presence import MOST_AT_ONCE, Availability
from reference.clock import Clock

router = APIRouter(prefix="/api/v1/staff", tags=["staff"])

Store = Annotated[Database, Depends(database_of)]
Now = Annotated[Clock, Depends(clock_of)]
Reader = Annotated[CurrentStaff, Depends(StaffMay("read_queue"))]
Taker = Annotated[CurrentStaff, Depends(StaffMay("claim"))]
Overseer = Annotated[CurrentStaff, Depends(StaffMay("oversee"))]


class PresentOut(BaseModel):
    """One officer as the board shows them."""

    staff_id: UUID
    first_name: str
    availability: Availability
    since: datetime | None
    capacity: int
    skills: list[str]


class Board(BaseModel):
    """Everybody who takes people."""

    items: list[PresentOut]
    next: None = None


class Chosen(BaseModel):
    """What an officer is from now on."""

    availability: Availability


class Capacity(BaseModel):
    """People at once."""

    capacity: int = Field(ge=1, le=MOST_AT_ONCE)


class Skills(BaseModel):
    """Codes of `data/operations/skills.yml`."""

    skills: list[str] = Field(max_length=30)


@router.get("/presence")
async def board(request: Request, _staff: Reader, database: Store, clock: Now) -> Board:
    """Who is available, on a break, or away."""
    settings: Settings = request.app.state.settings
    async with database.read() as session:
        everybody = await presence.everybody_who_takes_people(
            session, clock.now(), presence_seconds=settings.presence_seconds
        )
    return Board(
        items=[
            PresentOut(
                staff_id=one.staff.id,
                first_name=one.staff.first_name,
                availability=one.availability,
                since=one.since,
                capacity=one.capacity,
                skills=list(one.skills),
            )
            for one in everybody
        ]
    )


@router.put("/me/presence", status_code=status.HTTP_204_NO_CONTENT)
async def choose(chosen: Chosen, staff: Taker, database: Store, clock: Now) -> None:
    """Go on a break, away, or be back."""
    async with database.write() as session:
        await presence.say(session, clock, staff.id, chosen.availability)


@router.put("/{staff_id}/capacity", status_code=status.HTTP_204_NO_CONTENT)
async def set_capacity(staff_id: UUID, wanted: Capacity, lead: Overseer, database: Store, clock: Now) -> None:
    """How many people an officer takes at once."""
    async with database.write() as session:
        await presence.set_capacity(session, clock, staff_id, wanted.capacity, actor=lead.id)


@router.put("/{staff_id}/skills", status_code=status.HTTP_204_NO_CONTENT)
async def set_skills(staff_id: UUID, wanted: Skills, lead: Overseer, database: Store, clock: Now) -> None:
    """What an officer is especially good for."""
    async with database.write() as session:
        await presence.set_skills(session, clock, staff_id, wanted.skills, actor=lead.id)
