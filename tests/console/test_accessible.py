"""No page of the console gives axe anything to complain of, in light or dark, wide or narrow."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.console.conftest import Desk
from tests.console.house import House, Officer

pytestmark = pytest.mark.browser


def complaints(me: Desk) -> list[str]:
    found = []
    for width, scheme in ((1280, "light"), (1280, "dark"), (390, "light")):
        me.page.set_viewport_size({"width": width, "height": 800})
        me.page.emulate_media(color_scheme=scheme)
        for violation in Axe().run(me.page).response["violations"]:
            nodes = [node["html"][:160] for node in violation["nodes"][:3]]
            found.append(f"{me.page.url} {width} {scheme}: {violation['id']} {nodes}")
    return found


def test_the_doors(desk, house: House, calum: Officer) -> None:
    me = desk()
    found = complaints(me.go("/console/sign-in"))
    found += complaints(me.go(f"/console/welcome/{house.invited('Nell Fox')[0]}"))
    me = desk(house.officer("Kirsty Dunn"))
    found += complaints(me.go("/console/sign-in/set-up"))
    assert found == []


def test_the_desk(desk, house: House, calum: Officer) -> None:
    house.arrives("he's no breathin", level="emergency", spans=[(0, 16)], release_in_days=-1, sms=True)
    person = house.taken_by(calum, "hello", facts={"first_name": "Jean", "needs": ["housing"], "place": "fife"})
    house.replies(person, calum, "Hello Jean.")
    house.is_to_be_rung(person, calum)
    me = desk(calum)
    found = complaints(me.go("/console").connected())
    here = f"/console/people/{person.handoff_id}"
    for view in ("conversation", "brief", "words", "services"):
        found += complaints(me.go(f"{here}?view={view}").connected())
    me.go(here).connected()
    for fold in ("finish", "transfer", "give-back", "callback", "rang", "ambulance"):
        me.page.set_viewport_size({"width": 1280, "height": 800})
        me.page.locator(f"#{fold} > summary").click()
    me.page.locator("#finish-needs > summary").click()
    found += complaints(me)
    assert found == []


def test_a_leads_pages(desk, house: House, calum: Officer) -> None:
    lead = house.officer("Shona Bell", role="lead")
    house.a_month_of_contacts(calum)
    person = house.taken_by(calum, "hello")
    house.arrives("hello", minutes_ago=120)
    house.to_be_rung("call me", missed=True)
    house.is_to_be_rung(house.taken_by(lead, "call me later"), lead)
    me = desk(lead)
    found = complaints(me.go(f"/console/people/{person.handoff_id}").connected())
    for path in ("worklist", "now", "over-time", "audit", "staff", "account", "nowhere"):
        found += complaints(me.go(f"/console/{path}"))
    assert found == []
