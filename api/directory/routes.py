"""The directory for everybody, and for our own processes."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.database.dependencies import clock_of
from api.directory import service
from api.directory.calendar import as_calendar
from api.directory.schemas import DropInList, ServiceList
from api.staff.access import Public
from api.staff.guards import ServiceOnly
from reference.clock import today_in_scotland
from reference.drop_ins import DropIns
from reference.places import Places
from reference.services import ServiceDirectory
from voice import Voice

router = APIRouter(tags=["directory"])

Need = Annotated[str | None, Query(max_length=40, description="A need code, such as housing")]
Place = Annotated[str | None, Query(max_length=80, description="A council area or town, as people say it")]
From = Annotated[date | None, Query(alias="from", description="The first day; today if none")]


@router.get("/api/v1/services", dependencies=[Depends(Public())])
async def services(need: Need = None, place: Place = None) -> ServiceList:
    """Services for a need and place, nearest first; national ones are always among them."""
    return service.find_services(ServiceDirectory.load(), Places.load(), need=need, place=place)


@router.get("/api/v1/drop-ins", dependencies=[Depends(Public())])
async def drop_ins(request: Request, place: Place = None, start: From = None) -> DropInList:
    """The drop-ins of eight weeks, soonest first; then those whose dates are not known."""
    today = today_in_scotland(clock_of(request))
    return service.find_drop_ins(DropIns.load(), place=place, start=start or today, today=today)


@router.get("/api/v1/drop-ins.ics", dependencies=[Depends(Public())], response_class=Response)
async def drop_ins_calendar(request: Request, place: Place = None, start: From = None) -> Response:
    """The drop-ins of eight weeks as a calendar file; those whose dates are not known can't be in it."""
    clock = clock_of(request)
    today = today_in_scotland(clock)
    openings = service.openings(DropIns.load(), place=place, start=start or today, today=today)
    voice: Voice = request.app.state.voice
    written = as_calendar(
        openings, now=clock.now(), kind=lambda code: voice.say(f"pages_services/need_{code}", channel="web").text
    )
    headers = {"Content-Disposition": 'attachment; filename="drop-ins.ics"'}
    return Response(written, media_type="text/calendar; charset=utf-8", headers=headers)


@router.get("/internal/v1/services", dependencies=[Depends(ServiceOnly())], include_in_schema=False)
async def services_for_our_own(need: Need = None, place: Place = None) -> ServiceList:
    """The same directory, for the assistant."""
    return service.find_services(ServiceDirectory.load(), Places.load(), need=need, place=place)
