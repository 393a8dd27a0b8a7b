"""The lists of work over HTTP: what is to be done, and what came of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from api.console.calls import Calls
from api.console.desk_page import NoteWriter, Reader, Text, lead, lines
from api.console.pages import HOME, ConsoleRoute, draw, words_of
from api.console.silence import Silence
from api.console.words import WORKLIST_NOTICES
from api.console.worklist import Recorded, WorkKind, work_view
from api.database.dependencies import database_of
from api.problems import Conflict, NotFound, Unprocessable

KINDS: Final[tuple[WorkKind, ...]] = (Calls(), Silence())
"""Every list of work, in the order of the page."""

WORKLIST: Final = f"{HOME}/worklist"

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
Code = Annotated[str, Form(max_length=60)]


@router.get("/worklist")
async def worklist_page(request: Request, staff: Reader, said: str = "") -> Response:
    """Everything that waits for somebody to do it."""
    return await _page(request, staff, said=said)


@router.post("/worklist/{kind}/{item_id}")
async def record(
    request: Request, kind: str, item_id: UUID, staff: NoteWriter, result: Code = "", again: Code = "", note: Text = ""
) -> Response:
    """Write down what came of one thing."""
    found = next((one for one in KINDS if one.name == kind), None)
    if found is None:
        raise NotFound("There is no such list.")
    try:
        async with database_of(request).write() as session:
            await found.record(session, request, item_id, staff, Recorded(result, lines(note), again))
    except Conflict:
        return await _page(request, staff, trouble="console/work_changed", status=HTTPStatus.CONFLICT)
    except Unprocessable:
        return await _page(request, staff, trouble="console/work_result_needed", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return lead(WORKLIST, said="recorded")


async def _page(
    request: Request, staff: Reader, *, said: str = "", trouble: str = "", status: int = HTTPStatus.OK
) -> Response:
    words = words_of(request)
    async with database_of(request).read() as session:
        lists = [await work_view(session, request, kind, reader=staff, words=words) for kind in KINDS]
    return draw(
        request,
        "worklist.html",
        status=status,
        staff=staff,
        csrf=staff.csrf_token or "",
        here="worklist",
        lists=lists,
        notice=words(WORKLIST_NOTICES[said]) if said in WORKLIST_NOTICES else None,
        trouble=words(trouble) if trouble else None,
    )
