"""What the actions do when the service behind them fails."""

from __future__ import annotations

import logging
from datetime import date

import pytest
from aiohttp import web

from actions.front_door import HttpFrontDoor, Standing
from actions.heard import Heard

HEARD = Heard("c1", "m1", "secret words", "greet", (), (), "web", None, None, {}, None)


@pytest.fixture
async def service():
    """A real HTTP service whose answers the test scripts."""
    answers: list[web.Response] = []
    seen: list[tuple[str, str, str | None]] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((request.method, request.path_qs, request.headers.get("Authorization")))
        return answers.pop(0) if answers else web.Response(status=503)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield HttpFrontDoor(f"http://127.0.0.1:{port}/", "t"), answers, seen
    await runner.cleanup()


async def test_the_wish_for_a_person_is_sent_again_when_the_first_try_fails(service):
    door, answers, seen = service
    standing = {"position": 3, "officers_available": 1, "estimate_minutes": None}
    answers.extend([web.Response(status=500), web.json_response({"standing": standing}, status=202)])
    assert await door.ask_for(HEARD, "handoff", "asked") == Standing(3, 1, None)
    assert len(seen) == 2
    assert {authorization for _, _, authorization in seen} == {"Bearer t"}


async def test_a_service_that_is_down_is_told_apart_from_an_empty_answer(service):
    door, answers, _ = service
    assert await door.services("housing", "fife") is None
    answers.append(web.json_response({"items": []}))
    assert await door.services("housing", "fife") == []
    assert await door.ask_for(HEARD, "handoff", "asked") is None
    assert await door.keep_release_date(HEARD, date(2026, 11, 27), None) is False


async def test_what_was_kept_is_known_to_be_kept(service):
    door, answers, seen = service
    answers.extend([web.Response(status=204), web.json_response({"release_date": "2026-11-27", "days_until": 5})])
    assert await door.keep(HEARD, {"place": "fife"}) is True
    assert await door.keep_release_date(HEARD, date(2026, 11, 27), "perth") is True
    assert [path for _, path, _ in seen] == [
        "/internal/v1/conversations/c1/facts", "/internal/v1/conversations/c1/release-plan",
    ]  # fmt: skip


async def test_an_answer_that_is_no_json_is_a_failure_and_no_words_are_logged(service, caplog):
    door, answers, _ = service
    answers.append(web.Response(text="<html>", content_type="text/html"))
    with caplog.at_level(logging.DEBUG):
        assert await door.services(None, None) is None
        assert await HttpFrontDoor("http://127.0.0.1:9", "t").keep(HEARD, {"place": "fife"}) is False
    ours = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("gateside"))
    assert "failed" in ours
    assert "fife" not in ours
    assert "secret" not in ours
