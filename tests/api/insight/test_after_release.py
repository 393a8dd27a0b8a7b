"""What the throughcare model of 2005 asks to be watched: contact within two days, every week, no answer acted on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from api.app import create_app
from api.conversations.repository import note_fact
from api.database.engine import Database
from api.insight.after_release import Monitoring, Share, monitoring
from api.insight.over_time import Period
from api.release_plans import repository, service
from api.release_plans.transitions import State
from api.staff.models import Role
from reference.clock import SCOTLAND
from tests.api.callers import webchat, write
from tests.api.clocks import FixedClock
from tests.api.house import House, build_house
from tests.api.people import hire

RELEASE = date(2026, 10, 5)
NOW = datetime(2026, 11, 25, 12, tzinfo=SCOTLAND)


async def released(database: Database, clock: FixedClock, *wrote_on: int, place: str = "fife") -> UUID:
    """Somebody who got out, and wrote on these days after it."""
    clock.set(_at(-1))
    chat = await webchat(database, clock, audience="self", place=place)
    async with database.write() as session:
        await service.remember(session, chat, release_date=RELEASE, prison=None, clock=clock, agreed=True)
    for day in wrote_on:
        clock.set(_at(day))
        await write(database, clock, chat, "aye fine")
    return chat


def _at(day: int) -> datetime:
    return datetime.combine(RELEASE + timedelta(days=day), time(15), SCOTLAND)


async def told(database: Database) -> Monitoring:
    async with database.read() as session:
        return await monitoring(session, Period(RELEASE, RELEASE), NOW)


async def test_contact_within_two_days_and_every_week(database: Database, clock: FixedClock) -> None:
    for _ in range(6):
        await released(database, clock, 1, 8, 15, 22, 29, 36)
    for _ in range(5):
        await released(database, clock, 5, 9)
    report = await told(database)
    assert report.within_two_days == Share(11, 6)
    assert report.weekly[0] == Share(11, 11)
    assert report.weekly[1] == Share(11, 11)
    assert report.weekly[2] == Share(11, 6)


async def test_areas_with_few_people_are_not_told(database: Database, clock: FixedClock) -> None:
    for _ in range(7):
        await released(database, clock, 1)
    for _ in range(6):
        await released(database, clock, 1, place="moray")
    await released(database, clock, 1, place="orkney islands")
    report = await told(database)
    assert report.by_area["orkney islands"] == Share(None, None)
    assert report.by_area["moray"] == Share(None, None), "or the sum would tell"
    assert report.by_area["fife"].of == 7


async def test_no_answer_is_counted_until_it_is_acted_on_with_what_outcome(
    database: Database, clock: FixedClock
) -> None:
    for number in range(12):
        chat = await released(database, clock)
        async with database.write() as session:
            first = (await repository.check_ins_of(session, chat))[0]
            first.asked_at, first.listed_at, first.state = _at(0), _at(1), State.WORKLIST.value
            if number < 6:
                first.state, first.outcome = State.CLOSED.value, "safe"
                first.closed_at = _at(1) + timedelta(hours=3)
    report = await told(database)
    assert (report.asked, report.listed, report.acted_on, report.hours_to_outcome) == (12, 12, 6, 3)
    assert report.outcomes == {"safe": 6}


async def test_whoever_only_told_a_date_is_not_counted(database: Database, clock: FixedClock) -> None:
    clock.set(_at(-1))
    chat = await webchat(database, clock)
    async with database.write() as session:
        await service.remember(session, chat, release_date=RELEASE, prison=None, clock=clock)
    assert (await told(database)).within_two_days == Share(0, 0)


@pytest.fixture
async def house(tmp_path: Path, database_url: str, clock: FixedClock) -> AsyncIterator[House]:
    house = build_house(tmp_path, database_url, clock)
    yield house
    await house.parts.close()


async def test_leads_read_it_and_take_it_away_as_a_file(house: House) -> None:
    database = house.parts.database
    for _ in range(6):
        chat = await released(database, house.clock, 1)
        async with database.write() as session:
            await note_fact(session, chat, "relation", "son", now=house.clock.now())
    house.clock.set(NOW)
    lead = await hire(database, house.clock, "Leah Lead", role=Role.LEAD)
    officer = await hire(database, house.clock)
    app = create_app(house.parts.settings, parts=house.parts)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://gateside.example.org") as http:
        path = "/api/v1/insight/after-release"
        report = (await http.get(path, headers=lead.bearer)).json()
        assert report["within_two_days"] == {"of": 6, "did": 6}
        file = await http.get(f"{path}.csv", headers=lead.bearer)
        assert "within_2_days,in_touch,6" in file.text
        assert file.headers["content-type"].startswith("text/csv")
        assert (await http.get(path, headers=officer.bearer)).status_code == 403
