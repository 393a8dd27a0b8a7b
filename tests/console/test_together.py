"""Two officers, or a lead and an officer, with one person: asked in, joined, left; listened to, whispered to."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.console.house import House, Officer

pytestmark = pytest.mark.browser


def test_a_colleague_joins_before_the_first_steps_out(desk, house: House, calum: Officer, moira: Officer) -> None:
    person = house.taken_by(calum, "it's about my brother's hearing", facts={"first_name": "Jean"})
    other = desk(moira).go().connected()
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    me.page.locator("#transfer > summary").click()
    me.page.locator("#transfer-to").select_option("Moira Kerr")
    me.button("Hand over", within="#transfer form").click()
    expect(me.page.locator("#together")).to_contain_text("Asked to join: Moira")

    other.page.locator("#rows-asked .row a").click()
    expect(other.state).to_contain_text("Calum asks you to join")
    assert other.box.count() == 0
    other.button("Join the conversation").click()
    other.write("Hello Jean, I'm Moira.")
    expect(me.page.locator("#log")).to_contain_text("Hello Jean, I'm Moira.")
    me.write("Moira knows hearings well.")
    me.button("Leave them with Moira").click()
    me.says("You have left.").wait_for()
    assert house.handoff(person).claimed_by == moira.id
    other.write("So, tell me.")
    expect(other.page.locator("#log .text").last).to_have_text("So, tell me.")


def test_what_was_chosen_stays_chosen_when_a_colleague_comes_meanwhile(
    desk, house: House, calum: Officer, moira: Officer
) -> None:
    person = house.taken_by(calum, "hello")
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    me.page.locator("#transfer > summary").click()
    me.page.locator("#transfer-to").select_option("For anybody")
    desk(moira).go().connected()
    house.writes(person, "are you there?")
    expect(me.page.locator("#transfer-to option", has_text="Moira Kerr")).to_have_count(1)
    expect(me.page.locator("#transfer-to")).to_have_value("queue:")


def test_a_lead_listens_whispers_and_takes_over_and_the_officer_sees_it(desk, house: House, calum: Officer) -> None:
    lead = house.officer("Shona Bell", role="lead")
    person = house.taken_by(calum, "hello")
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    boss = desk(lead).go(f"/console/people/{person.handoff_id}").connected()
    boss.button("Listen").click()
    expect(me.page.locator("#listeners")).to_have_text("Shona is listening")
    boss.page.locator("#whisper-fold > summary").click()
    boss.page.locator("#whisper").fill("Ask where he is.")
    boss.button("Whisper", within="#whisper-form").click()
    expect(me.page.locator("p.whisper")).to_contain_text("Ask where he is.")
    assert "Ask where he is." not in house.texts_of(person)
    boss.page.locator("#take-over > summary").click()
    boss.button("Take over", within="#take-over form").click()
    boss.box.wait_for()
    expect(me.state).to_contain_text("Shona has this person now.")
    assert me.box.count() == 0


def test_an_officer_may_not_listen_to_a_colleague(desk, house: House, calum: Officer, moira: Officer) -> None:
    person = house.taken_by(moira, "hello")
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    assert me.page.locator("#overseeing").count() == 0


def test_on_a_break_nobody_new_comes_and_who_is_there_stays(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello")
    house.arrives("somebody new")
    me = desk(calum).go().connected()
    me.button("Take a break").click()
    me.says("You are on a break. Nobody new comes to you.").first.wait_for()
    me.next.click()
    me.says("You are on a break. Come back first.").wait_for()
    assert house.handoff(person).claimed_by == calum.id
    me.button("I'm back").click()
    me.next.click()
    me.says("This person is with you now.").wait_for()
