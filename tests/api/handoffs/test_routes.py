"""The queue over HTTP: staff only, clear refusals, and the whole way from waiting to closed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from api.database.engine import Database
from api.handoffs.officers import Handoffs
from api.handoffs.routes import router
from api.problems import install_problem_details
from api.settings import Settings
from api.staff.access import routes_by_access
from api.staff.models import Role
from tests.api.callers import said, write
from tests.api.clocks import FixedClock
from tests.api.handoffs.conftest import Wait
from tests.api.people import Colleague, hire

HERE = "/api/v1/handoffs"


@pytest.fixture
def app(database: Database, clock: FixedClock, handoffs: Handoffs) -> FastAPI:
    app = FastAPI()
    app.state.database, app.state.clock, app.state.handoffs = database, clock, handoffs
    app.state.settings = Settings()
    install_problem_details(app)
    app.include_router(router)
    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client:
        yield client


@pytest.fixture
async def karen(database: Database, clock: FixedClock) -> Colleague:
    return await hire(database, clock, "Karen Muir", present=True)


@pytest.fixture
async def ross(database: Database, clock: FixedClock) -> Colleague:
    return await hire(database, clock, "Ross Bain")


def test_every_call_is_for_staff(app: FastAPI) -> None:
    access = routes_by_access(app)
    assert {word.split(":")[0] for route, word in access.items() if HERE in route} == {"staff"}


async def test_from_waiting_to_finished_over_http(
    client: httpx.AsyncClient, wait: Wait, database: Database, clock: FixedClock, karen: Colleague
) -> None:
    handoff = await wait(relation="son")
    assert handoff.conversation_id is not None
    await write(database, clock, handoff.conversation_id, "hello?")
    listed = (await client.get(HERE, headers=karen.bearer, params={"state": "waiting"})).json()
    assert [(item["id"], item["position"]) for item in listed["items"]] == [(str(handoff.id), 1)]
    assert listed["next"] is None

    taken = await client.post(f"{HERE}/next", headers=karen.bearer)
    assert (taken.status_code, taken.json()["state"]) == (200, "claimed")
    detail = (await client.get(f"{HERE}/{handoff.id}", headers=karen.bearer)).json()
    assert detail["conversation_id"] == str(handoff.conversation_id)
    assert detail["brief"]["relation"] == "son"

    spoken = await client.post(f"{HERE}/{handoff.id}/messages", headers=karen.bearer, json={"text": "Hello."})
    assert (spoken.status_code, spoken.json()["author"], spoken.json()["name"]) == (201, "officer", "Karen")
    read = (await client.get(f"{HERE}/{handoff.id}/messages", headers=karen.bearer, params={"after": 1})).json()
    assert [item["author"] for item in read["items"]] == ["assistant", "officer"]

    for call in ("heartbeat", "typing"):
        assert (await client.post(f"{HERE}/{handoff.id}/{call}", headers=karen.bearer)).status_code in (200, 204)
    note = await client.post(f"{HERE}/{handoff.id}/notes", headers=karen.bearer, json={"text": "Rang."})
    assert (note.status_code, note.json()["text"]) == (201, "Rang.")
    end = {"outcome": "referred", "note": "To the local family group."}
    closed = await client.post(f"{HERE}/{handoff.id}/wrap-up", headers=karen.bearer, json=end)
    assert (closed.status_code, closed.json()["state"], closed.json()["outcome"]) == (200, "closed", "referred")
    assert [message.author for message in await said(database, handoff.conversation_id)][-1] == "assistant"


@pytest.mark.parametrize("way", ["claim", "next"])
async def test_taking_what_somebody_else_has_is_a_conflict_or_nothing(
    client: httpx.AsyncClient, wait: Wait, karen: Colleague, ross: Colleague, way: str
) -> None:
    handoff = await wait()
    await client.post(f"{HERE}/{handoff.id}/claim", headers=karen.bearer)
    path = f"{HERE}/next" if way == "next" else f"{HERE}/{handoff.id}/claim"
    answer = await client.post(path, headers=ross.bearer)
    assert answer.headers["content-type"] == "application/problem+json"
    if way == "next":
        assert answer.status_code == 404
    else:
        assert (answer.status_code, answer.json()["taken_by"]) == (409, "Karen")


async def test_handing_back_handing_over_and_booking_a_callback(
    client: httpx.AsyncClient, wait: Wait, karen: Colleague
) -> None:
    states = []
    for call, body in (
        ("return", {}),
        ("transfer", {"skill": "bereavement", "warm": False}),
        ("callback", {"when": "2026-11-26T10:00:00+00:00"}),
    ):
        handoff = await wait()
        await client.post(f"{HERE}/{handoff.id}/claim", headers=karen.bearer)
        states.append(
            (await client.post(f"{HERE}/{handoff.id}/{call}", headers=karen.bearer, json=body)).json()["state"]
        )
    assert states == ["returned_to_assistant", "waiting", "callback_scheduled"]


REFUSED: list[tuple[str, str, object, int]] = [
    ("POST", "{id}/wrap-up", {"outcome": "fine", "note": "x"}, 422),
    ("POST", "{id}/wrap-up", {"outcome": "safe", "note": "  "}, 422),
    ("POST", "{id}/messages", {"text": ""}, 422),
    ("POST", "{id}/messages", {"text": "x" * 4001}, 422),
    ("POST", "{id}/messages", {"text": 7}, 422),
    ("POST", "{id}/messages", [], 422),
    ("POST", "{id}/messages", {"text": "hello"}, 409),
    ("POST", "{id}/heartbeat", None, 409),
    ("POST", "{id}/callback", {"when": "2026-11-26T10:00:00"}, 422),
    ("GET", "not-an-id", None, 422),
    ("GET", "{other}", None, 404),
    ("POST", "{other}/claim", None, 404),
    ("GET", "?state=lost", None, 422),
    ("GET", "?after=-1", None, 422),
]


async def test_what_cannot_be_is_refused_clearly(client: httpx.AsyncClient, wait: Wait, karen: Colleague) -> None:
    handoff = await wait()
    for method, path, body, status in REFUSED:
        where = path.format(id=handoff.id, other=uuid4())
        url = HERE + where if where.startswith("?") else f"{HERE}/{where}"
        answer = await client.request(method, url, headers=karen.bearer, json=body)
        assert (path, body, answer.status_code) == (path, body, status)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status
        assert "x" * 100 not in answer.text


async def test_strangers_and_who_keeps_the_accounts_are_kept_out(
    client: httpx.AsyncClient, wait: Wait, database: Database, clock: FixedClock
) -> None:
    admin = await hire(database, clock, "Ad Min", role=Role.ADMIN)
    handoff = await wait()
    for path in ("", f"/{handoff.id}", f"/{handoff.id}/messages"):
        assert (await client.get(HERE + path)).status_code == 401
        assert (await client.get(HERE + path, headers=admin.bearer)).status_code == 403


async def test_a_long_queue_comes_in_pages(
    client: httpx.AsyncClient, wait: Wait, karen: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.handoffs.routes._PAGE", 2)
    waiting = [str((await wait()).id) for _ in range(3)]
    first = (await client.get(HERE, headers=karen.bearer)).json()
    second = (await client.get(HERE, headers=karen.bearer, params={"after": first["next"]})).json()
    assert [item["id"] for item in first["items"] + second["items"]] == waiting
    assert second["next"] is None
