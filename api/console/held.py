"""What is held of somebody who asked for it: a copy to hand over, or all of it wiped after a second look.

By the handoff they are in, or by their number for who rang up. Who may do it, and what is done and audited, stands in
`api.privacy.routes`; these are its pages.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response

from api.console.desk_page import Overseer, lead
from api.console.pages import HOME, ConsoleRoute, draw, words_of
from api.console.words import HELD_NOTICES
from api.privacy.readable import sections
from api.privacy.routes import Whom, copy, erase
from api.problems import NotFound, Unprocessable

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
Number = Annotated[str, Form(max_length=40)]
Handoff = Annotated[str, Form(max_length=40)]


@router.get("/held")
async def held(
    request: Request, staff: Overseer, handoff: Annotated[UUID | None, Query()] = None, said: str = ""
) -> Response:
    """Where to ask for a copy or for a wipe: for this handoff, or for a number."""
    return _page(request, staff, handoff=str(handoff or ""), said=said)


@router.post("/held/copy")
async def show_copy(request: Request, staff: Overseer, number: Number = "", handoff: Handoff = "") -> Response:
    """Everything that is held of them, to read out, print or save."""

    async def deed(whom: Whom) -> Response:
        words, items = words_of(request), (await copy(request, staff, whom)).items
        if not items:
            raise NotFound("Nothing is held of this number.")
        return draw(
            request,
            "held_copy.html",
            staff=staff,
            csrf=staff.csrf_token or "",
            here="held",
            copies=[sections(one, words) for one in items],
            notice=None,
            trouble=None,
        )

    return await _do(request, staff, number, handoff, deed)


@router.post("/held/wipe")
async def look_again(request: Request, staff: Overseer, number: Number = "", handoff: Handoff = "") -> Response:
    """The second look: what goes and what stays, before anything is done."""
    return _second_look(request, staff, number, handoff)


@router.post("/held/erase")
async def wipe(
    request: Request, staff: Overseer, number: Number = "", handoff: Handoff = "", sure: Annotated[bool, Form()] = False
) -> Response:
    """Wipe it, once the lead has made sure that it is they who ask."""
    if not sure:
        return _second_look(request, staff, number, handoff, trouble="console_held/sure_needed")

    async def deed(whom: Whom) -> Response:
        erased = await erase(request, staff, whom)
        if not erased.conversations:
            raise NotFound("Nothing is held of this number.")
        return lead(f"{HOME}/held", said="wiped_alert_stays" if erased.alert_stays else "wiped")

    return await _do(request, staff, number, handoff, deed)


async def _do(
    request: Request, staff: Overseer, number: str, handoff: str, deed: Callable[[Whom], Awaitable[Response]]
) -> Response:
    """Do it to whom the form named, or say that there is nobody."""
    try:
        return await deed(_whom(number, handoff))
    except NotFound:
        return _page(request, staff, number=number, trouble="console_held/nothing", status=HTTPStatus.NOT_FOUND)
    except Unprocessable:
        return _nobody_named(request, staff, number, handoff)


def _whom(number: str, handoff: str) -> Whom:
    """One of the two, as the form named them. Raises Unprocessable."""
    try:
        return Whom(number=None if handoff else number, handoff_id=UUID(handoff) if handoff else None)
    except ValueError:
        raise Unprocessable("That is nobody.") from None


def _nobody_named(request: Request, staff: Overseer, number: str, handoff: str) -> Response:
    return _page(request, staff, number=number, handoff=handoff, trouble="console_held/no_number",
                 status=HTTPStatus.UNPROCESSABLE_ENTITY)  # fmt: skip


def _second_look(request: Request, staff: Overseer, number: str, handoff: str, *, trouble: str = "") -> Response:
    if not handoff and not number.strip():
        return _nobody_named(request, staff, number, handoff)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if trouble else HTTPStatus.OK
    return _page(
        request, staff, template="held_wipe.html", number=number, handoff=handoff, trouble=trouble, status=status
    )


def _page(
    request: Request,
    staff: Overseer,
    *,
    template: str = "held.html",
    number: str = "",
    handoff: str = "",
    said: str = "",
    trouble: str = "",
    status: int = HTTPStatus.OK,
) -> Response:
    words = words_of(request)
    return draw(
        request,
        template,
        status=status,
        staff=staff,
        csrf=staff.csrf_token or "",
        here="held",
        number=number,
        handoff=handoff,
        notice=words(HELD_NOTICES[said]) if said in HELD_NOTICES else None,
        trouble=words(trouble) if trouble else None,
    )
