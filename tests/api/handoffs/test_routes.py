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


async def test_two_officers_and_a_lead_share_a_conversation_over_http(
    client: httpx.AsyncClient, wait: Wait, database: Database, clock: FixedClock, karen: Colleague
) -> None:
    second = await hire(database, clock, "Una Second", present=True)
    lead = await hire(database, clock, "Morag Lead", role=Role.LEAD, present=True)
    handoff = await wait(level="emergency")

    async def post(who: Colleague, path: str, body: object = None) -> tuple[int, dict[str, object]]:
        answer = await client.post(f"{HERE}/{handoff.id}/{path}", headers=who.bearer, json=body)
        return answer.status_code, answer.json()

    await post(karen, "claim")
    assert (await post(karen, "whisper", {"text": "psst"}))[0] == 403
    assert (await post(karen, "transfer", {"staff_id": str(second.id)}))[1]["offered_to"] == str(second.id)
    assert (await post(second, "join"))[1]["second_officer"] == str(second.id)
    assert (await post(second, "messages", {"text": "Hello, I'm Una."}))[1]["name"] == "Una"
    assert (await post(second, "messages", {"text": "She sounds tired.", "audience": "staff"}))[1]["kind"] == "note"
    assert (await post(karen, "step-out"))[1]["claimed_by"] == str(second.id)
    assert (await post(lead, "listen"))[0] == 200
    assert (await post(lead, "whisper", {"text": "Ask about tonight."}))[1]["audience"] == "staff"
    called = {"rung_by": "person", "place": "12 Glebe Street", "reference": "SAS 1"}
    assert (await post(second, "ambulance-called", called))[0] == 201
    detail = (await client.get(f"{HERE}/{handoff.id}", headers=lead.bearer)).json()
    assert detail["listeners"] == [str(lead.id)]
    assert [note["kind"] for note in detail["notes"]] == ["note", "whisper"]
    assert detail["brief"]["ambulances"][0]["reference"] == "SAS 1"
    assert (await post(second, "end"))[1]["state"] == "wrap_up"
    end = {
        "outcome": "emergency_services_called",
        "note": "Ambulance there.",
        "needs_met": ["naloxone"],
        "needs_referred": ["family_support"],
        "naloxone": "arranged",
        "follow_up_on": "2026-12-01",
        "agreed": "You ring us on Tuesday.",
    }
    status, closed = await post(second, "wrap-up", end)
    assert (status, closed["state"], closed["service_level"]) == (200, "closed", "hit")
    assert {name: closed[name] for name in end if name != "note"} == {key: end[key] for key in end if key != "note"}
    assert handoff.conversation_id is not None
    assert "tired" not in " ".join(message.text for message in await said(database, handoff.conversation_id))
    again = await wait(conversation_id=handoff.conversation_id)
    story = (await client.get(f"{HERE}/{again.id}", headers=karen.bearer)).json()["brief"]["earlier"]
    assert [(one["officer"], one["outcome"], one["agreed"]) for one in story] == [
        ("Una", "emergency_services_called", "You ring us on Tuesday.")
    ]


async def test_calls_that_nobody_made_have_a_list_of_their_own(client: httpx.AsyncClient, karen: Colleague) -> None:
    answer = await client.get(f"{HERE}/missed-callbacks", headers=karen.bearer)
    assert (answer.status_code, answer.json()) == (200, {"items": [], "next": None})
