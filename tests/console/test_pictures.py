"""A picture of each state, on a laptop and a phone, light and dark, for somebody to look at."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.console.conftest import Desk
from tests.console.house import House, Officer, Person

pytestmark = pytest.mark.browser

SIZES = {"laptop": (1280, 800), "phone": (390, 844)}


def a_conversation(house: House, calum: Officer) -> Person:
    person = house.taken_by(
        calum,
        "my son gets out of HMP Kilmarnock on Friday and I'm scared he'll use",
        facts={
            "first_name": "Jean",
            "audience": "family",
            "relation": "son",
            "place": "east ayrshire",
            "prison": "kilmarnock",
            "needs": ["family_support", "naloxone"],
        },
        release_in_days=2,
        minutes_ago=12,
    )
    house.replies(person, calum, "Hello Jean, this is Calum. I've read what you wrote. Is he safe just now?")
    house.writes(person, "aye he's in till friday. last time he said he didnt want to be here any more", level="urgent")
    return person


def picture(me: Desk, artifacts: Path, state: str) -> list[Path]:
    taken = []
    for size, (width, height) in SIZES.items():
        me.page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            me.page.emulate_media(color_scheme=scheme)
            taken.append(artifacts / f"{state}-{size}-{scheme}.png")
            me.page.screenshot(path=taken[-1])
    return taken


def test_every_page_of_a_lead_has_its_picture(desk, house: House, calum: Officer, artifacts: Path) -> None:
    lead = house.officer("Shona Bell", role="lead")
    house.a_month_of_contacts(calum)
    house.arrives("he's no breathin", level="emergency", minutes_ago=4)
    house.taken_by(calum, "hello")
    house.to_be_rung("call me please", facts={"first_name": "Jean", "relation": "son"}, missed=True, level="urgent")
    house.to_be_rung("can somebody ring me", facts={"first_name": "Tam", "audience": "self"}, sms=True)
    mine = house.taken_by(lead, "ring me later", facts={"first_name": "Mary"})
    house.is_to_be_rung(mine, lead, tried=("no_answer", "message_left"))
    me = desk(lead, reduced_motion="reduce")
    taken = []
    for name, path in {
        "worklist": "/console/worklist",
        "now": "/console/now",
        "over-time": "/console/over-time?days=28",
        "audit": "/console/audit",
        "staff": "/console/staff",
        "account": "/console/account",
        "second-step": "/console/sign-in/set-up",
    }.items():
        me.go(path)
        taken += picture(me, artifacts, name)
    assert all(path.stat().st_size > 5_000 for path in taken)


def test_every_state_has_its_picture(desk, house: House, calum: Officer, artifacts: Path) -> None:
    taken: list[Path] = []

    def shoot(state: str) -> None:
        taken.extend(picture(me, artifacts, state))

    me = desk(reduced_motion="reduce").go("/console/sign-in")
    shoot("sign-in")
    me = desk(calum, reduced_motion="reduce").go().connected()
    shoot("empty-queue")
    house.arrives("can I talk to somebody", facts={"first_name": "Tam", "audience": "self"}, minutes_ago=14, sms=True)
    danger = house.arrives(
        "he's no breathin, he's gone blue",
        level="emergency",
        spans=[(0, 16), (18, 32)],
        facts={"relation": "brother", "audience": "family", "location": "14 Elm Row, flat 2"},
        release_in_days=-1,
        sms=True,
    )
    expect(me.rows).to_have_count(2)
    shoot("emergency-waiting")
    me.go(f"/console/people/{danger.handoff_id}").connected()
    shoot("emergency-open")
    person = a_conversation(house, calum)
    me.go(f"/console/people/{person.handoff_id}").connected()
    expect(me.page.locator("#log .from-person")).to_have_count(2)
    shoot("conversation")
    me.go(f"/console/people/{person.handoff_id}?view=brief").connected()
    shoot("brief")
    for beside in ("words", "services"):
        me.go(f"/console/people/{person.handoff_id}?view={beside}").connected()
        shoot(beside)
    me.go(f"/console/people/{person.handoff_id}").connected()
    me.page.locator("#finish > summary").click()
    shoot("wrap-up")
    me.page.locator("#finish > summary").click()
    me.page.locator("#ambulance > summary").click()
    shoot("ambulance")
    me.context.set_offline(True)
    me.says("Connection lost.").wait_for()
    shoot("connection-lost")
    me.context.set_offline(False)
    house.arrive_many(48)
    me.go().connected()
    expect(me.rows).to_have_count(50)
    shoot("fifty-waiting")
    me.go("/console/nowhere")
    shoot("not-found")
    assert all(path.stat().st_size > 5_000 for path in taken)
