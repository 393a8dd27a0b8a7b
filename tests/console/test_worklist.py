"""Nobody who was promised a call is forgotten: they stay on the list until somebody writes down how it ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, expect

from tests.console.conftest import Desk
from tests.console.house import House, Officer

pytestmark = pytest.mark.browser


def taking(me: Desk, name: str) -> Locator:
    return me.page.locator(".work > li", has_text=name).get_by_role("button", name="Take and ring")


def test_a_missed_call_stands_first_and_is_tried_until_somebody_is_reached(
    desk, house: House, calum: Officer, moira: Officer
) -> None:
    house.to_be_rung("call me any time", facts={"first_name": "Tam"})
    missed = house.to_be_rung("call me please", facts={"first_name": "Jean"}, missed=True, number="07700 900123")
    me = desk(calum).go("/console/worklist")
    items = me.page.locator(".work > li")
    expect(items).to_have_count(2)
    expect(items.first).to_contain_text("Jean")
    expect(items.first).to_contain_text("Missed.")
    expect(items.nth(1)).to_contain_text("No set time")

    taking(me, "Jean").click()
    me.button("Show their number").click()
    me.says("+447700900123").wait_for()
    me.page.locator("#rang > summary").click()
    me.button("Write down a call", within="#rang-form").click()
    expect(me.page.locator("#notices .trouble")).to_contain_text("Choose what came of it")
    me.page.locator("#rang-form").get_by_label("No answer").check()
    me.page.locator("#rang-again").select_option(index=1)
    me.page.locator("#rang-note").fill("Rang out twice.")
    me.button("Write down a call", within="#rang-form").click()
    me.says("The call is noted.").wait_for()
    assert house.state_of(missed) == "callback_scheduled"
    assert "We tried to reach you just now." in house.texts_of(missed)[-1]

    other = desk(moira).go("/console/worklist")
    tried = other.page.locator(f"#item-{missed.handoff_id}")
    expect(tried).to_contain_text("Calum: No answer")
    expect(tried).to_contain_text("To be rung from")
    taking(other, "Jean").click()
    other.go("/console/worklist")
    other.page.locator(f"#record-{missed.handoff_id} > summary").click()
    other.page.get_by_label("Spoke with them").check()
    other.button("Write down a call", within=f"#record-{missed.handoff_id} form").click()
    other.says("The call is noted.").wait_for()
    expect(other.page.locator(f"#item-{missed.handoff_id}")).to_contain_text("With Moira now")
    other.go(f"/console/people/{missed.handoff_id}").connected()
    expect(other.page.locator("#brief .tries li")).to_have_count(2)
    other.finish("Safe for now", "Spoke about the weekend.")
    other.says("Finished. Thank you.").wait_for()
    expect(other.go("/console/worklist").page.locator(f"#item-{missed.handoff_id}")).to_have_count(0)


def test_a_slot_is_booked_from_the_desk_and_the_person_is_told_it(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "can you ring me tomorrow")
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    me.page.locator("#callback > summary").click()
    me.page.locator("#callback-slot").select_option(index=2)
    me.page.locator("#callback-number").fill("07700 900321")
    me.button("Call back later", within="#callback-form").click()
    expect(me.page.locator("#notices .trouble")).to_contain_text("only kept when they agreed")
    me.page.get_by_label("They agreed to be rung on it").check()
    me.button("Call back later", within="#callback-form").click()
    me.says("Booked.").wait_for()
    booked = house.handoff(person)
    assert booked.callback_at is not None
    assert booked.callback_until == booked.callback_at + timedelta(hours=2)
    assert "Somebody from the helpline gets in touch on" in house.texts_of(person)[-1]


def test_what_is_somebody_elses_meanwhile_is_not_written_over(
    desk, house: House, calum: Officer, moira: Officer
) -> None:
    person = house.to_be_rung("call me", facts={"first_name": "Jean"})
    me = desk(calum).go("/console/worklist")
    taking(me, "Jean").click()
    me.go("/console/worklist")
    me.page.locator(f"#record-{person.handoff_id} > summary").click()
    me.page.get_by_label("No answer").check()
    house.lease_runs_out(person)
    me.button("Write down a call", within=f"#record-{person.handoff_id} form").click()
    me.says("Somebody else has this now").wait_for()
    assert house.state_of(person) == "waiting"
