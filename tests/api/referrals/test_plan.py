"""Prison staff begin a release plan with the person's yes: their number is asked once, and nothing is told back."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from api.app import create_app
from api.release_plans.models import ReleasePlan
from tests.api.clocks import FixedClock
from tests.api.house import build_house
from tests.api.referrals.conftest import ADDRESS, Caller

MOBILE = "07911 123456"
"""The number that the numbering library gives as its example of a mobile."""


async def begins(caller: Caller, **more: str) -> httpx.Response:
    filled = {"phone": MOBILE, "release_date": "2026-12-04", "prison": "perth", "consent": "yes"}
    return await caller.http.post("/signpost/plan", data={"service": "hmp-perth", **filled, **more})


async def plans(caller: Caller) -> list[ReleasePlan]:
    async with caller.house.parts.database.read() as session:
        return list((await session.execute(select(ReleasePlan))).scalars())


async def test_the_number_is_invited_and_the_page_tells_nothing_of_what_becomes_of_it(caller: Caller) -> None:
    first, again = await begins(caller), await begins(caller)

    assert first.status_code == again.status_code == 200
    assert first.text == again.text
    assert "The text is on its way" in first.text
    [plan] = await plans(caller)
    assert (plan.state, plan.set_by, plan.prison, plan.agreed_at) == ("invited", "prison", "perth", None)


async def test_a_number_that_is_known_here_gets_the_same_page(caller: Caller) -> None:
    unknown = await begins(caller, phone="07400 123456")
    await caller.house.texts("+447911123456", "STOP")
    known = await begins(caller)

    assert known.text == unknown.text
    assert len(await plans(caller)) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"consent": ""}, "once they have said yes"),
        ({"phone": "01382 223023"}, "Write a UK mobile number"),
        ({"phone": "12"}, "Write a UK mobile number"),
        ({"release_date": ""}, "Choose a day within a year"),
        ({"release_date": "2036-01-01"}, "Choose a day within a year"),
        ({"website": "https://spam.example"}, "a machine had filled it in"),
    ],
    ids=str,
)
async def test_what_cannot_be_right_is_said_beside_it_and_nothing_begins(
    caller: Caller, wrong: dict[str, str], said: str
) -> None:
    answer = await begins(caller, **wrong)

    assert answer.status_code == 422
    assert said in answer.text
    assert await plans(caller) == []


async def test_one_number_is_not_asked_for_again_and_again(caller: Caller) -> None:
    answers = [await begins(caller) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 422]
    assert len(await plans(caller)) == 1


async def test_the_prison_of_the_link_is_chosen_already_and_prison_staff_see_the_way_first(caller: Caller) -> None:
    form = (await caller.http.get("/signpost/plan?service=hmp-perth")).text
    assert '<option value="perth" selected>' in form
    assert (await caller.http.get("/signpost?service=hmp-perth")).text.index("/signpost/plan") < 6_000
    assert (await caller.http.get("/signpost?service=police-d")).text.index("/signpost/plan") > 6_000


async def test_where_no_texts_can_be_sent_no_plan_is_offered(tmp_path: Path, sqlite_template: Path) -> None:
    house = build_house(tmp_path, f"sqlite:///{sqlite_template}", FixedClock(), twilio_account_sid=None)
    app = create_app(house.parts.settings, parts=house.parts)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as http:
        assert (await http.get("/signpost/plan")).status_code == 404
        assert "/signpost/plan" not in (await http.get("/signpost?service=hmp-perth")).text
    await house.parts.close()
