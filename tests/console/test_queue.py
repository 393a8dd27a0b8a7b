"""A person who arrives is seen and heard, the one in danger first, and each is taken once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.console.house import House, Officer

pytestmark = pytest.mark.browser


def test_an_empty_queue_says_something_kind_and_true(desk, calum: Officer) -> None:
    me = desk(calum).go().connected()
    me.says("Nobody is waiting. Good time for a cup of tea.").wait_for()
    expect(me.next).to_be_disabled()
    assert me.page.title() == "Gateside console"


def test_somebody_who_arrives_is_seen_and_heard_without_reloading(desk, house: House, calum: Officer) -> None:
    me = desk(calum).go().connected()
    me.page.evaluate("window.notReloaded = true")
    me.page.mouse.click(600, 600)
    expect(me.page.locator("#sound")).to_have_text("Sound on")
    house.arrives("my son gets out on Friday", facts={"relation": "son", "audience": "family"})
    expect(me.rows).to_have_count(1)
    expect(me.rows.first).to_contain_text("no name for their son")
    expect(me.page).to_have_title("(1) Gateside console")
    expect(me.page.locator("html")).to_have_attribute("data-last-sound", "arrival")
    expect(me.page.locator("#arrived")).to_have_text("Somebody new is waiting")
    assert me.page.evaluate("window.notReloaded")


def test_danger_stands_first_in_words_and_has_a_sound_of_its_own(desk, house: House, calum: Officer) -> None:
    house.arrives("can I talk to somebody", minutes_ago=50)
    me = desk(calum).go().connected()
    me.page.mouse.click(600, 600)
    house.arrives("he's gone blue", level="emergency", spans=[(0, 14)])
    expect(me.rows).to_have_count(2)
    expect(me.rows.first.locator(".risk")).to_have_text("Emergency")
    expect(me.next).to_contain_text("Emergency")
    expect(me.page).to_have_title("(! 2) Gateside console")
    expect(me.page.locator("html")).to_have_attribute("data-last-sound", "emergency")
    expect(me.page.locator("#arrived-danger")).to_have_text("Somebody in danger is waiting")


def test_sound_that_was_switched_off_stays_off(desk, house: House, calum: Officer) -> None:
    me = desk(calum).go().connected()
    me.page.locator("#sound").click()
    expect(me.page.locator("#sound")).to_have_text("Sound off")
    me.go().connected()
    me.page.mouse.click(600, 600)
    expect(me.page.locator("#sound")).to_have_text("Sound off")
    house.arrives("hello")
    expect(me.rows).to_have_count(1)
    assert me.page.locator("html").get_attribute("data-last-sound") is None


def test_the_next_person_is_the_head_of_the_queue(desk, house: House, calum: Officer) -> None:
    house.arrives("I only want a leaflet", minutes_ago=40)
    house.arrives("she is shaking and seeing things", level="emergency")
    me = desk(calum).go().connected()
    me.next.click()
    expect(me.box).to_be_focused()
    assert "she is shaking and seeing things" in me.log
    me.says("This person is with you now.").wait_for()
    expect(me.rows).to_have_count(1)


def test_the_second_officer_is_told_who_has_the_person(desk, house: House, calum: Officer, moira: Officer) -> None:
    person = house.arrives("hello")
    late = desk(moira).go(f"/console/people/{person.handoff_id}").connected()
    late.page.route("**/console/people/*", lambda route: route.abort())  # her page stays as it was
    first = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    first.button("Take this person").click()
    first.says("This person is with you now.").wait_for()
    late.button("Take this person").click()
    late.page.locator("#notices .trouble", has_text="Calum has this person now.").wait_for()
    assert late.box.count() == 0


def test_a_named_person_can_be_taken_before_the_head(desk, house: House, calum: Officer) -> None:
    house.arrives("first", minutes_ago=30)
    house.arrives("second", facts={"first_name": "Jean"})
    me = desk(calum).go().connected()
    me.page.locator("#rows-waiting").get_by_role("link", name=re.compile("Jean")).click()
    me.button("Take this person").click()
    expect(me.box).to_be_focused()
    assert me.log[0] == "second"
    expect(me.page.locator("#rows-mine .row")).to_have_count(1)


def test_fifty_waiting_are_all_there_and_the_next_stays_in_sight(desk, house: House, calum: Officer) -> None:
    house.arrive_many(50)
    me = desk(calum).go().connected()
    expect(me.rows).to_have_count(50)
    me.rows.last.scroll_into_view_if_needed()
    expect(me.next).to_be_in_viewport()
    expect(me.page).to_have_title("(! 50) Gateside console")


def test_a_row_that_is_read_keeps_its_focus_while_others_come_and_go(desk, house: House, calum: Officer) -> None:
    going = house.arrives("going", minutes_ago=20)
    staying = house.arrives("staying", minutes_ago=10)
    me = desk(calum).go().connected()
    link = me.page.locator(f"#row-{staying.handoff_id} a")
    link.focus()
    house.arrives("new", level="emergency")
    expect(me.rows).to_have_count(3)
    house.leaves(going)
    expect(me.rows).to_have_count(2)
    expect(link).to_be_focused()


def test_how_many_are_ready_is_told(desk, calum: Officer, moira: Officer) -> None:
    desk(moira).go().connected()
    me = desk(calum).go().connected()
    expect(me.page.locator("#ready")).to_have_text("2 ready to take people")


def test_a_long_queue_shows_its_head_says_how_much_more_there_is_and_hides_nobody_i_have(
    desk, house: House, calum: Officer
) -> None:
    mine = house.taken_by(calum, "the one I am talking to")
    for minutes in range(103):
        house.arrives("can I talk to somebody", minutes_ago=200 - minutes)
    me = desk(calum).go().connected()
    expect(me.page.locator("#rows-waiting .row")).to_have_count(100)
    expect(me.page.locator("#queue")).to_contain_text("And 3 more behind them")
    expect(me.page.locator("#queue")).to_have_attribute("data-waiting", "103")
    expect(me.page.locator(f"#rows-mine #row-{mine.handoff_id}")).to_be_visible()
