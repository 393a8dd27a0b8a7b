"""Accounts, for leads and admins: who works here, a link for somebody new, and an end to what should not open."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response

from api.audit import service as audit
from api.console.pages import HOME, ConsoleRoute, draw, words_of
from api.database.dependencies import clock_of, database_of
from api.problems import NotFound, Problem
from api.settings import Settings
from api.staff import presence, repository, second_step, service
from api.staff.guards import CurrentStaff, StaffMay
from api.staff.models import Role, Staff
from api.staff.permissions import may
from api.staff.skills import skills

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
Keeper = Annotated[CurrentStaff, Depends(StaffMay("manage_staff"))]


@router.get("/staff")
async def staff_page(request: Request, staff: Keeper) -> Response:
    """Everybody who has an account."""
    return await _page(request, staff)


@router.post("/staff")
async def invite(
    request: Request,
    staff: Keeper,
    name: Annotated[str, Form(max_length=120)] = "",
    email: Annotated[str, Form(max_length=254)] = "",
    role: Annotated[str, Form(max_length=12)] = Role.OFFICER.value,
) -> Response:
    """A new account; its one-time link is shown this once."""
    try:
        async with database_of(request).write() as session:
            invited = await service.invite(
                session, clock_of(request), name=name, email=email, role=Role(role), actor=staff.id
            )
    except (Problem, ValueError):
        return await _page(request, staff, trouble="console/staff_add_trouble")
    return await _page(request, staff, link=_link(request, invited.token), for_whom=invited.staff.name)


@router.post("/staff/{staff_id}/link")
async def new_link(request: Request, staff_id: UUID, staff: Keeper) -> Response:
    """A new one-time link, for whoever lost theirs or forgot the password; their sessions end."""
    async with database_of(request).write() as session:
        account = _existing(await repository.staff_by_id(session, staff_id))
        invited = await service.invite_again(session, clock_of(request), email=account.email, actor=staff.id)
    return await _page(request, staff, link=_link(request, invited.token), for_whom=invited.staff.name)


@router.post("/staff/{staff_id}/second-step/forget")
async def forget_second_step(request: Request, staff_id: UUID, staff: Keeper) -> Response:
    """Somebody lost the phone and the recovery codes: they set up another at the next sign-in."""
    async with database_of(request).write() as session:
        account = _existing(await repository.staff_by_id(session, staff_id))
        await repository.end_sessions(session, staff_id=account.id)
        await second_step.take_away(session, clock_of(request), account.id, actor=staff.id)
    return await _page(request, staff, notice="console/staff_second_step_forgotten")


@router.post("/staff/{staff_id}/active")
async def set_active(
    request: Request, staff_id: UUID, staff: Keeper, active: Annotated[str, Form(max_length=3)] = "no"
) -> Response:
    """Close an account, which ends its sessions at once, or open it again. Nobody closes their own."""
    if staff_id == staff.id:
        return await _page(request, staff, trouble="console/staff_not_yourself")
    opened = active == "yes"
    async with database_of(request).write() as session:
        account = _existing(await repository.staff_by_id(session, staff_id))
        account.active = opened
        await repository.end_sessions(session, staff_id=account.id)
        action = "staff.opened" if opened else "staff.closed"
        await audit.record(session, clock_of(request), actor=staff.id, action=action, subject=account.id)
    return await _page(request, staff, notice="console/staff_opened" if opened else "console/staff_closed")


@router.post("/staff/{staff_id}/skills")
async def set_skills(
    request: Request,
    staff_id: UUID,
    staff: Keeper,
    skill: Annotated[list[Annotated[str, Form(max_length=40)]], Form(max_length=20)] = [],  # noqa: B006 - FastAPI copies it
    capacity: Annotated[int, Form(ge=1, le=presence.MOST_AT_ONCE)] = presence.CAPACITY,
) -> Response:
    """What somebody is especially good for, and how many people they take at once."""
    async with database_of(request).write() as session:
        await presence.set_skills(session, clock_of(request), staff_id, skill, actor=staff.id)
        await presence.set_capacity(session, clock_of(request), staff_id, capacity, actor=staff.id)
    return await _page(request, staff, notice="console/staff_skills_set")


def _existing(account: Staff | None) -> Staff:
    if account is None:
        raise NotFound("There is no such account.")
    return account


async def _page(
    request: Request,
    staff: CurrentStaff,
    *,
    link: str | None = None,
    for_whom: str = "",
    notice: str | None = None,
    trouble: str | None = None,
) -> Response:
    words, settings = words_of(request), _settings(request)
    async with database_of(request).read() as session:
        everybody = await repository.everybody(session)
        with_second_step = await repository.with_second_step(session)
        takers = {
            one.staff.id: one
            for one in await presence.everybody_who_takes_people(
                session, clock_of(request).now(), presence_seconds=settings.presence_seconds
            )
        }
    return draw(
        request,
        "staff.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if trouble else HTTPStatus.OK,
        staff=staff,
        csrf=staff.csrf_token or "",
        here="staff",
        everybody=everybody,
        with_second_step=with_second_step,
        takers=takers,
        skills=skills(),
        roles=list(Role),
        may_claim=lambda account: may(account.role, "claim"),
        link=link,
        for_whom=for_whom,
        days=service.INVITATION_DAYS,
        notice=words(notice) if notice else None,
        trouble=words(trouble) if trouble else None,
    )


def _link(request: Request, token: str) -> str:
    return f"{_settings(request).base_url}{HOME}/welcome/{token}"


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings
