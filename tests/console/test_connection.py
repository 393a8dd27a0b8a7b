"""When the line breaks, the desk says so in words, and nothing is lost when it returns."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.console.house import House, Officer

pytestmark = pytest.mark.browser


def test_a_broken_line_is_said_and_what_was_missed_is_there_when_it_is_back(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello")
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    me.context.set_offline(True)
    expect(me.page.locator("#alarm")).to_have_text("Connection lost. What you see may be old. We are trying again.")
    expect(me.page.locator("#link-state")).to_have_text("Not connected")
    house.writes(person, "are you still there?")
    house.arrives("somebody new")
    me.context.set_offline(False)
    expect(me.page.locator("#log .text").last).to_have_text("are you still there?")
    expect(me.rows).to_have_count(1)
    expect(me.page.locator("#alarm")).to_have_text("Connected again. Everything is up to date.")


def test_words_that_could_not_be_sent_stay_in_the_box(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello")
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    me.context.set_offline(True)
    me.write("I am still here")
    expect(me.page.locator("#reply-state")).to_have_text("This was not sent. Your words are still in the box.")
    expect(me.box).to_have_value("I am still here")
    me.context.set_offline(False)
    me.connected()
    me.box.press("Enter")
    expect(me.page.locator("#log .from-officer .text")).to_have_text("I am still here")
    assert house.texts_of(person).count("I am still here") == 1


def test_words_whose_answer_was_lost_on_the_way_are_not_said_twice(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello")
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()

    def arrives_but_answer_is_lost(route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    me.page.route("**/messages", arrives_but_answer_is_lost)
    me.write("Take your time.")
    expect(me.page.locator("#log .from-officer .text")).to_have_text("Take your time.")
    expect(me.box).to_have_value("")
    expect(me.page.locator("#reply-state")).to_have_text("")
    assert house.texts_of(person).count("Take your time.") == 1


def test_the_house_may_restart_under_an_open_desk(desk, house: House, calum: Officer) -> None:
    me = desk(calum).go().connected()
    house.stop()
    try:
        expect(me.page.locator("#link-state")).to_have_text("Not connected")
    finally:
        house.start()
    house.arrives("came while you were away")
    expect(me.rows).to_have_count(1, timeout=10_000)
    expect(me.page.locator("#link-state")).to_have_text("Connected")


def test_a_session_that_ended_leads_to_the_door_which_says_why(desk, house: House, calum: Officer) -> None:
    me = desk(calum).go().connected()
    house.end_sessions()
    house.arrives("hello")
    me.says("Your session has ended. Sign in to go on.").wait_for()
