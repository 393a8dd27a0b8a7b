"""The desk over HTTP: its pages, the events that keep an open desk fresh, and its look and script.

Every deed (deeds.py, handing_over.py) is a form that leads back to a page, so the console works without its script;
the script fetches the same pages and lays in what changed.
"""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from sse_starlette import EventSourceResponse

from api.console import (
    account,
    audit_page,
    deeds,
    doors,
    handing_over,
    held,
    insight_pages,
    repository,
    staff_page,
    worklist_page,
)
from api.console.desk_page import Kept, Reader, View, desk
from api.console.events import desk_events, ping_seconds
from api.console.finder import Find, words_to_use
from api.console.pages import HOME, ConsoleRoute, draw_trouble, static_file
from api.database.dependencies import clock_of, database_of
from api.handoffs import repository as handoff_rows
from api.handoffs.dependencies import handoffs_of
from api.live.events import QUEUE_TOPIC, Live, conversation_topic
from api.problems import Conflict
from api.settings import Settings
from api.staff import service as staff_service
from api.staff.access import Public
from api.staff.guards import CurrentStaff, StaffMay
from api.staff.permissions import may

router = APIRouter(prefix=HOME, route_class=ConsoleRoute, include_in_schema=False)

Looked = Annotated[str | None, Query(max_length=80)]


@router.get("")
async def queue_page(
    request: Request, staff: Annotated[CurrentStaff, Depends(StaffMay("own_account"))], said: str = ""
) -> Response:
    """The queue; for who keeps the accounts and reads nobody's words, the accounts."""
    if may(staff.role, "read_queue"):
        return await desk(request, staff, said=said)
    return RedirectResponse(f"{HOME}/staff", HTTPStatus.SEE_OTHER)


@router.get("/people/{handoff_id}")
async def person_page(
    request: Request,
    handoff_id: UUID,
    staff: Reader,
    said: str = "",
    view: View = "conversation",
    q: Looked = None,
    need: Looked = None,
    place: Looked = None,
    use: Looked = None,
) -> Response:
    """One person: what was said and what is known, beside the queue; words and services to send, beside them."""
    text = await words_to_use(request, handoff_id, staff, use) if use else ""
    return await desk(
        request,
        staff,
        handoff_id=handoff_id,
        said=said,
        view=view,
        find=Find(q=q or "", need=need, place=place),
        kept=Kept(text=text),
    )


@router.post("/heartbeat")
async def heartbeat(request: Request, staff: Reader) -> Response:
    """The desk is open and its officer there: they are present, and everybody with them stays with them."""
    async with database_of(request).write() as session:
        if staff.session_id is not None:
            await staff_service.touch(session, clock_of(request), staff.session_id)
        for handoff_id in await repository.held_by(session, staff.id):
            with suppress(Conflict):
                await handoffs_of(request).heartbeat(session, handoff_id, staff)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.get("/events")
async def events(request: Request, staff: Reader, person: UUID | None = None) -> Response:
    """What an open desk hears, for as long as it is open."""
    live: Live = request.app.state.live
    settings: Settings = request.app.state.settings
    topics = [QUEUE_TOPIC]
    if person is not None:
        async with database_of(request).read() as session:
            handoff = await handoff_rows.handoff_by_id(session, person)
        if handoff is not None and handoff.conversation_id is not None:
            topics.append(conversation_topic(handoff.conversation_id))
    # Pings are events of ours, which a page can see, so the library's own comments are kept out of the way.
    return EventSourceResponse(
        desk_events(live, *topics, ping_every=ping_seconds(settings)), ping=3600, headers={"Cache-Control": "no-store"}
    )


@router.get("/static/{name}", dependencies=[Depends(Public())])
async def static(request: Request, name: str, v: str = "") -> Response:
    """The console's look and script: with the version in the address kept for good, else asked about each time."""
    file = static_file(name)
    if file is None:
        return draw_trouble(request, HTTPStatus.NOT_FOUND)
    kept = "public, max-age=31536000, immutable" if v == file.version else "no-cache"
    headers = {"ETag": file.tag, "Cache-Control": kept}
    if request.headers.get("if-none-match") == file.tag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(file.body, media_type=file.media_type, headers=headers)


for part in (doors, account, deeds, handing_over, held, worklist_page, insight_pages, audit_page, staff_page):
    router.include_router(part.router)


@router.get("/{rest:path}", dependencies=[Depends(Public())])
async def nowhere(request: Request, rest: str) -> Response:
    """Any other address under the console."""
    return draw_trouble(request, HTTPStatus.NOT_FOUND)
