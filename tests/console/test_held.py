"""On request a lead hands over a copy of what is held of somebody, or wipes it after a second look; nobody else may."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.conftest import Desk
from tests.console.house import House, Officer, Person
from tests.console.test_accessible import complaints
from tests.console.test_lead import Browser
from tests.console.test_pictures import picture

pytestmark = pytest.mark.browser

WORDS = "he hides the bottles behind the boiler"


@pytest.fixture(scope="module")
def iona(running_house: House) -> Officer:
    return running_house.officer("Iona Bell", role="lead")


def audited(house: House, iona: Officer, deed: str) -> int:
    """How often this deed stands in the audit."""
    return Browser(house, iona).client.get(f"/console/audit.csv?deed={deed}").text.count(f",{deed},")


def asks_to_wipe(house: House, iona: Officer, person: Person, **more: str) -> tuple[int, str]:
    me = Browser(house, iona)
    me.client.follow_redirects = True
    answer = me.sends("/console/held/erase", handoff=str(person.handoff_id), **more)
    return answer.status_code, answer.text


def test_an_officer_may_neither_copy_nor_wipe_and_reads_whom_to_ask(house: House, calum: Officer) -> None:
    person = house.taken_by(calum, WORDS)
    me = Browser(house, calum)
    assert me.client.get("/console/held").status_code == 403
    for deed in ("copy", "wipe", "erase"):
        assert me.sends(f"/console/held/{deed}", handoff=str(person.handoff_id), sure="true").status_code == 403
    assert "ask a lead" in me.reads(f"/console/people/{person.handoff_id}?view=brief")


def test_a_lead_hands_over_a_copy_without_what_staff_wrote_for_each_other(
    house: House, iona: Officer, calum: Officer
) -> None:
    person = house.taken_by(calum, WORDS, facts={"first_name": "Jean"})
    copies = audited(house, iona, "conversation.copied")
    house.notes(person, calum, "She sounded tired.")
    page = Browser(house, iona).sends("/console/held/copy", handoff=str(person.handoff_id))
    assert page.status_code == 200
    assert WORDS in page.text
    assert "Jean" in page.text
    assert "She sounded tired." not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert audited(house, iona, "conversation.copied") == copies + 1


def test_nothing_is_wiped_before_the_second_look_is_confirmed(house: House, iona: Officer) -> None:
    person = house.arrives(WORDS)
    wiped = audited(house, iona, "conversation.erased")
    look = Browser(house, iona).sends("/console/held/wipe", handoff=str(person.handoff_id))
    assert "This goes for good" in look.text
    assert "This stays" in look.text
    status, page = asks_to_wipe(house, iona, person)
    assert (status, "Nothing was wiped." in page) == (422, True)
    assert WORDS in Browser(house, iona).reads(f"/console/people/{person.handoff_id}")

    status, page = asks_to_wipe(house, iona, person, sure="true")
    assert (status, "It is wiped." in page) == (200, True)
    assert Browser(house, iona).client.get(f"/console/people/{person.handoff_id}").status_code == 404
    assert audited(house, iona, "conversation.erased") == wiped + 1
    assert asks_to_wipe(house, iona, person, sure="true")[0] == 404


def test_in_an_open_emergency_an_alert_without_content_stays(house: House, iona: Officer) -> None:
    person = house.arrives("he's no breathin", level="emergency")
    assert "until somebody closes the emergency" in asks_to_wipe(house, iona, person, sure="true")[1]
    page = Browser(house, iona).reads(f"/console/people/{person.handoff_id}")
    assert "breathin" not in page


def test_a_number_that_is_none_or_that_nothing_is_held_of_is_told_so(house: House, iona: Officer) -> None:
    me = Browser(house, iona)
    for deed in ("copy", "erase"):
        assert me.sends(f"/console/held/{deed}", number="12", sure="true").status_code == 422
        unknown = me.sends(f"/console/held/{deed}", number="07700 900999", sure="true")
        assert (unknown.status_code, "We hold nothing" in unknown.text) == (404, True)
    assert me.sends("/console/held/wipe", number=" ").status_code == 422


def test_every_page_of_it_is_looked_at_and_gives_axe_nothing_to_complain_of(
    desk, house: House, iona: Officer, calum: Officer, artifacts: Path
) -> None:
    person = house.taken_by(calum, WORDS, facts={"first_name": "Jean", "place": "fife"}, release_in_days=-3, sms=True)
    house.replies(person, calum, "Hello Jean, this is Calum.")
    me: Desk = desk(iona, reduced_motion="reduce").go(f"/console/people/{person.handoff_id}?view=brief")
    me.page.get_by_role("link", name="Copy or wipe what we hold").click()
    found, taken = complaints(me), picture(me, artifacts, "held")
    me.button("Show the copy").click()
    me.says(WORDS).wait_for()
    found, taken = found + complaints(me), taken + picture(me, artifacts, "held-copy")
    me.page.go_back()
    me.button("Wipe it all").click()
    me.page.locator("#wipe").wait_for()
    found, taken = found + complaints(me), taken + picture(me, artifacts, "held-wipe")
    me.go("/console/held")
    found, taken = found + complaints(me), taken + picture(me, artifacts, "held-number")
    assert found == []
    assert all(path.stat().st_size > 5_000 for path in taken)
