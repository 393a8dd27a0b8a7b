"""When somebody gets out is kept once, counted in Scotland's days, and can be stopped."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timezone
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from api.conversations.repository import facts_of
from api.database.engine import Database
from api.keys import Keys
from api.problems import Unprocessable, install_problem_details
from api.release_plans import service
from api.release_plans.routes import router
from tests.api.callers import webchat
from tests.api.clocks import FixedClock

FRIDAY = date(2026, 11, 27)


@pytest.fixture
async def client(database: Database, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.state.database, app.state.clock = database, clock
    app.state.keys = Keys(encryption=b"", lookup=b"", service_token="between us")
    install_problem_details(app)
    app.include_router(router)
    headers = {"Authorization": "Bearer between us"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api", headers=headers) as client:
        yield client


async def test_the_assistants_action_leaves_the_date_and_hears_how_many_days(
    client: httpx.AsyncClient, database: Database, clock: FixedClock
) -> None:
    chat = await webchat(database, clock)
    body = {"message_id": str(uuid4()), "release_date": "2026-11-27", "prison": "kilmarnock"}
    answer = await client.put(f"/internal/v1/conversations/{chat}/release-plan", json=body)
    assert (answer.status_code, answer.json()) == (200, {"release_date": "2026-11-27", "days_until": 2})
    async with database.read() as session:
        facts = {fact.name: fact.value for fact in await facts_of(session, chat)}
    assert facts == {"release_date": "2026-11-27", "prison": "kilmarnock"}


@pytest.mark.parametrize(
    ("change", "status"),
    [({"release_date": "Friday"}, 422), ({"release_date": "1026-11-27"}, 422), ({"prison": "x" * 41}, 422)],
)
async def test_what_is_no_date_or_prison_is_refused(
    client: httpx.AsyncClient, database: Database, clock: FixedClock, change: dict[str, str], status: int
) -> None:
    chat = await webchat(database, clock)
    body = {"message_id": str(uuid4()), "release_date": "2026-11-27", "prison": None} | change
    answer = await client.put(f"/internal/v1/conversations/{chat}/release-plan", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_plan_for_no_conversation_is_not_found(client: httpx.AsyncClient) -> None:
    body = {"message_id": str(uuid4()), "release_date": "2026-11-27"}
    answer = await client.put(f"/internal/v1/conversations/{uuid4()}/release-plan", json=body)
    assert answer.status_code == 404


async def test_the_assistants_action_takes_a_plan_away_whether_or_not_there_was_one(
    client: httpx.AsyncClient, database: Database, clock: FixedClock
) -> None:
    chat = await webchat(database, clock)
    path = f"/internal/v1/conversations/{chat}/release-plan"
    await client.put(path, json={"message_id": str(uuid4()), "release_date": "2026-11-27", "prison": None})
    assert [(await client.delete(path)).status_code for _ in range(2)] == [204, 204]
    async with database.read() as session:
        assert await service.plan_of(session, chat) is None
    assert (await client.delete(f"/internal/v1/conversations/{uuid4()}/release-plan")).status_code == 404


async def test_the_newest_date_stands_and_the_prison_named_before_stays(database: Database, clock: FixedClock) -> None:
    chat = await webchat(database, clock)
    async with database.write() as session:
        await service.remember(session, chat, release_date=FRIDAY, prison="barlinnie", clock=clock)
    async with database.write() as session:
        await service.remember(session, chat, release_date=date(2026, 11, 26), prison=None, clock=clock)
    async with database.read() as session:
        plan = await service.plan_of(session, chat)
    assert plan is not None
    assert (plan.release_date, plan.prison) == (date(2026, 11, 26), "barlinnie")


async def test_days_are_counted_in_scotland(database: Database, clock: FixedClock) -> None:
    clock.set(datetime(2026, 7, 14, 23, 30, tzinfo=timezone.utc))
    chat = await webchat(database, clock)
    async with database.write() as session:
        plan = await service.remember(session, chat, release_date=date(2026, 7, 15), prison=None, clock=clock)
    assert service.days_until(plan, clock) == 0


async def test_the_person_sees_only_check_ins_that_are_still_to_come(database: Database, clock: FixedClock) -> None:
    chat = await webchat(database, clock)
    async with database.write() as session:
        plan = await service.remember(session, chat, release_date=FRIDAY, prison=None, clock=clock)
        shown = await service.outward(session, plan)
    assert shown.check_ins
    assert min(check_in.due for check_in in shown.check_ins) >= date(2026, 11, 25)
    assert {check_in.state for check_in in shown.check_ins} == {"planned"}


async def test_a_plan_can_be_stopped(database: Database, clock: FixedClock) -> None:
    chat = await webchat(database, clock)
    async with database.write() as session:
        await service.remember(session, chat, release_date=FRIDAY, prison=None, clock=clock)
    async with database.write() as session:
        assert await service.stop(session, chat)
        assert not await service.stop(session, chat)


async def test_a_date_of_another_century_is_refused(database: Database, clock: FixedClock) -> None:
    chat = await webchat(database, clock)

    async def remember() -> None:
        async with database.write() as session:
            await service.remember(session, chat, release_date=date(1926, 11, 27), prison=None, clock=clock)

    with pytest.raises(Unprocessable):
        await remember()
