"""What was half written to somebody or about them outlives a closed tab and a lost session, and nobody else sees it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.console.conftest import Desk
from tests.console.house import PASSWORD, House, Officer, Person

pytestmark = pytest.mark.browser


def half_written(me: Desk, person: Person) -> None:
    """A reply, a note and most of an ending."""
    me.go(f"/console/people/{person.handoff_id}").connected()
    me.box.fill("I was about to say")
    me.page.locator("#note").fill("sounds tired")
    me.page.locator("#finish > summary").click()
    me.page.get_by_label("Referred to a service").check()
    me.page.get_by_label("They have it").check()
    me.page.locator("#finish-needs > summary").click()
    me.page.get_by_label("A roof: Passed on").check()
    me.page.locator("#finish-note").fill("Rang the housing options")
    me.page.locator("#finish-follow-up").fill("2027-01-12")


def stands_again(me: Desk) -> None:
    expect(me.box).to_have_value("I was about to say")
    expect(me.box).to_be_visible()
    expect(me.page.locator("#note")).to_have_value("sounds tired")
    me.page.locator("#finish > summary").click()
    expect(me.page.locator("#finish-note")).to_have_value("Rang the housing options")
    expect(me.page.get_by_label("Referred to a service")).to_be_checked()
    expect(me.page.get_by_label("They have it")).to_be_checked()
    expect(me.page.get_by_label("A roof: Passed on")).to_be_checked()
    expect(me.page.locator("#finish-follow-up")).to_have_value("2027-01-12")


def drafts(me: Desk) -> int:
    kept: int = me.page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length")
    return kept


def test_a_closed_tab_loses_nothing_and_what_is_sent_is_kept_no_longer(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello")
    me = desk(calum)
    half_written(me, person)
    me.close_and_open_another()
    me.go(f"/console/people/{person.handoff_id}").connected()
    stands_again(me)
    me.page.locator("#finish > summary").click()
    me.box.press("Enter")
    expect(me.page.locator("#log .text").last).to_have_text("I was about to say")
    me.button("Add a note", within="#note-form").click()
    expect(me.page.locator(".notes")).to_contain_text("sounds tired")
    me.go(f"/console/people/{person.handoff_id}").connected()
    expect(me.page.locator("#finish-note")).to_be_visible()
    me.button("Finish", within="#finish-form").click()
    me.says("Finished. Thank you.").wait_for()
    me.go(f"/console/people/{person.handoff_id}").connected()
    assert drafts(me) == 0


def test_a_session_that_ran_out_leads_back_to_the_words(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello")
    me = desk(calum)
    half_written(me, person)
    house.end_sessions()
    house.writes(person, "are you there?")
    me.says("Your session has ended. Sign in to go on.").wait_for()
    me.page.locator("#email").fill(calum.email)
    me.page.locator("#password").fill(PASSWORD)
    me.button("Sign in").click()
    me.connected()
    stands_again(me)


def test_signing_out_on_any_page_leaves_nothing_in_the_browser(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello")
    me = desk(calum)
    half_written(me, person)
    assert drafts(me) == 3
    me.go("/console/account")
    me.button("Sign out").click()
    me.says("You are signed out.").wait_for()
    assert drafts(me) == 0
    house.end_sessions()


def test_who_signs_in_next_at_the_same_desk_finds_nothing(desk, house: House, calum: Officer, moira: Officer) -> None:
    person = house.taken_by(calum, "hello")
    me = desk(calum)
    half_written(me, person)
    me.context.add_cookies([house.cookie(moira)])
    me.go().connected()
    assert drafts(me) == 0


def test_a_form_that_was_emptied_again_is_not_kept(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello")
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    me.page.locator("#finish > summary").click()
    me.page.locator("#finish-note").fill("no")
    assert drafts(me) == 1
    me.page.locator("#finish-note").fill("")
    assert drafts(me) == 0
