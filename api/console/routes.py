"""The desk over HTTP: pages, what officers do on them, and the events that keep an open desk fresh.

Every deed is a form that leads back to a page, so the console works without its script; the script fetches the same
pages and lays in what changed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession
from sse_starlette import EventSourceResponse

from api.console import account, doors, repository
from api.console.desk import PersonView, person_view, queue_view
from api.console.events import desk_events, ping_seconds
from api.console.pages import HOME, ConsoleRoute, draw, draw_trouble, static_file, words_of
from api.console.words import NOTICES, OUTCOMES, ConsoleWords
from api.database.dependencies import clock_of, database_of
from api.handoffs import repository as handoff_rows
from api.handoffs.dependencies import handoffs_of
from api.handoffs.transitions import Outcome
from api.live.events import QUEUE_TOPIC, Live, conversation_topic
from api.problems import Conflict, NotFound, Problem
from api.settings import Settings
from api.staff import service as staff_service
from api.staff.access import Public
from api.staff.guards import CurrentStaff, StaffMay

LONGEST_TEXT = 4000
View = Literal["queue", "conversation", "brief"]
Deed = Callable[[AsyncSession], Awaitable[object]]

router = APIRouter(prefix=HOME, route_class=ConsoleRoute, include_in_schema=False)

Reader = Annotated[CurrentStaff, Depends(StaffMay("read_queue"))]
Taker = Annotated[CurrentStaff, Depends(StaffMay("claim"))]
Speaker = Annotated[CurrentStaff, Depends(StaffMay("speak"))]
NoteWriter = Annotated[CurrentStaff, Depends(StaffMay("note"))]
Finisher = Annotated[CurrentStaff, Depends(StaffMay("wrap_up"))]
HandingOver = Annotated[CurrentStaff, Depends(StaffMay("transfer"))]
Text = Annotated[str, Form(max_length=LONGEST_TEXT)]


@dataclass(frozen=True)
class Kept:
    """What an officer had written in forms that could not be carried out, to be shown again."""

    text: str = ""
    note: str = ""
    outcome: str = ""
    finishing: bool = False
    finish_trouble: str | None = None


@router.get("")
async def queue_page(request: Request, staff: Reader, said: str = "") -> Response:
    """The queue."""
    return await _desk(request, staff, said=said)


@router.get("/people/{handoff_id}")
async def person_page(
    request: Request, handoff_id: UUID, staff: Reader, said: str = "", view: View = "conversation"
) -> Response:
    """One person: what was said and what is known, beside the queue."""
    return await _desk(request, staff, handoff_id=handoff_id, said=said, view=view)


@router.post("/next")
async def take_next(request: Request, staff: Taker) -> Response:
    """Take the head of the queue; where it is empty, say so."""
    async with database_of(request).write() as session:
        handoff = await handoffs_of(request).claim_next(session, staff)
    if handoff is None:
        return _to(HOME, said="nobody_waiting")
    return _to(_address(handoff.id), said="taken")


@router.post("/people/{handoff_id}/claim")
async def take(request: Request, handoff_id: UUID, staff: Taker) -> Response:
    """Take this person; whoever comes second is told who has them."""
    return await _do(
        request, staff, handoff_id, lambda session: handoffs_of(request).claim(session, handoff_id, staff), said="taken"
    )


@router.post("/people/{handoff_id}/messages")
async def write(request: Request, handoff_id: UUID, staff: Speaker, text: Text = "") -> Response:
    """Say something to the person."""
    if not text.strip():
        return _to(_address(handoff_id))
    return await _do(
        request,
        staff,
        handoff_id,
        lambda session: handoffs_of(request).speak_as_officer(session, handoff_id, staff, text=_lines(text)),
        kept=Kept(text=text),
    )


@router.post("/people/{handoff_id}/typing")
async def typing(request: Request, handoff_id: UUID, staff: Speaker) -> Response:
    """Show the person that the officer is writing."""
    with suppress(Problem):
        async with database_of(request).write() as session:
            await handoffs_of(request).typing(session, handoff_id, staff)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/people/{handoff_id}/notes")
async def note(request: Request, handoff_id: UUID, staff: NoteWriter, text: Text = "") -> Response:
    """Keep a note for colleagues."""
    if not text.strip():
        return _to(_address(handoff_id))
    return await _do(
        request,
        staff,
        handoff_id,
        lambda session: handoffs_of(request).add_note(session, handoff_id, staff, text=_lines(text)),
        said="note_saved",
    )


@router.post("/people/{handoff_id}/return")
async def give_back(request: Request, handoff_id: UUID, staff: HandingOver) -> Response:
    """Let the assistant answer the person again."""
    return await _do(
        request,
        staff,
        handoff_id,
        lambda session: handoffs_of(request).return_to_assistant(session, handoff_id, staff),
        said="returned",
        to=HOME,
    )


@router.post("/people/{handoff_id}/transfer")
async def hand_over(
    request: Request,
    handoff_id: UUID,
    staff: HandingOver,
    to: Annotated[str, Form(max_length=36)] = "",
    note: Text = "",
) -> Response:
    """Hand the person to a colleague, or back to the queue at their own place, with a note for whoever comes next."""
    colleague = _colleague(to)

    async def deed(session: AsyncSession) -> None:
        if note.strip():
            await handoffs_of(request).add_note(session, handoff_id, staff, text=_lines(note))
        await handoffs_of(request).transfer(session, handoff_id, staff, to=colleague)

    return await _do(request, staff, handoff_id, deed, said="handed_over", to=HOME)


@router.post("/people/{handoff_id}/wrap-up")
async def finish(
    request: Request,
    handoff_id: UUID,
    staff: Finisher,
    outcome: Annotated[str, Form(max_length=40)] = "",
    note: Text = "",
) -> Response:
    """Finish with an outcome and a note; without either, say which is missing and lose nothing that was written."""
    missing = None
    if outcome not in OUTCOMES:
        missing = "console/finish_needed"
    elif not note.strip():
        missing = "console/finish_note_needed"
    if missing is not None:
        kept = Kept(note=note, outcome=outcome, finishing=True, finish_trouble=words_of(request)(missing))
        return await _desk(request, staff, handoff_id=handoff_id, kept=kept, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return await _do(
        request,
        staff,
        handoff_id,
        lambda session: handoffs_of(request).wrap_up(
            session, handoff_id, staff, outcome=Outcome(outcome), note=_lines(note)
        ),
        said="finished",
        to=HOME,
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
async def static(request: Request, name: str) -> Response:
    """The console's look and script, kept by browsers and asked for again only when changed."""
    file = static_file(name)
    if file is None:
        return draw_trouble(request, HTTPStatus.NOT_FOUND)
    headers = {"ETag": file.tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == file.tag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(file.body, media_type=file.media_type, headers=headers)


router.include_router(doors.router)
router.include_router(account.router)


@router.get("/{rest:path}", dependencies=[Depends(Public())])
async def nowhere(request: Request, rest: str) -> Response:
    """Any other address under the console."""
    return draw_trouble(request, HTTPStatus.NOT_FOUND)


async def _do(
    request: Request,
    staff: CurrentStaff,
    handoff_id: UUID,
    deed: Deed,
    *,
    said: str = "",
    to: str | None = None,
    kept: Kept | None = None,
) -> Response:
    """Do one thing and lead on; where it can't be done any more, show the person as they stand now and say so."""
    try:
        async with database_of(request).write() as session:
            await deed(session)
    except Conflict:
        return await _desk(request, staff, handoff_id=handoff_id, kept=kept, status=HTTPStatus.CONFLICT, refused=True)
    return _to(to or _address(handoff_id), said=said)


async def _desk(
    request: Request,
    staff: CurrentStaff,
    *,
    handoff_id: UUID | None = None,
    said: str = "",
    view: View = "conversation",
    kept: Kept | None = None,
    status: int = HTTPStatus.OK,
    refused: bool = False,
) -> Response:
    words, now = words_of(request), clock_of(request).now()
    settings: Settings = request.app.state.settings
    person = None
    async with database_of(request).read() as session:
        present = await staff_service.on_shift(session, now, presence_seconds=settings.presence_seconds)
        queue = await queue_view(session, reader_id=staff.id, officers_available=len(present), words=words, now=now)
        if handoff_id is not None:
            handoff = await handoff_rows.handoff_by_id(session, handoff_id)
            if handoff is None:
                raise NotFound("There is no such handoff.")
            person = await person_view(session, handoff, reader=staff, present=present, words=words, now=now)
    return draw(
        request,
        "desk.html",
        status=status,
        staff=staff,
        csrf=staff.csrf_token or "",
        queue=queue,
        person=person,
        view=view if person else "queue",
        notice=words(NOTICES[said]) if said in NOTICES else None,
        trouble=_refusal(person, words) if refused and person else None,
        kept=kept or Kept(),
        outcomes=[{"code": code, "words": words(content_id)} for code, content_id in OUTCOMES.items()],
        script_words=words.for_script(),
    )


def _refusal(person: PersonView, words: ConsoleWords) -> str:
    """Why a deed was refused, from how the person stands now."""
    if person.standing == "mine":
        return words("console/colleague_gone")
    return words("console/lease_lost") if person.standing == "waiting" else person.state_words


def _colleague(chosen: str) -> UUID | None:
    """Who was chosen to hand over to; None for the queue. Raises NotFound."""
    try:
        return UUID(chosen) if chosen else None
    except ValueError as error:
        raise NotFound("There is no such colleague.") from error


def _address(handoff_id: UUID) -> str:
    return f"{HOME}/people/{handoff_id}"


def _to(address: str, *, said: str = "") -> Response:
    return RedirectResponse(f"{address}?said={said}" if said else address, HTTPStatus.SEE_OTHER)


def _lines(text: str) -> str:
    """What a form sent, without the carriage returns that forms put in."""
    return text.replace("\r\n", "\n").strip()
