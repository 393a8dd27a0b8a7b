"""The application as a whole: who may use what, and whether it is well."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from api.app import create_app
from api.body_limit import BodyLimit
from api.staff.access import UnguardedRoute, routes_by_access
from tests.api.clocks import FixedClock
from tests.api.house import TOKEN, House, build_house

PERSON = "/api/v1/conversations/{conversation_id}"


@pytest.fixture
def house(tmp_path: Path, clock: FixedClock) -> House:
    return build_house(tmp_path, f"sqlite:///{tmp_path / 'gateside.db'}", clock, worker=True)


def test_every_route_says_who_may_use_it_and_this_is_the_list(house: House) -> None:
    found = routes_by_access(create_app(house.parts.settings, parts=house.parts))
    assert {route for route, access in found.items() if access == "public"} == {
        "GET /", "GET /exit", "GET /widget.js", "GET /tokens.css", "GET /page.css",
        "GET /signpost", "POST /signpost", "POST /signpost/reached", "GET /signpost/signpost.css",
        "GET /signpost/signpost.js", "GET /signpost/code.svg", "GET /signpost/plan",
        "GET /signpost/kept.js", "GET /signpost/reached", "POST /signpost/plan",
        "GET /signpost/card.pdf", "GET /signpost/leaflet.pdf",
        "GET /overdose", "GET /naloxone", "GET /leaving-prison", "GET /services",
        "GET /health/live", "GET /health/ready",
        "GET /api/v1/services", "GET /api/v1/drop-ins", "GET /api/v1/drop-ins.ics", "POST /api/v1/conversations",
        "GET /console/sign-in", "POST /console/sign-in", "POST /console/sign-out", "GET /console/welcome/{token}",
        "POST /console/welcome/{token}", "GET /console/static/{name}", "GET /console/{rest:path}",
    }  # fmt: skip
    assert {route for route, access in found.items() if access == "person"} == {
        f"GET {PERSON}", f"DELETE {PERSON}", f"GET {PERSON}/messages", f"POST {PERSON}/messages",
        f"GET {PERSON}/copy", f"POST {PERSON}/leave-queue", f"POST {PERSON}/callback", f"GET {PERSON}/release-plan",
        f"PUT {PERSON}/release-plan", f"DELETE {PERSON}/release-plan", f"GET {PERSON}/result", f"POST {PERSON}/result",
        f"GET {PERSON}/waiting", f"WEBSOCKET {PERSON}/live", f"POST {PERSON}/copy",
    }  # fmt: skip
    assert {route for route, access in found.items() if access == "twilio"} == {
        f"POST /webhooks/twilio/{name}" for name in ("messages", "status", "fallback")
    }
    internal = {route for route, access in found.items() if access == "service"}
    assert {route.split(" ")[1].split("/")[1] for route in internal} == {"internal", "metrics"}
    assert {route for route, access in found.items() if access == "second_step"} == {
        f"{method} /console/sign-in/{page}" for method in ("GET", "POST") for page in ("code", "set-up")
    }  # fmt: skip
    assert {route for route, access in found.items() if access == "referrer"} == {
        "POST /api/v1/referrals", "GET /api/v1/referrals/reached/{code}",
    }  # fmt: skip
    on_this_machine = {route for route, access in found.items() if access == "development"}
    assert {route.split(" ")[1].split("/")[1] for route in on_this_machine} == {"dev"}
    others = set(found.values()) - {
        "public", "person", "twilio", "service", "second_step", "referrer", "development",
    }  # fmt: skip
    assert all(access.startswith("staff:") for access in others)


def test_a_route_that_says_nothing_stops_the_start() -> None:
    app, router = FastAPI(), APIRouter()

    @router.get("/forgotten")
    async def forgotten() -> None:
        """Says not who may use it."""

    app.include_router(router)
    with pytest.raises(UnguardedRoute, match="/forgotten"):
        routes_by_access(app)


async def test_the_whole_service_runs_in_one_process_and_answers(house: House) -> None:
    app = create_app(house.parts.settings, parts=house.parts)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://gateside.example.org") as http,
    ):
        assert (await http.get("/health/live")).json() == {"status": "ok"}
        ready = await http.get("/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (200, "ready")
        house.bot.down = True
        degraded = await http.get("/health/ready")
        assert (degraded.status_code, degraded.json()["status"]) == (200, "degraded")
        house.bot.down = False
        opened = (await http.post("/api/v1/conversations")).json()
        answer = await http.post(
            f"/api/v1/conversations/{opened['id']}/messages?wait=10",
            json={"client_id": "a", "text": "what is naloxone"},
            headers={"Authorization": f"Bearer {opened['token']}"},
        )
        assert answer.json()["replies"][0]["text"] == "You said: what is naloxone"
        refused = await http.post(
            f"/api/v1/conversations/{opened['id']}/messages",
            json={"text": 7},
            headers={"Authorization": f"Bearer {opened['token']}"},
        )
        assert refused.json()["detail"] == house.parts.voice.say("errors/bad_request", channel="web").text
        await house.twilio.text_in(
            http, "https://gateside.example.org", number="+447700900123", body="he's no breathin"
        )
        async with asyncio.timeout(10):
            while len(house.twilio.texts_to("+447700900123")) < 2:  # noqa: ASYNC110 - the outbox works by itself
                await asyncio.sleep(0.02)
        assert house.twilio.texts_to("+447700900123")[0].startswith("CALL 999 NOW")
        assert (await http.get("/metrics")).status_code == 401
        counted = await http.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert "gateside_emergencies_waiting 1.0" in counted.text
        described = (await http.get("/openapi.json")).json()
        assert f"{PERSON}/messages" in described["paths"]
        assert not any(path.startswith(("/internal", "/webhooks", "/console")) for path in described["paths"])


async def test_a_body_too_large_is_refused_however_it_comes() -> None:
    async def app(scope: object, receive: object, send: object) -> None:
        raise AssertionError("never reached")

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"x" * 10

    transport = httpx.ASGITransport(BodyLimit(app, largest=20))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as http:
        for content in (b"x" * 21, parts()):
            answer = await http.post("/", content=content)
            assert answer.status_code == 413
            assert answer.headers["content-type"] == "application/problem+json"
