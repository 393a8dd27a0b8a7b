"""The directory over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import icalendar
import pytest
from fastapi import FastAPI

from api.directory.routes import router
from api.keys import Keys
from api.problems import install_problem_details
from api.staff.access import routes_by_access
from tests.api.clocks import FixedClock
from voice import Voice


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.state.clock = FixedClock()
    app.state.voice = Voice.load()
    app.state.keys = Keys(encryption=b"", lookup=b"", service_token="between us")
    install_problem_details(app)
    app.include_router(router)
    routes_by_access(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://front.test") as client:
        yield client


async def test_services_for_a_need_and_place_come_nearest_first(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/services", params={"need": "family_support", "place": "Kirkcaldy"})

    assert answer.status_code == 200
    body = answer.json()
    assert [item["id"] for item in body["items"]][:2] == ["scottish_families_local", "scottish_families"]
    assert body["items"][0]["phone"] == "08080 10 10 11"
    assert body["areas"] == ["fife"]
    assert body["next"] is None


async def test_a_contact_that_nobody_has_read_is_null(client: httpx.AsyncClient) -> None:
    items = (await client.get("/api/v1/services", params={"need": "release"})).json()["items"]

    upside = next(item for item in items if item["id"] == "upside")
    assert upside["phone"] is None
    assert upside["how"].startswith("Ask in the prison")


async def test_every_item_says_where_it_was_read(client: httpx.AsyncClient) -> None:
    items = (await client.get("/api/v1/services")).json()["items"]

    assert len(items) > 20
    assert all(item["source"]["title"] and item["checked"] for item in items)


async def test_an_unknown_need_is_a_problem_that_lists_the_needs(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/services", params={"need": "hugs"})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "family_support" in answer.json()["detail"]


@pytest.mark.parametrize("place", ["narnia", "", "  ", "💙", "x" * 80, "'; --"])
async def test_any_place_gets_at_least_the_national_services(client: httpx.AsyncClient, place: str) -> None:
    answer = await client.get("/api/v1/services", params={"need": "housing", "place": place})

    assert answer.status_code == 200
    assert "shelter_scotland" in [item["id"] for item in answer.json()["items"]]
    assert answer.json()["areas"] == []


async def test_a_place_of_ten_thousand_letters_is_a_problem_and_not_an_error(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/services", params={"place": "x" * 10_000})).status_code == 422


async def test_the_drop_in_at_kilmarnock_says_that_its_dates_are_not_known(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/drop-ins", params={"place": "kilmarnock", "from": "2026-12-01"})

    assert answer.status_code == 200
    [item] = answer.json()["items"]
    assert (item["service"], item["opens"], item["closes"]) == ("community_links_drop_in", None, None)
    assert "Ask in the prison" in item["how"]


@pytest.mark.parametrize("day", ["soon", "2026-13-01", "9999-12-31", "0001-01-01"])
async def test_a_day_that_is_none_or_far_off_is_a_problem(client: httpx.AsyncClient, day: str) -> None:
    answer = await client.get("/api/v1/drop-ins", params={"from": day})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_internal_directory_is_for_our_own_processes_only(client: httpx.AsyncClient) -> None:
    query = {"need": "naloxone", "place": "airdrie"}

    assert (await client.get("/internal/v1/services", params=query)).status_code == 401
    wrong = await client.get("/internal/v1/services", params=query, headers={"authorization": "Bearer guess"})
    assert wrong.status_code == 401
    right = await client.get("/internal/v1/services", params=query, headers={"authorization": "Bearer between us"})
    assert right.status_code == 200
    assert right.json()["items"][0]["id"] == "naloxone_click_and_deliver"
    assert {"id", "name", "what", "phone", "web", "hours", "area"} <= right.json()["items"][0].keys()


async def test_the_thistle_is_listed_with_its_days_hours_and_what_is_there(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/drop-ins", params={"place": "glasgow", "from": "2026-12-24"})

    body = answer.json()
    assert len(body["items"]) == 56
    assert (body["items"][0]["opens"], body["items"][0]["kinds"]) == (
        "2026-12-24T09:00:00Z", ["own_use", "physical_health"]
    )  # fmt: skip
    assert body["next"] == "2027-02-18"


async def test_a_calendar_reads_the_drop_ins_with_scotlands_clock_through_the_change_of_hour(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/api/v1/drop-ins.ics", params={"place": "glasgow", "from": "2027-03-27"})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    read = icalendar.Calendar.from_ical(answer.content)
    events = read.walk("VEVENT")
    assert len(events) == 56
    assert [event["dtstart"].dt.isoformat() for event in events[:2]] == [
        "2027-03-27T09:00:00+00:00", "2027-03-28T09:00:00+01:00"
    ]  # fmt: skip
    assert len({event["uid"] for event in events}) == 56
    assert str(events[0]["summary"]) == "The Thistle"
    assert [str(zone["tzid"]) for zone in read.walk("VTIMEZONE")] == ["Europe/London"]


async def test_a_calendar_of_a_place_with_no_known_dates_is_an_empty_calendar(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/drop-ins.ics", params={"place": "kilmarnock"})

    assert icalendar.Calendar.from_ical(answer.content).walk("VEVENT") == []


async def test_a_calendar_from_a_day_far_off_is_a_problem(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/drop-ins.ics", params={"from": "9999-12-31"})).status_code == 422


async def test_somebody_in_wales_gets_what_serves_wales(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/services", params={"need": "own_use", "place": "Cardiff"})

    assert [item["id"] for item in answer.json()["items"]] == ["change_grow_live", "frank"]
