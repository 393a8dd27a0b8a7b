"""Not answering is acted on: officers see what is known and tried, until one of them writes down an outcome."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from uuid import uuid4

import httpx
import pytest
from fastapi import Request

from api.app import create_app
from api.audit import repository as audit
from api.console.silence import Silence
from api.console.words import ConsoleWords
from api.console.worklist import Recorded
from api.conversations.repository import note_fact
from api.problems import Unprocessable
from api.staff.guards import CurrentStaff
from api.staff.models import Role
from tests.api.house import House
from tests.api.people import hire
from tests.api.release_plans.conftest import FRIDAY, Weeks, at

LIST = "/api/v1/release-plans/non-response"
THURSDAY = date(2026, 11, 26)


@pytest.fixture
async def http(house: House) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(house.parts.settings, parts=house.parts)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://gateside.example.org") as http:
        yield http


async def unanswered(him: Weeks) -> None:
    """He is asked twice on the day he gets out and says nothing."""
    async with him.house.parts.database.write() as session:
        await note_fact(session, him.conversation_id, "place", "fife", now=him.house.clock.now())
        await note_fact(session, him.conversation_id, "location", "a close in Leith", now=him.house.clock.now())
    await him.plan(THURSDAY)
    await him.until(at(FRIDAY, 9))


async def test_an_officer_sees_what_is_known_and_what_was_tried(him: Weeks, http: httpx.AsyncClient) -> None:
    await unanswered(him)
    karen = await hire(him.house.parts.database, him.house.clock)
    listed = (await http.get(LIST, headers=karen.bearer)).json()
    assert listed["next"] is None
    [row] = listed["items"]
    assert row["known"] == {"audience": "self", "place": "fife"}
    assert [tried["what"] for tried in row["tried"]] == ["asked", "asked_again"]
    assert (row["day"], row["topic"], row["heard_since"]) == (0, "safe_today", False)


async def test_the_row_stays_until_somebody_writes_down_an_outcome(him: Weeks, http: httpx.AsyncClient) -> None:
    await unanswered(him)
    await him.says("sorry phone was dead")
    await him.duty.one_round()
    karen = await hire(him.house.parts.database, him.house.clock)
    [row] = (await http.get(LIST, headers=karen.bearer)).json()["items"]
    assert row["heard_since"]
    path = f"{LIST}/{row['id']}/outcome"
    assert (await http.post(path, json={"outcome": "vanished"}, headers=karen.bearer)).status_code == 422
    done = await http.post(path, json={"outcome": "safe", "note": "Phone was dead"}, headers=karen.bearer)
    assert done.status_code == 204
    assert (await http.get(LIST, headers=karen.bearer)).json()["items"] == []
    again = await http.post(path, json={"outcome": "safe"}, headers=karen.bearer)
    assert (again.status_code, again.headers["content-type"]) == (409, "application/problem+json")
    async with him.house.parts.database.read() as session:
        deeds = [entry.action for entry in await audit.entries(session, limit=20)]
    assert "check_in.outcome" in deeds


@pytest.mark.parametrize(
    ("outcome", "state", "because"),
    [
        ("safe", "active", None), ("not_reached", "active", None), ("died", "ended", "died"),
        ("back_inside", "paused", "recalled"), ("wrong_number", "paused", "another_holder"),
        ("asked_to_stop", "ended", "stopped"),
    ],
)  # fmt: skip
async def test_the_plan_goes_by_the_outcome(
    him: Weeks, http: httpx.AsyncClient, outcome: str, state: str, because: str | None
) -> None:
    await unanswered(him)
    karen = await hire(him.house.parts.database, him.house.clock)
    [row] = (await http.get(LIST, headers=karen.bearer)).json()["items"]
    assert (
        await http.post(f"{LIST}/{row['id']}/outcome", json={"outcome": outcome}, headers=karen.bearer)
    ).status_code == 204
    plan = await him.standing()
    assert plan is not None
    assert (plan.state, plan.because) == (state, because)


async def test_only_those_who_care_for_people_may_read_and_close(him: Weeks, http: httpx.AsyncClient) -> None:
    await unanswered(him)
    admin = await hire(him.house.parts.database, him.house.clock, "Ian Reid", role=Role.ADMIN)
    assert (await http.get(LIST)).status_code == 401
    assert (await http.get(LIST, headers=admin.bearer)).status_code == 403
    karen = await hire(him.house.parts.database, him.house.clock)
    gone = await http.post(f"{LIST}/{uuid4()}/outcome", json={"outcome": "safe"}, headers=karen.bearer)
    assert gone.status_code == 404


async def test_the_next_question_goes_out_all_the_same(him: Weeks) -> None:
    await unanswered(him)
    await him.until(at(THURSDAY + timedelta(days=2), 12))
    assert (await him.asked())[-1] == "ask_seen_in_two_days"


async def test_the_person_sees_their_plan_through_the_front_door(
    him: Weeks, house: House, http: httpx.AsyncClient
) -> None:
    chat = await house.chat()
    path = f"/api/v1/conversations/{chat.id}/release-plan"
    wish = {"release_date": "2026-11-27", "prison": "kilmarnock", "hour": 18}
    put = await http.put(path, json=wish, headers=chat.bearer)
    assert put.status_code == 200
    shown = (await http.get(path, headers=chat.bearer)).json()
    assert (shown["agreed"], shown["hour"]) == (True, 18)
    assert shown["check_ins"][:2] == [
        {"due": "2026-11-26", "state": "planned"}, {"due": "2026-11-27", "state": "planned"},
    ]  # fmt: skip
    hers = Weeks(house, chat.id)
    await hers.until(at(FRIDAY, 18))
    asked = (await http.get(path, headers=chat.bearer)).json()["check_ins"]
    assert [one["state"] for one in asked][:2] == ["worklist", "asked"]


async def test_they_stand_on_the_consoles_list_of_work_in_words(him: Weeks, house: House) -> None:
    await unanswered(him)
    karen = await hire(house.parts.database, house.clock)
    app = create_app(house.parts.settings, parts=house.parts)
    request = Request({"type": "http", "app": app, "headers": []})
    reader = CurrentStaff(karen.id, "Karen Muir", "Karen", "officer", "session")
    words, work = ConsoleWords(house.parts.voice), Silence()
    async with house.parts.database.read() as session:
        [item] = await work.items(session, request, reader=reader, words=words)
        assert list(await work.again(session, request, words=words)) == []
    assert item.late
    assert item.to_record
    assert item.state.startswith("No answer, here since")
    assert len(item.tries) == 2
    assert "day 0 after release" in item.facts
    assert {words(said) for said in work.results.values()}
    async with house.parts.database.write() as session:
        with pytest.raises(Unprocessable):
            await work.record(session, request, item.id, reader, Recorded("vanished"))
        await work.record(session, request, item.id, reader, Recorded("helped", "Lost his phone"))
    async with house.parts.database.read() as session:
        assert list(await work.items(session, request, reader=reader, words=words)) == []
