"""What officers tried is listed one by one, with who did it, until an outcome is written down."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from fastapi import Request

from api.app import create_app
from api.console.silence import Silence
from api.console.words import ConsoleWords
from api.console.worklist import Recorded, WorkItem
from api.conversations.repository import conversation_for_change
from api.staff.guards import CurrentStaff
from tests.api.house import House
from tests.api.people import Colleague, hire
from tests.api.release_plans.conftest import Weeks
from tests.api.release_plans.test_non_response import LIST, unanswered

NO_ANSWER = {"what": "rang_no_answer"}


@pytest.fixture
async def http(house: House) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(house.parts.settings, parts=house.parts))
    async with httpx.AsyncClient(transport=transport, base_url="https://gateside.example.org") as http:
        yield http


@pytest.fixture
async def karen(house: House) -> Colleague:
    return await hire(house.parts.database, house.clock)


async def _listed(http: httpx.AsyncClient, karen: Colleague) -> dict[str, object]:
    [row] = (await http.get(LIST, headers=karen.bearer)).json()["items"]
    return dict(row)


async def test_each_try_of_an_officer_is_listed_after_what_the_service_asked(
    him: Weeks, http: httpx.AsyncClient, karen: Colleague
) -> None:
    await unanswered(him)
    path = f"{LIST}/{(await _listed(http, karen))['id']}/tried"
    earlier = {**NO_ANSWER, "tried_at": (him.house.clock.now() - timedelta(hours=1)).isoformat()}
    later = {"what": "asked_others", "note": "The hostel has not seen him."}
    for tried in (later, earlier):
        assert (await http.post(path, json=tried, headers=karen.bearer)).status_code == 204
    tried = (await _listed(http, karen))["tried"]
    assert isinstance(tried, list)
    assert [one["what"] for one in tried] == ["asked", "asked_again", "rang_no_answer", "asked_others"]
    assert [one["by"] for one in tried] == [None, None, "Karen", "Karen"]
    assert tried[-1]["note"] == "The hostel has not seen him."


async def test_a_try_to_come_or_after_the_outcome_is_refused(
    him: Weeks, http: httpx.AsyncClient, karen: Colleague
) -> None:
    await unanswered(him)
    row = f"{LIST}/{(await _listed(http, karen))['id']}"
    to_come = {**NO_ANSWER, "tried_at": (him.house.clock.now() + timedelta(hours=1)).isoformat()}
    assert (await http.post(f"{row}/tried", json=to_come, headers=karen.bearer)).status_code == 422
    assert (await http.post(f"{row}/outcome", json={"outcome": "safe"}, headers=karen.bearer)).status_code == 204
    assert (await http.post(f"{row}/tried", json=NO_ANSWER, headers=karen.bearer)).status_code == 409


async def test_on_the_console_a_try_is_written_down_and_the_row_stays(
    him: Weeks, house: House, karen: Colleague
) -> None:
    await unanswered(him)
    app = create_app(house.parts.settings, parts=house.parts)
    request = Request({"type": "http", "app": app, "headers": []})
    reader = CurrentStaff(karen.id, "Karen Muir", "Karen", "officer", "session")
    words, work = ConsoleWords(house.parts.voice), Silence()

    async def item() -> WorkItem:
        async with house.parts.database.read() as session:
            [found] = await work.items(session, request, reader=reader, words=words)
        return found

    async with house.parts.database.write() as session:
        listed = list(await work.items(session, request, reader=reader, words=words))
        await work.record(session, request, listed[0].id, reader, Recorded("rang_message_left", "With his mum"))
    assert (await item()).tries[2].endswith(", Karen rang and left a message. With his mum")


async def test_the_brief_lists_the_tries_until_an_outcome_is_written_down(
    him: Weeks, http: httpx.AsyncClient, karen: Colleague, house: House
) -> None:
    await unanswered(him)
    row = f"{LIST}/{(await _listed(http, karen))['id']}"
    await http.post(f"{row}/tried", json=NO_ANSWER, headers=karen.bearer)
    async with house.parts.database.write() as session:
        conversation = await conversation_for_change(session, him.conversation_id)
        assert conversation is not None
        handoff = await house.parts.queue.open_handoff(session, conversation, reason="asked")
    brief = f"/console/people/{handoff.id}?view=brief"
    assert "Karen rang, no answer" in (await http.get(brief, headers=karen.bearer)).text
    await http.post(f"{row}/outcome", json={"outcome": "safe"}, headers=karen.bearer)
    assert "rang, no answer" not in (await http.get(brief, headers=karen.bearer)).text
