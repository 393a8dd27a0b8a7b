"""What an officer does with a person, as forms: take, write, note, send a service, record an ambulance, finish."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.console.desk_page import (
    Finisher,
    Kept,
    NoteWriter,
    Speaker,
    Taker,
    Text,
    address,
    desk,
    do,
    lead,
    lines,
)
from api.console.finder import service_card
from api.console.pages import HOME, ConsoleRoute, words_of
from api.console.words import AMBULANCE_BY, NALOXONE, NEEDS, OUTCOMES
from api.database.dependencies import clock_of, database_of
from api.handoffs.dependencies import handoffs_of
from api.handoffs.officers import Ending
from api.handoffs.rescue import RungBy
from api.handoffs.transitions import Naloxone, Outcome
from api.problems import Conflict, Problem, Unprocessable
from api.staff import presence
from reference.clock import SCOTLAND

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
Code = Annotated[str, Form(max_length=40)]
Codes = Annotated[list[Code], Form(max_length=20)]
ClientId = Annotated[str, Form(max_length=80)]


@router.post("/next")
async def take_next(request: Request, staff: Taker) -> Response:
    """Take the head of the queue; where it is empty, or nobody more can be taken, say so."""
    try:
        async with database_of(request).write() as session:
            handoff = await handoffs_of(request).claim_next(session, staff)
    except Conflict as refused:
        return lead(HOME, said="on_break" if "availability" in refused.more else "no_room")
    if handoff is None:
        return lead(HOME, said="nobody_waiting")
    return lead(address(handoff.id), said="taken")


@router.post("/break")
async def take_break(request: Request, staff: Taker, state: Code = "on_break") -> Response:
    """Go on a break, or come back from it: nobody new comes meanwhile, and who is with the officer stays."""
    said = presence.Availability.AVAILABLE if state == "available" else presence.Availability.ON_BREAK
    async with database_of(request).write() as session:
        await presence.say(session, clock_of(request), staff.id, said)
    return lead(HOME, said="back" if state == "available" else "on_break_now")


@router.post("/people/{handoff_id}/claim")
async def take(request: Request, handoff_id: UUID, staff: Taker) -> Response:
    """Take this person; whoever comes second is told who has them."""
    return await do(
        request, staff, handoff_id, lambda session: handoffs_of(request).claim(session, handoff_id, staff), said="taken"
    )


@router.post("/people/{handoff_id}/messages")
async def write(
    request: Request, handoff_id: UUID, staff: Speaker, text: Text = "", client_id: ClientId = ""
) -> Response:
    """Say something to the person; the same `client_id` again is the same message, however often it is sent."""
    if not text.strip():
        return lead(address(handoff_id))
    return await do(
        request,
        staff,
        handoff_id,
        lambda session: handoffs_of(request).speak_as_officer(
            session, handoff_id, staff, text=lines(text), client_id=client_id or None
        ),
        kept=Kept(text=text),
    )


@router.post("/people/{handoff_id}/services/{service_id}")
async def send_service(
    request: Request, handoff_id: UUID, service_id: str, staff: Speaker, client_id: ClientId = ""
) -> Response:
    """Send a service of the directory to the person, its number and hours as they stand there."""
    card = service_card(words_of(request), service_id)
    return await do(
        request,
        staff,
        handoff_id,
        lambda session: handoffs_of(request).speak_as_officer(
            session, handoff_id, staff, text=card, client_id=client_id or None
        ),
        to=f"{address(handoff_id)}?view=services",
        said="service_sent",
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
        return lead(address(handoff_id))
    return await do(
        request,
        staff,
        handoff_id,
        lambda session: handoffs_of(request).add_note(session, handoff_id, staff, text=lines(text)),
        said="note_saved",
    )


@router.post("/people/{handoff_id}/ambulance")
async def ambulance_called(
    request: Request,
    handoff_id: UUID,
    staff: Speaker,
    rung_by: Code = "",
    at: Code = "",
    place: Annotated[str, Form(max_length=300)] = "",
    reference: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    """Write down that an ambulance was called."""

    async def deed(session: AsyncSession) -> None:
        if rung_by not in AMBULANCE_BY:
            raise Unprocessable("Say who rang.")
        rung_at = local_moment(at)
        await handoffs_of(request).rescue.ambulance_called(
            session, handoff_id, staff, rung_by=RungBy(rung_by), rung_at=rung_at, place=place, reference=reference
        )

    return await do(request, staff, handoff_id, deed, said="ambulance_noted", trouble="console/ambulance_needed")


@router.post("/people/{handoff_id}/number")
async def show_number(request: Request, handoff_id: UUID, staff: Speaker) -> Response:
    """Show where to ring; that it was shown is written down."""
    try:
        async with database_of(request).write() as session:
            number = await handoffs_of(request).callbacks.number(session, handoff_id, staff)
    except Conflict:
        return await desk(request, staff, handoff_id=handoff_id, status=HTTPStatus.CONFLICT, refused=True)
    except Problem:
        return await desk(request, staff, handoff_id=handoff_id, trouble="console/no_number")
    return await desk(request, staff, handoff_id=handoff_id, kept=Kept(number=number))


@router.post("/people/{handoff_id}/end")
async def end(request: Request, handoff_id: UUID, staff: Finisher) -> Response:
    """Say goodbye now and write up afterwards."""
    return await do(
        request, staff, handoff_id, lambda session: handoffs_of(request).end(session, handoff_id, staff), said="ended"
    )


@router.post("/people/{handoff_id}/wrap-up")
async def finish(
    request: Request,
    handoff_id: UUID,
    staff: Finisher,
    outcome: Code = "",
    note: Text = "",
    met: Codes = [],  # noqa: B006 - FastAPI copies it
    referred: Codes = [],  # noqa: B006
    naloxone: Code = "",
    follow_up: Code = "",
    agreed: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Finish with an outcome and a note; without either, say which is missing and lose nothing that was written."""
    missing = None
    if outcome not in OUTCOMES:
        missing = "console/finish_needed"
    elif naloxone and naloxone not in NALOXONE:
        missing = "console/went_wrong"
    elif not note.strip():
        missing = "console/finish_note_needed"
    if missing is not None:
        ending = {
            "outcome": outcome,
            "note": note,
            "met": met,
            "referred": referred,
            "naloxone": naloxone,
            "follow_up": follow_up,
            "agreed": agreed,
        }
        kept = Kept(ending=ending, finish_trouble=words_of(request)(missing))
        return await desk(request, staff, handoff_id=handoff_id, kept=kept, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return await do(
        request,
        staff,
        handoff_id,
        lambda session: handoffs_of(request).wrap_up(
            session,
            handoff_id,
            staff,
            outcome=Outcome(outcome),
            note=lines(note),
            ending=Ending(
                needs_met=[code for code in met if code in NEEDS],
                needs_referred=[code for code in referred if code in NEEDS],
                naloxone=Naloxone(naloxone or Naloxone.NOT_RAISED.value),
                follow_up_on=_day(follow_up),
            ),
            agreed=lines(agreed) or None,
        ),
        said="finished",
        to=HOME,
    )


def local_moment(written: str) -> datetime | None:
    """A moment as a form writes it, by the clock in Scotland; None for none. Raises Unprocessable."""
    if not written.strip():
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise Unprocessable("That is not a time.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=SCOTLAND)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
