"""Every conversation ends on purpose: with an outcome and a note, with the assistant, or with somebody else."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.console.house import House, Officer

pytestmark = pytest.mark.browser


def test_nothing_is_finished_without_an_outcome_and_a_note(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello")
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    me.page.locator("#finish > summary").click()
    me.page.locator("#finish-note").fill("She will ring her sister.")
    me.button("Finish", within="#finish form").click()
    expect(me.page.locator("#finish-trouble")).to_have_text("Choose how it ended before you finish.")
    expect(me.page.locator("#finish-note")).to_have_value("She will ring her sister.")
    me.page.get_by_label("Safe for now").check()
    me.page.locator("#finish-note").fill("  ")
    me.button("Finish", within="#finish form").click()
    expect(me.page.locator("#finish-trouble")).to_have_text("Write what happened before you finish.")
    expect(me.page.get_by_label("Safe for now")).to_be_checked()
    assert house.state_of(person) != "closed"

    me.page.locator("#finish-note").fill("She will ring her sister.")
    me.button("Finish", within="#finish form").click()
    me.says("Finished. Thank you.").wait_for()
    assert me.page.url == f"{house.address}/console"
    assert house.state_of(person) == "closed"
    me.go(f"/console/people/{person.handoff_id}")
    expect(me.state).to_have_text("This conversation was finished: Safe for now.")


def test_the_assistant_answers_again_when_an_officer_hands_back(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello")
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    me.page.locator("#give-back > summary").click()
    me.page.locator("#return-agreed").fill("You ring the clinic tomorrow.")
    me.button("Give back to the assistant", within="#give-back form").click()
    me.says("The assistant answers them again.").wait_for()
    assert house.owner_of(person) == "assistant"
    assert house.state_of(person) == "returned_to_assistant"
    assert house.facts_of(person)["agreed"] == "You ring the clinic tomorrow."


def test_somebody_put_back_in_the_queue_keeps_their_place(desk, house: House, calum: Officer, moira: Officer) -> None:
    house.arrives("came later", minutes_ago=5)
    person = house.taken_by(calum, "came first", minutes_ago=30)
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    other = desk(moira).go().connected()
    me.page.locator("#transfer > summary").click()
    me.page.locator("#transfer-to").select_option("For anybody")
    me.page.locator("#transfer-note").fill("Speaks about her rent.")
    me.button("Hand over", within="#transfer form").click()
    me.says("Handed over.").wait_for()
    expect(other.rows).to_have_count(2)
    other.next.click()
    expect(other.page.locator("#log .text").first).to_have_text("came first")
    expect(other.page.locator(".notes")).to_contain_text("Speaks about her rent.")


def test_handing_over_to_a_colleague_who_has_left_is_refused_and_loses_nobody(
    desk, house: House, calum: Officer, moira: Officer
) -> None:
    person = house.taken_by(calum, "hello")
    other = desk(moira).go().connected()
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    me.page.locator("#transfer > summary").click()
    me.page.locator("#transfer-to").select_option("Moira Kerr")
    other.context.close()
    house.leaves_the_desk(moira)
    me.button("Hand over", within="#transfer form").click()
    expect(me.page.locator("#notices .trouble")).to_contain_text("That colleague can't take people now.")
    assert house.state_of(person) == "claimed"


def test_a_lost_lease_is_said_plainly_and_the_words_are_kept(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello")
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    me.box.type("I was about to say")
    house.lease_runs_out(person)
    expect(me.page.locator("#alarm")).to_contain_text("You were away too long.")
    me.button("Take this person").click()
    expect(me.box).to_have_value("I was about to say")


def test_an_emergency_whose_words_were_deleted_stays_until_it_is_closed(desk, house: House, calum: Officer) -> None:
    person = house.arrives("he's gone blue", level="emergency")
    house.deletes(person)
    me = desk(calum).go().connected()
    expect(me.rows.first).to_contain_text("deleted what they wrote")
    me.next.click()
    expect(me.state).to_contain_text("Somebody in danger deleted what they wrote.")
    assert me.box.count() == 0
    me.finish("Emergency services called", "Nothing else could be done.")
    me.says("Finished. Thank you.").wait_for()


def test_what_became_of_it_is_kept_with_the_ending(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello", facts={"needs": ["naloxone"]})
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    me.page.locator("#finish > summary").click()
    me.page.get_by_label("Referred to a service").check()
    me.page.get_by_label("They have it").check()
    me.page.locator("#finish-needs > summary").click()
    me.page.get_by_label("A roof: Passed on").check()
    me.page.get_by_label("Naloxone: Met").check()
    me.page.locator("#finish-note").fill("Rang the housing options team with her.")
    me.page.locator("#finish-follow-up").fill("2027-01-12")
    me.button("Finish", within="#finish form").click()
    me.says("Finished. Thank you.").wait_for()
    ended = house.handoff(person)
    assert (ended.outcome, ended.naloxone, ended.needs_met, ended.needs_referred) == (
        "referred",
        "has_it",
        ["naloxone"],
        ["housing"],
    )
    assert str(ended.follow_up_on) == "2027-01-12"


def test_an_ambulance_is_written_down_for_whoever_comes_next(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "he's gone blue", level="emergency", facts={"location": "14 Elm Row"})
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    me.page.locator("#ambulance > summary").click()
    me.button("Write it down").click()
    me.says("Say who rang").wait_for()
    me.page.get_by_label("Somebody there").check()
    expect(me.page.locator("#ambulance-place")).to_have_value("14 Elm Row")
    me.page.locator("#ambulance-reference").fill("SAS 42")
    me.button("Write it down").click()
    me.says("Written down.").wait_for()
    expect(me.page.locator(".ambulance")).to_contain_text("Somebody there. To 14 Elm Row. Reference SAS 42")


def test_getting_back_later_is_refused_for_a_time_that_is_over(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello")
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    me.page.locator("#callback > summary").click()
    me.page.locator("#callback-slot").select_option("own")
    me.page.locator("#callback-when").fill("2020-01-01T10:00")
    me.button("Call back later", within="#callback-form").click()
    me.says("That time is over").wait_for()
    me.page.locator("#callback-when").fill("2036-01-01T10:00")
    me.button("Call back later", within="#callback-form").click()
    me.says("Booked.").wait_for()
    assert house.state_of(person) == "callback_scheduled"
    expect(me.page.locator("#rows-callbacks .row")).to_contain_text("1 January 2036, 10:00")
