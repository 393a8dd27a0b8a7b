"""The second half of the door: the code from somebody's telephone, and the page where that telephone is made known."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

import segno
from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from api.console.pages import ACCOUNT, HOME, SIGN_IN, ConsoleRoute, draw, safe_next, words_of
from api.console.sessions import attempts_of, let_in
from api.database.dependencies import clock_of, database_of
from api.problems import Forbidden, TooMany, Unprocessable
from api.settings import Settings
from api.staff import repository
from api.staff import sign_in as signing
from api.staff.guards import CurrentStaff, OnTheWayIn
from api.staff.models import Stage
from api.staff.second_step import NewSecondStep, SecondSteps

CODE = f"{SIGN_IN}/code"
SET_UP = f"{SIGN_IN}/set-up"
LONGEST_CODE = 40

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
AskedForCode = Annotated[CurrentStaff, Depends(OnTheWayIn(Stage.CODE))]
SettingUp = Annotated[CurrentStaff, Depends(OnTheWayIn(Stage.SET_UP, Stage.OPEN))]
Code = Annotated[str, Form(max_length=LONGEST_CODE)]
Next = Annotated[str, Form()]


@router.get("/sign-in/code")
async def code_page(request: Request, staff: AskedForCode, next: str = HOME) -> Response:
    """Where the code is given."""
    return _ask_code(request, staff, next=next)


@router.post("/sign-in/code")
async def give_code(request: Request, staff: AskedForCode, code: Code = "", next: Next = HOME) -> Response:
    """Let somebody in whose code is right."""
    assert staff.session_id is not None, "nobody stands at this door but with a session"
    settings: Settings = request.app.state.settings
    try:
        signed_in = await signing.pass_second_step(
            database_of(request),
            clock_of(request),
            attempts_of(request),
            second_steps_of(request),
            staff_id=staff.id,
            session_id=staff.session_id,
            code=code,
            hours=settings.session_hours,
        )
    except signing.SignInRefused:
        return _ask_code(request, staff, next=next, trouble="console/code_wrong", status=HTTPStatus.UNAUTHORIZED)
    except TooMany:
        return _ask_code(
            request, staff, next=next, trouble="console/sign_in_locked", status=HTTPStatus.TOO_MANY_REQUESTS
        )
    return let_in(request, signed_in, to=safe_next(next))


@router.get("/sign-in/set-up")
async def set_up_page(request: Request, staff: SettingUp, next: str = HOME) -> Response:
    """A picture for the telephone, and the same in letters."""
    return await _set_up(request, staff, next=next)


@router.post("/sign-in/set-up")
async def confirm_set_up(request: Request, staff: SettingUp, code: Code = "", next: Next = HOME) -> Response:
    """The telephone's first code: from now on it is asked for. The recovery codes are shown once."""
    assert staff.session_id is not None, "nobody stands at this door but with a session"
    settings: Settings = request.app.state.settings
    signed_in = None
    try:
        await attempts_of(request).note_code(staff_id=staff.id)
        async with database_of(request).write() as session:
            codes = await second_steps_of(request).confirm(session, staff.id, code)
            if staff.stage == Stage.SET_UP.value:
                signed_in = await signing.go_on_in(
                    session, clock_of(request), session_id=staff.session_id, hours=settings.session_hours
                )
    except Unprocessable:
        return await _set_up(
            request, staff, next=next, trouble="console/code_wrong_set_up", status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    except TooMany:
        return await _set_up(
            request, staff, next=next, trouble="console/sign_in_locked", status=HTTPStatus.TOO_MANY_REQUESTS
        )
    shown = show_recovery_codes(request, codes, to=safe_next(next))
    return let_in(request, signed_in, response=shown) if signed_in else shown


def show_recovery_codes(request: Request, codes: Sequence[str], *, to: str) -> Response:
    """The recovery codes, this once."""
    return draw(request, "recovery_codes.html", codes=codes, to=to)


def second_steps_of(request: Request) -> SecondSteps:
    """The rules of the second step, one an application."""
    steps: SecondSteps = request.app.state.second_steps
    return steps


def _ask_code(
    request: Request, staff: CurrentStaff, *, next: str, trouble: str | None = None, status: int = HTTPStatus.OK
) -> Response:
    return draw(
        request,
        "sign_in_code.html",
        status=status,
        csrf=staff.csrf_token,
        next=safe_next(next),
        trouble=words_of(request)(trouble) if trouble else None,
    )


async def _set_up(
    request: Request, staff: CurrentStaff, *, next: str, trouble: str | None = None, status: int = HTTPStatus.OK
) -> Response:
    try:
        async with database_of(request).write() as session:
            account = await repository.staff_by_id(session, staff.id)
            assert account is not None, "a session without its account does not stand"
            new = await second_steps_of(request).begin(session, account)
    except Forbidden:
        return RedirectResponse(ACCOUNT, HTTPStatus.SEE_OTHER)
    return draw(
        request,
        "set_up_second_step.html",
        status=status,
        csrf=staff.csrf_token,
        next=safe_next(next),
        required=staff.stage == Stage.SET_UP.value,
        picture=_picture(new, words_of(request)("console/second_step_picture")),
        secret=" ".join(new.secret[start : start + 4] for start in range(0, len(new.secret), 4)),
        trouble=words_of(request)(trouble) if trouble else None,
    )


def _picture(new: NewSecondStep, title: str) -> Markup:
    """The QR code as SVG; black on white in either scheme, since telephones read nothing else well."""
    drawn = segno.make(new.address, error="m").svg_inline(
        scale=5, border=3, dark="#000", light="#fff", title=title, omitsize=True
    )
    return Markup(drawn)  # noqa: S704 - drawn by us; the address in it is modules, not text
