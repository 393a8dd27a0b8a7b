"""The webchat over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from api.channels.web.rates import MESSAGES
from api.live import RESYNC, conversation_topic
from tests.api.house import Chat, House
from tests.api.people import hire

HERE = "/api/v1/conversations"


async def _opened(http: httpx.AsyncClient) -> Chat:
    answer = await http.post(HERE, json={"page": "https://example.org/help"})
    assert answer.status_code == 201
    return Chat(UUID(answer.json()["id"]), answer.json()["token"])


async def _write(http: httpx.AsyncClient, chat: Chat, text: Any, *, client_id: str | None = None) -> httpx.Response:
    return await http.post(
        f"{HERE}/{chat.id}/messages?wait=5",
        json={"client_id": client_id or uuid4().hex, "text": text},
        headers=chat.bearer,
    )


async def test_a_message_comes_back_with_its_answer_once_the_turn_has_settled(
    house: House, http: httpx.AsyncClient
) -> None:
    chat = await _opened(http)
    answer = await _write(http, chat, "what is naloxone")
    assert answer.status_code == 202
    body = answer.json()
    assert body["message"]["seq"] == 1
    assert body["safety"] == {"level": "none", "check": False, "kinds": []}
    assert [reply["text"] for reply in body["replies"]] == ["You said: what is naloxone"]
    since = (await http.get(f"{HERE}/{chat.id}/messages?after=1", headers=chat.bearer)).json()
    assert [item["text"] for item in since["items"]] == ["You said: what is naloxone"]
    assert since["next"] is None


async def test_an_answer_that_was_missed_live_is_read_where_it_is_stored(house: House, http: httpx.AsyncClient) -> None:
    chat = await _opened(http)
    house.bot.gate = asyncio.Event()
    writing = asyncio.create_task(_write(http, chat, "what is naloxone"))
    async with asyncio.timeout(10):
        while not house.bot.turns:  # noqa: ASYNC110 - the stand-in tells nobody
            await asyncio.sleep(0.01)
    await house.parts.live.publish(conversation_topic(chat.id), RESYNC)
    house.bot.gate.set()
    await house.settled()
    assert (await writing).status_code == 202
    again = await http.get(f"{HERE}/{chat.id}/messages?after=1", headers=chat.bearer)
    assert [item["text"] for item in again.json()["items"]] == ["You said: what is naloxone"]


async def test_danger_comes_back_at_once_with_999_first_and_the_conversation_says_so(
    house: House, http: httpx.AsyncClient
) -> None:
    chat = await _opened(http)
    body = (await _write(http, chat, "he's no breathin, he's gone blue")).json()
    assert body["replies"][0]["text"].startswith("CALL 999")
    assert body["replies"][0]["author"] == "service"
    state = (await http.get(f"{HERE}/{chat.id}", headers=chat.bearer)).json()
    assert (state["safety"], state["position"]) == ("emergency", 1)


async def test_an_officer_is_named_and_leaving_the_queue_is_the_persons_own_choice(
    house: House, http: httpx.AsyncClient
) -> None:
    karen = await hire(house.parts.database, house.clock, "Karen Muir", present=True)
    chat = await _opened(http)
    await _write(http, chat, "person")
    state = (await http.get(f"{HERE}/{chat.id}", headers=chat.bearer)).json()
    assert (state["owner"], state["position"]) == ("queue", 1)
    left = (await http.post(f"{HERE}/{chat.id}/leave-queue", headers=chat.bearer)).json()
    assert (left["owner"], left["position"]) == ("assistant", None)
    await _write(http, chat, "person")
    await http.post("/api/v1/handoffs/next", headers=karen.bearer)
    state = (await http.get(f"{HERE}/{chat.id}", headers=chat.bearer)).json()
    assert (state["owner"], state["officer"]) == ("officer", {"first_name": "Karen"})
    back = await http.post(f"{HERE}/{chat.id}/callback", json={"when": "Friday morning"}, headers=chat.bearer)
    assert back.status_code == 200


async def test_a_copy_holds_everything_and_a_wipe_leaves_nothing(house: House, http: httpx.AsyncClient) -> None:
    chat = await _opened(http)
    await _write(http, chat, "hello")
    copy = (await http.get(f"{HERE}/{chat.id}/copy", headers=chat.bearer)).json()
    assert [message["text"] for message in copy["messages"]] == ["hello", "You said: hello"]
    assert (await http.delete(f"{HERE}/{chat.id}", headers=chat.bearer)).status_code == 204
    gone = await http.get(f"{HERE}/{chat.id}", headers=chat.bearer)
    assert gone.status_code == 404
    assert gone.headers["content-type"] == "application/problem+json"


async def test_the_release_plan_is_the_persons_own(house: House, http: httpx.AsyncClient) -> None:
    chat = await _opened(http)
    path = f"{HERE}/{chat.id}/release-plan"
    assert (await http.get(path, headers=chat.bearer)).status_code == 404
    put = await http.put(path, json={"release_date": "2026-11-27", "prison": "kilmarnock"}, headers=chat.bearer)
    assert put.status_code == 200
    assert (await http.get(path, headers=chat.bearer)).json()["release_date"] == "2026-11-27"
    assert (await http.delete(path, headers=chat.bearer)).status_code == 204
    assert (await http.get(path, headers=chat.bearer)).status_code == 404


async def test_bad_input_is_a_clear_error_or_a_kind_answer_and_never_a_500(
    house: House, http: httpx.AsyncClient
) -> None:
    chat = await _opened(http)
    assert (await _write(http, chat, "   ")).status_code == 422
    assert (await _write(http, chat, "\x00\x07\x1b")).status_code == 422
    assert (await _write(http, chat, "x" * 10_000)).status_code == 413
    emoji = await _write(http, chat, "🙂🙂🙂")
    assert emoji.status_code == 202
    assert emoji.json()["replies"][0]["text"] == house.parts.voice.say("reception/not_text", channel="web").text
    odd = await _write(http, chat, "hel\x00lo \ud83d there".encode("utf-8", "replace").decode())
    assert odd.status_code == 202
    for body in (b"{", b"[]", b"null", b"\xff\xfe", b'{"text": 3, "client_id": "a"}', b'{"text": "a"}'):
        answer = await http.post(f"{HERE}/{chat.id}/messages", content=body, headers=chat.bearer)
        assert answer.status_code == 422, body
        assert answer.headers["content-type"] == "application/problem+json"
    for client_id in ("", "a b", "x" * 101, "<script>"):
        answer = await http.post(
            f"{HERE}/{chat.id}/messages", json={"client_id": client_id, "text": "a"}, headers=chat.bearer
        )
        assert answer.status_code == 422
    huge = await http.post(f"{HERE}/{chat.id}/messages", content=b"x" * 100_000, headers=chat.bearer)
    assert huge.status_code == 413
    for query in ("after=-1", "after=x", "after=99999999999999"):
        assert (await http.get(f"{HERE}/{chat.id}/messages?{query}", headers=chat.bearer)).status_code == 422
    assert len(await house.said(chat.id)) == 4


async def test_danger_in_a_message_that_is_too_long_is_still_answered(house: House, http: httpx.AsyncClient) -> None:
    chat = await _opened(http)
    answer = await _write(http, chat, "he's not breathing. " + "please help us " * 1_000)
    assert answer.status_code == 202
    assert answer.json()["replies"][0]["text"].startswith("CALL 999")


async def test_tokens_and_ids_that_open_nothing_are_refused_clearly(house: House, http: httpx.AsyncClient) -> None:
    chat, other = await _opened(http), await _opened(http)
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Basic x"}, other.bearer):
        for call in (
            http.get(f"{HERE}/{chat.id}", headers=headers),
            http.get(f"{HERE}/{chat.id}/messages", headers=headers),
            http.delete(f"{HERE}/{chat.id}", headers=headers),
            http.post(f"{HERE}/{chat.id}/messages", json={"client_id": "a", "text": "x"}, headers=headers),
        ):
            answer = await call
            assert answer.status_code == 401
            assert answer.json()["detail"]
    for unknown in (str(uuid4()), "nonsense", "0"):
        assert (await http.get(f"{HERE}/{unknown}", headers=chat.bearer)).status_code == 404
    assert await house.said(chat.id) == []


async def test_with_the_database_gone_danger_is_answered_and_the_message_is_sent_again_once(
    house: House, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asynccontextmanager
    async def broken() -> AsyncIterator[Any]:
        raise OperationalError("SELECT", {}, Exception("gone"))
        yield

    with monkeypatch.context() as away:
        away.setattr(house.parts.database, "write", broken)
        away.setattr(house.parts.database, "read", broken)
        chat = await _opened(http)
        answer = await _write(http, chat, "he's no breathin", client_id="a")
        assert answer.status_code == 503
        assert answer.json()["replies"][0]["text"].startswith("CALL 999 NOW")
        assert answer.json()["safety"]["level"] == "emergency"
        assert (await http.get("/health/ready")).status_code == 503
    again = await _write(http, chat, "he's no breathin", client_id="a")
    assert again.status_code == 202
    assert again.json()["message"]["seq"] == 1
    assert again.json()["replies"][0]["text"].startswith("CALL 999")


async def test_a_flood_is_slowed_and_danger_is_not(
    house: House, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await _opened(http)
    monkeypatch.setattr(MESSAGES, "amount", 1)
    assert (await _write(http, chat, "hello")).status_code == 202
    refused = await _write(http, chat, "hello again")
    assert refused.status_code == 429
    assert refused.headers["retry-after"]
    assert (await _write(http, chat, "he's not breathing")).status_code == 202


async def test_a_widget_on_another_page_may_call_with_its_token_and_no_page_may_frame_us(
    house: House, http: httpx.AsyncClient
) -> None:
    asked = await http.options(
        HERE, headers={"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    )
    assert asked.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in asked.headers
    console = await http.get("/console/sign-in", headers={"Origin": "https://elsewhere.example"})
    assert "access-control-allow-origin" not in console.headers
    page = await http.get("/")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"


async def test_pages_and_files_are_served_once_and_then_known(house: House, http: httpx.AsyncClient) -> None:
    for path, kind in (("/", "text/html"), ("/widget.js", "text/javascript"), ("/tokens.css", "text/css")):
        first = await http.get(path)
        assert first.status_code == 200
        assert first.headers["content-type"].startswith(kind)
        assert (await http.get(path, headers={"If-None-Match": first.headers["etag"]})).status_code == 304
    missing = await http.get("/nothing-here", headers={"Accept": "text/html"})
    assert missing.status_code == 404
    assert missing.headers["content-type"].startswith("text/html")
    assert (await http.get("/nothing-here")).headers["content-type"] == "application/problem+json"
