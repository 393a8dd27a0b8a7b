"""The doors of the console: signing in and out, and the one-time link with which an account begins."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.requests import HTTPConnection
from fastapi.responses import RedirectResponse

from api.console.pages import HOME, SIGN_IN, ConsoleRoute, draw, safe_next, words_of
from api.console.second_step import CODE, SET_UP, second_steps_of
from api.console.second_step import router as second_step
from api.console.sessions import attempts_of, is_secure, let_in
from api.console.words import DOOR_NOTICES
from api.database.dependencies import clock_of, database_of
from api.problems import Forbidden, NotFound, TooMany
from api.settings import Settings
from api.staff import passwords, service
from api.staff import sign_in as signing
from api.staff.access import Guard, Public
from api.staff.models import Stage

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
router.include_router(second_step)


class FromOwnPages(Guard):
    """Lets anybody in, but no form that another site's page sends in somebody's name."""

    access = "public"

    async def __call__(self, connection: HTTPConnection) -> None:
        """Raises Forbidden."""
        if connection.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise Forbidden("This form was sent by another site.")


@router.get("/sign-in", dependencies=[Depends(Public())])
async def sign_in_page(request: Request, next: str = HOME, said: str = "") -> Response:
    """The door."""
    return _door(request, next=next, notice=DOOR_NOTICES.get(said))


@router.post("/sign-in", dependencies=[Depends(FromOwnPages())])
async def sign_in(
    request: Request,
    email: Annotated[str, Form(max_length=254)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    next: Annotated[str, Form()] = HOME,
) -> Response:
    """Let somebody in, or say that email and password do not go together."""
    settings: Settings = request.app.state.settings
    refused = partial(_door, request, email=email, next=next)
    try:
        signed_in = await signing.sign_in(
            database_of(request),
            clock_of(request),
            attempts_of(request),
            second_steps_of(request),
            email=email,
            password=password,
            address=request.client.host if request.client else "",
            hours=settings.session_hours,
            device=request.headers.get("user-agent", ""),
        )
    except signing.SignInRefused:
        return refused(status=HTTPStatus.UNAUTHORIZED, trouble="console/sign_in_failed")
    except TooMany:
        return refused(status=HTTPStatus.TOO_MANY_REQUESTS, trouble="console/sign_in_locked")
    onward = safe_next(next)
    if signed_in.stage is not Stage.OPEN:
        onward = f"{CODE if signed_in.stage is Stage.CODE else SET_UP}?next={quote(onward)}"
    return let_in(request, signed_in, to=onward)


@router.post("/sign-out", dependencies=[Depends(FromOwnPages())])
async def sign_out(request: Request) -> Response:
    """End this browser's session and presence."""
    if token := request.cookies.get(signing.COOKIE):
        async with database_of(request).write() as session:
            await signing.sign_out(session, token)
    response = RedirectResponse(f"{SIGN_IN}?said=out", HTTPStatus.SEE_OTHER)
    signing.clear_session_cookie(response, secure=is_secure(request))
    return response


@router.get("/welcome/{token}", dependencies=[Depends(Public())])
async def welcome_page(request: Request, token: str) -> Response:
    """Where a one-time link leads: choose a password."""
    async with database_of(request).read() as session:
        usable = await service.invitation_stands(session, clock_of(request), token)
    if usable:
        return _welcome(request, token)
    return _welcome(request, token, usable=False, trouble="console/link_used", status=HTTPStatus.NOT_FOUND)


@router.post("/welcome/{token}", dependencies=[Depends(FromOwnPages())])
async def set_password(
    request: Request,
    token: str,
    password: Annotated[str, Form(max_length=1000)] = "",
    again: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Set the password; the link is used up by that."""
    if trouble := password_trouble(password, again):
        return _welcome(request, token, trouble=trouble, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        async with database_of(request).write() as session:
            await service.accept_invitation(session, clock_of(request), token=token, password=password)
    except NotFound:
        return _welcome(request, token, usable=False, trouble="console/link_used", status=HTTPStatus.NOT_FOUND)
    return RedirectResponse(f"{SIGN_IN}?said=password", HTTPStatus.SEE_OTHER)


def password_trouble(password: str, again: str) -> str | None:
    """Why a new password cannot be set, as a content id; None when it can."""
    if len(password) < passwords.SHORTEST:
        return "console/set_password_short"
    if len(password) > passwords.LONGEST:
        return "console/set_password_long"
    return "console/set_password_differ" if password != again else None


def _door(
    request: Request,
    *,
    status: int = HTTPStatus.OK,
    email: str = "",
    next: str = HOME,
    notice: str | None = None,
    trouble: str | None = None,
) -> Response:
    words = words_of(request)
    return draw(
        request,
        "sign_in.html",
        status=status,
        email=email,
        next=safe_next(next),
        notice=words(notice) if notice else None,
        trouble=words(trouble) if trouble else None,
    )


def _welcome(
    request: Request, token: str, *, usable: bool = True, trouble: str | None = None, status: int = HTTPStatus.OK
) -> Response:
    said = words_of(request)(trouble) if trouble else None
    return draw(request, "welcome.html", status=status, token=token, usable=usable, trouble=said)
