"""Draws the desk, and does one thing on it: what every route of the console's deeds stands on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from api.console.desk import PersonView, person_view, queue_view
from api.console.finder import Find, find_services, find_words
from api.console.pages import HOME, draw, words_of
from api.console.words import AMBULANCE_BY, CALL_RESULTS, NALOXONE, NEEDS, NOTICES, OUTCOMES, ConsoleWords, choices
from api.database.dependencies import clock_of, database_of
from api.handoffs import repository as handoff_rows
from api.handoffs.dependencies import handoffs_of
from api.problems import Conflict, NotFound, Unprocessable
from api.settings import Settings
from api.staff import presence
from api.staff.guards import CurrentStaff, StaffMay
from api.staff.permissions import may
from api.staff.skills import skills

LONGEST_TEXT = 4000
View = Literal["queue", "conversation", "brief", "words", "services"]
Deed = Callable[[AsyncSession], Awaitable[object]]

Reader = Annotated[CurrentStaff, Depends(StaffMay("read_queue"))]
Taker = Annotated[CurrentStaff, Depends(StaffMay("claim"))]
Speaker = Annotated[CurrentStaff, Depends(StaffMay("speak"))]
NoteWriter = Annotated[CurrentStaff, Depends(StaffMay("note"))]
Finisher = Annotated[CurrentStaff, Depends(StaffMay("wrap_up"))]
HandingOver = Annotated[CurrentStaff, Depends(StaffMay("transfer"))]
Overseer = Annotated[CurrentStaff, Depends(StaffMay("oversee"))]
Text = Annotated[str, Form(max_length=LONGEST_TEXT)]


EMPTY_ENDING: Mapping[str, object] = {
    "outcome": "",
    "note": "",
    "met": (),
    "referred": (),
    "naloxone": "",
    "follow_up": "",
    "agreed": "",
}


@dataclass(frozen=True)
class Kept:
    """What an officer had written in forms that could not be carried out, to be shown again."""

    text: str = ""
    ending: Mapping[str, object] = field(default_factory=lambda: EMPTY_ENDING)
    finish_trouble: str | None = None
    number: str | None = None


async def do(
    request: Request,
    staff: CurrentStaff,
    handoff_id: UUID,
    deed: Deed,
    *,
    said: str = "",
    to: str | None = None,
    kept: Kept | None = None,
    trouble: str = "",
) -> Response:
    """Do one thing and lead on; where it can't be done any more, show the person as they stand now and say so.

    `trouble` is the content id of what is said where the deed itself was not as it has to be.
    """
    try:
        async with database_of(request).write() as session:
            await deed(session)
    except Conflict:
        return await desk(request, staff, handoff_id=handoff_id, kept=kept, status=HTTPStatus.CONFLICT, refused=True)
    except Unprocessable:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return await desk(
            request, staff, handoff_id=handoff_id, kept=kept, status=status, trouble=trouble or "console/went_wrong"
        )
    return lead(to or address(handoff_id), said=said)


async def desk(
    request: Request,
    staff: CurrentStaff,
    *,
    handoff_id: UUID | None = None,
    said: str = "",
    view: View = "conversation",
    find: Find | None = None,
    kept: Kept | None = None,
    status: int = HTTPStatus.OK,
    refused: bool = False,
    trouble: str = "",
) -> Response:
    """The desk as this member of staff sees it now, with the person of `handoff_id` open on it."""
    words, now = words_of(request), clock_of(request).now()
    settings: Settings = request.app.state.settings
    person = None
    async with database_of(request).read() as session:
        there = await presence.there_now(session, now, presence_seconds=settings.presence_seconds)
        availability, _ = await presence.standing_of(session, staff.id)
        my_skills = await presence.skills_of(session, staff.id)
        queue = await queue_view(
            session, reader_id=staff.id, my_skills=my_skills, officers_available=len(there), words=words, now=now
        )
        if handoff_id is not None:
            handoff = await handoff_rows.handoff_by_id(session, handoff_id)
            if handoff is None:
                raise NotFound("There is no such handoff.")
            person = await person_view(
                session,
                handoff,
                reader=staff,
                my_skills=my_skills,
                present=[one for one, _ in there],
                slots=handoffs_of(request).callbacks.slots,
                words=words,
                now=now,
            )
    said_of = words(trouble) if trouble else _refusal(person, words) if refused and person else None
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
        trouble=said_of,
        kept=kept or Kept(),
        on_break=availability is presence.Availability.ON_BREAK,
        may_oversee=may(staff.role, "oversee"),
        ready_words=find_words(request.app.state.voice, person, staff, find) if person and view == "words" else (),
        found_services=find_services(words, person, find) if person and view == "services" else (),
        find=(find or Find()).beginning_with(person) if person else Find(),
        outcomes=choices(words, OUTCOMES),
        needs=choices(words, NEEDS),
        naloxone=choices(words, NALOXONE),
        ambulance_by=choices(words, AMBULANCE_BY),
        skills=skills(),
        call_results=choices(words, CALL_RESULTS),
        here="desk",
        script_words=words.for_script(),
    )


def address(handoff_id: UUID) -> str:
    """The page of a person."""
    return f"{HOME}/people/{handoff_id}"


def lead(to: str, *, said: str = "") -> Response:
    """To another page, with a word about what was done."""
    mark = "&" if "?" in to else "?"
    return RedirectResponse(f"{to}{mark}said={said}" if said else to, HTTPStatus.SEE_OTHER)


def lines(text: str) -> str:
    """What a form sent, without the carriage returns that forms put in."""
    return text.replace("\r\n", "\n").strip()


def _refusal(person: PersonView, words: ConsoleWords) -> str:
    """Why a deed was refused, from how the person stands now."""
    if person.standing == "mine":
        return words("console/colleague_gone")
    return words("console/lease_lost") if person.standing == "waiting" else person.state_words
