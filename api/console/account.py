"""Somebody's own account: their password, where they are signed in, their second step, their recovery codes."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.audit import service as audit
from api.console.devices import device_name
from api.console.doors import password_trouble
from api.console.pages import ACCOUNT, ConsoleRoute, draw, words_of
from api.console.second_step import LONGEST_CODE, SET_UP, second_steps_of, show_recovery_codes
from api.console.sessions import attempts_of
from api.console.views import clock_time_or_day
from api.console.words import ACCOUNT_NOTICES
from api.database.dependencies import clock_of, database_of
from api.problems import NotFound, TooMany
from api.staff import passwords, repository, second_step, service
from api.staff.guards import CurrentStaff, StaffMay

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
Owner = Annotated[CurrentStaff, Depends(StaffMay("own_account"))]
Code = Annotated[str, Form(max_length=LONGEST_CODE)]
Password = Annotated[str, Form(max_length=1000)]


@dataclass(frozen=True)
class SessionView:
    """A browser in which somebody is signed in."""

    id: UUID
    device: str
    since: str
    here: bool


@router.get("/account")
async def account_page(request: Request, staff: Owner, said: str = "") -> Response:
    """The account as its owner sees it."""
    return await _account(request, staff, said=said)


@router.post("/account/password")
async def change_password(
    request: Request, staff: Owner, old: Password = "", password: Password = "", again: Password = ""
) -> Response:
    """Another password, for whoever knows the one that stands; every other browser is signed out by it."""
    if trouble := password_trouble(password, again) or await _old_password_trouble(request, staff, old):
        return await _account(request, staff, trouble=trouble)
    async with database_of(request).write() as session:
        await service.change_password(
            session, clock_of(request), staff.id, password=password, kept_session=staff.session_id
        )
    return _back("password_changed")


@router.post("/account/sessions/{session_id}/end")
async def end_session(request: Request, session_id: UUID, staff: Owner) -> Response:
    """Sign out one browser."""
    async with database_of(request).write() as session:
        if not await repository.end_session(session, staff.id, session_id):
            raise NotFound("There is no such session.")
        await audit.record(session, clock_of(request), actor=staff.id, action="staff.session_ended", subject=staff.id)
    return _back("session_ended")


@router.post("/account/sessions/end-others")
async def end_other_sessions(request: Request, staff: Owner) -> Response:
    """Sign out everywhere but here."""
    async with database_of(request).write() as session:
        ended = await repository.end_other_sessions(session, staff.id, kept=staff.session_id)
        await audit.record(
            session,
            clock_of(request),
            actor=staff.id,
            action="staff.session_ended",
            subject=staff.id,
            detail={"number": ended},
        )
    return _back("session_ended")


@router.post("/account/recovery-codes")
async def new_recovery_codes(request: Request, staff: Owner, code: Code = "") -> Response:
    """Fresh recovery codes, for whoever has the telephone in hand."""
    if trouble := await _code_trouble(request, staff, code):
        return await _account(request, staff, trouble=trouble)
    async with database_of(request).write() as session:
        codes = await second_steps_of(request).new_recovery_codes(session, staff.id)
    return show_recovery_codes(request, codes, to=ACCOUNT)


@router.post("/account/second-step/renew")
async def renew_second_step(request: Request, staff: Owner, code: Code = "") -> Response:
    """Another telephone in the place of this one."""
    if trouble := await _code_trouble(request, staff, code):
        return await _account(request, staff, trouble=trouble)
    async with database_of(request).write() as session:
        await second_step.take_away(session, clock_of(request), staff.id, actor=staff.id)
    return RedirectResponse(f"{SET_UP}?next={ACCOUNT}", HTTPStatus.SEE_OTHER)


async def _old_password_trouble(request: Request, staff: CurrentStaff, old: str) -> str | None:
    """Why a new password is refused; None when the old one is right. Guesses are counted as at the door."""
    async with database_of(request).read() as session:
        account = await repository.staff_by_id(session, staff.id)
    assert account is not None, "a session without its account does not stand"
    address = request.client.host if request.client else ""
    try:
        await attempts_of(request).note(email=account.email, address=address)
    except TooMany:
        return "console/sign_in_locked"
    if not await passwords.matches(account.password_hash, old):
        return "console/password_old_wrong"
    await attempts_of(request).forgive(email=account.email)
    return None


async def _code_trouble(request: Request, staff: CurrentStaff, code: str) -> str | None:
    """Why a deed that asks for a code is refused; None when the code is right."""
    try:
        await attempts_of(request).note_code(staff_id=staff.id)
    except TooMany:
        return "console/sign_in_locked"
    async with database_of(request).write() as session:
        opened = await second_steps_of(request).opens(session, staff.id, code)
    if not opened:
        return "console/code_wrong"
    await attempts_of(request).forgive_codes(staff_id=staff.id)
    return None


async def _account(request: Request, staff: CurrentStaff, *, said: str = "", trouble: str | None = None) -> Response:
    words = words_of(request)
    async with database_of(request).read() as session:
        account = await repository.staff_by_id(session, staff.id)
        assert account is not None, "a session without its account does not stand"
        open_now = await repository.sessions_of(session, staff.id, clock_of(request).now())
        stands = await second_steps_of(request).stands(session, staff.id)
        codes_left = await repository.recovery_codes_left(session, staff.id)
    return draw(
        request,
        "account.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if trouble else HTTPStatus.OK,
        staff=staff,
        here="account",
        csrf=staff.csrf_token or "",
        account=account,
        sessions=[
            SessionView(
                each.id,
                device_name(each.device) or words("console/device_unknown"),
                clock_time_or_day(each.created_at, clock_of(request).now()),
                each.id == staff.session_id,
            )
            for each in open_now
        ],
        second_step=stands,
        required=second_steps_of(request).required(account),
        codes_left=codes_left,
        set_up=f"{SET_UP}?next={ACCOUNT}",
        notice=words(ACCOUNT_NOTICES[said]) if said in ACCOUNT_NOTICES else None,
        trouble=words(trouble) if trouble else None,
    )


def _back(said: str) -> Response:
    return RedirectResponse(f"{ACCOUNT}?said={said}", HTTPStatus.SEE_OTHER)
