"""Only who may, may: by cookie from our own pages, by token from scripts, by the service token from our processes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Form
from sqlalchemy import update

from api.database.engine import Database
from api.keys import Keys
from api.problems import install_problem_details
from api.settings import Settings
from api.staff.access import Guard, Public, UnguardedRoute, routes_by_access
from api.staff.guards import CurrentStaff, ServiceOnly, StaffMay
from api.staff.models import Role, Staff, StaffToken
from api.staff.permissions import PERMISSIONS
from api.staff.sign_in import COOKIE
from tests.api.clocks import FixedClock
from tests.api.people import Colleague, hire


@pytest.fixture
async def client(database: Database, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.state.database, app.state.clock = database, clock
    app.state.settings = Settings(public_url="https://help.example.org")
    app.state.keys = Keys(encryption=b"", lookup=b"", service_token="between us")
    install_problem_details(app)

    @app.get("/queue")
    async def queue(staff: Annotated[CurrentStaff, Depends(StaffMay("read_queue"))]) -> str:
        return staff.first_name

    @app.post("/claim")
    async def claim(staff: Annotated[CurrentStaff, Depends(StaffMay("claim"))]) -> str:
        return staff.via

    @app.post("/form")
    async def form(words: Annotated[str, Form()], staff: Annotated[CurrentStaff, Depends(StaffMay("claim"))]) -> str:
        return words

    @app.get("/internal", dependencies=[Depends(ServiceOnly())])
    async def internal() -> str:
        return "ok"

    routes_by_access(app)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://front.test") as client:
        yield client


@pytest.fixture
async def karen(database: Database, clock: FixedClock) -> Colleague:
    return await hire(database, clock, present=True)


COOKIES = {"Cookie": f"{COOKIE}=cookie of karen.muir@example.org"}
CSRF = {"X-CSRF-Token": "csrf"}


async def test_a_stranger_is_asked_to_sign_in(client: httpx.AsyncClient) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Cookie": f"{COOKIE}=wrong"}):
        answer = await client.get("/queue", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == 401


async def test_a_scripts_token_opens_without_a_cookie_or_csrf(client: httpx.AsyncClient, karen: Colleague) -> None:
    assert (await client.post("/claim", headers=karen.bearer)).json() == "token"


async def test_a_revoked_token_opens_nothing(
    client: httpx.AsyncClient, karen: Colleague, database: Database, clock: FixedClock
) -> None:
    async with database.write() as session:
        await session.execute(update(StaffToken).values(revoked_at=clock.now()))
    assert (await client.get("/queue", headers=karen.bearer)).status_code == 401


async def test_a_cookie_opens_until_its_session_is_over(
    client: httpx.AsyncClient, karen: Colleague, clock: FixedClock
) -> None:
    assert (await client.get("/queue", headers=COOKIES)).json() == "Karen"
    clock.set(clock.now() + timedelta(days=365))
    assert (await client.get("/queue", headers=COOKIES)).status_code == 401


async def test_a_closed_account_opens_nothing_though_its_token_stands(
    client: httpx.AsyncClient, karen: Colleague, database: Database
) -> None:
    async with database.write() as session:
        await session.execute(update(Staff).values(active=False))
    assert (await client.get("/queue", headers=karen.bearer)).status_code == 401
    assert (await client.get("/queue", headers=COOKIES)).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"X-CSRF-Token": "guessed"}, 403),
        (CSRF, 200),
        (CSRF | {"Origin": "http://front.test"}, 200),
        (CSRF | {"Origin": "https://help.example.org"}, 200),
        (CSRF | {"Origin": "https://evil.example"}, 403),
        (CSRF | {"Origin": "null"}, 403),
        (CSRF | {"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
        (CSRF | {"Sec-Fetch-Site": "same-site"}, 403),
        (CSRF | {"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
async def test_a_change_by_cookie_comes_from_our_own_pages_only(
    client: httpx.AsyncClient, karen: Colleague, headers: dict[str, str], status: int
) -> None:
    assert (await client.post("/claim", headers=COOKIES | headers)).status_code == status


async def test_a_form_carries_the_csrf_token_in_a_field(client: httpx.AsyncClient, karen: Colleague) -> None:
    good = await client.post("/form", headers=COOKIES, data={"words": "hello", "csrf_token": "csrf"})
    bad = await client.post("/form", headers=COOKIES, data={"words": "hello", "csrf_token": "wrong"})
    assert (good.status_code, good.json(), bad.status_code) == (200, "hello", 403)


async def test_who_keeps_the_accounts_does_not_read_the_queue(
    client: httpx.AsyncClient, database: Database, clock: FixedClock
) -> None:
    admin = await hire(database, clock, "Ad Min", role=Role.ADMIN)
    assert (await client.get("/queue", headers=admin.bearer)).status_code == 403


async def test_our_own_processes_show_the_service_token(client: httpx.AsyncClient) -> None:
    assert (await client.get("/internal", headers={"Authorization": "Bearer between us"})).status_code == 200
    assert (await client.get("/internal", headers={"Authorization": "Bearer wrong"})).status_code == 401
    assert (await client.get("/internal")).status_code == 401


def test_a_route_that_says_not_who_may_use_it_is_refused() -> None:
    app = FastAPI()

    @app.get("/open")
    async def open_() -> str:
        return "to all"

    with pytest.raises(UnguardedRoute, match="/open"):
        routes_by_access(app)


def test_a_route_in_an_included_router_is_refused_too() -> None:
    inner, outer, app = APIRouter(prefix="/inner"), APIRouter(prefix="/outer"), FastAPI()

    @inner.get("/open")
    async def open_() -> str:
        return "to all"

    outer.include_router(inner)
    app.include_router(outer)
    with pytest.raises(UnguardedRoute, match="/outer/inner/open"):
        routes_by_access(app)


def test_every_role_stands_in_the_one_map() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert issubclass(Public, Guard)
