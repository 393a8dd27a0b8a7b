"""An officer and a person talk: words are not lost, not doubled, and it is plain how far they have come."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.console.house import House, Officer

pytestmark = pytest.mark.browser


def test_his_words_go_out_and_hers_come_in_without_reloading(desk, house: House, calum: Officer) -> None:
    person = house.arrives("my son gets out on Friday")
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    me.button("Take this person").click()
    me.write("Hello, this is Calum.")
    expect(me.page.locator("#log .from-officer .text")).to_have_text("Hello, this is Calum.")
    expect(me.box).to_have_value("")
    expect(me.box).to_be_focused()
    house.writes(person, "thank you, I was scared to ask")
    expect(me.page.locator("#log .text").last).to_have_text("thank you, I was scared to ask")
    assert house.texts_of(person).count("Hello, this is Calum.") == 1


def test_enter_sends_and_shift_enter_starts_a_line(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello")
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    me.box.type("one")
    me.box.press("Shift+Enter")
    me.box.type("two")
    me.box.press("Enter")
    expect(me.page.locator("#log .from-officer .text")).to_have_text("one\ntwo")


def test_what_the_person_wrote_is_shown_as_text_whatever_it_holds(desk, house: House, calum: Officer) -> None:
    nasty = "<script>window.taken = 1</script><img src=x onerror='window.taken = 1'> & \"aye\""
    person = house.arrives(nasty, level="emergency", spans=[(3, 20)])
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    assert nasty in me.log
    house.writes(person, nasty)
    expect(me.page.locator("#log .from-person")).to_have_count(2)
    assert me.page.evaluate("window.taken") is None


def test_danger_is_said_over_the_conversation_with_her_own_words(desk, house: House, calum: Officer) -> None:
    person = house.arrives("please help he's gone blue", level="emergency", spans=[(12, 26)])
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    expect(me.page.locator("#banner")).to_contain_text("Emergency.")
    expect(me.page.locator("#banner q")).to_have_text("he's gone blue")
    expect(me.page.locator("#log mark")).to_have_text("he's gone blue")
    me.page.locator("#brief").get_by_role("link", name="See the message").click()
    assert me.page.locator("#log .message:target mark").count() == 1


def test_typing_is_shown_both_ways(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello")
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    with house.hearing(person) as heard:
        me.box.type("Hel")
        heard.wait_for({"type": "typing", "author": "officer", "name": "Calum"})
    house.types(person)
    me.says("The person is writing").wait_for()


def test_half_written_words_are_kept_for_each_person(desk, house: House, calum: Officer) -> None:
    one, two = house.taken_by(calum, "one"), house.taken_by(calum, "two")
    me = desk(calum).go(f"/console/people/{one.handoff_id}").connected()
    me.box.type("for the first")
    me.page.locator(f"#row-{two.handoff_id} a").click()
    expect(me.page.locator("#log .text").first).to_have_text("two")
    expect(me.box).to_have_value("")
    me.box.type("for the second")
    me.page.locator(f"#row-{one.handoff_id} a").click()
    expect(me.box).to_have_value("for the first")
    me.page.reload()
    expect(me.box).to_have_value("for the first")


def test_arriving_words_do_not_disturb_what_is_being_written(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello")
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    me.box.type("I am just wri")
    house.writes(person, "are you there?")
    expect(me.page.locator("#log .text").last).to_have_text("are you there?")
    me.page.keyboard.type("ting")
    expect(me.box).to_have_value("I am just writing")


def test_the_brief_says_what_is_known_and_what_was_not_asked(desk, house: House, calum: Officer) -> None:
    person = house.arrives(
        "my son gets out of HMP Kilmarnock on Friday",
        facts={"relation": "son", "audience": "family", "place": "east ayrshire", "prison": "kilmarnock"},
        release_in_days=2,
    )
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    brief = me.page.locator("#brief")
    for said in ("for their son", "East Ayrshire", "Kilmarnock", "release in 2 days"):
        expect(brief).to_contain_text(said)
    expect(brief.locator(".not-asked")).to_contain_text("Substances they named")
    house.learns(person, substances=["heroin"])
    expect(brief.locator(".not-asked")).not_to_contain_text("Substances they named")
    expect(brief.locator(".facts-list")).to_contain_text("heroin")


def test_a_note_is_kept_for_colleagues_and_never_sent(desk, house: House, calum: Officer, moira: Officer) -> None:
    person = house.taken_by(calum, "hello")
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    me.page.locator("#note").fill("Rang the pharmacy for her.")
    me.button("Add a note").click()
    expect(me.page.locator(".notes .text")).to_have_text("Rang the pharmacy for her.")
    expect(me.page.locator("#note")).to_have_value("")
    other = desk(moira).go(f"/console/people/{person.handoff_id}")
    expect(other.page.locator(".notes")).to_contain_text("Calum")
    assert "Rang the pharmacy for her." not in house.texts_of(person)


def test_words_that_the_person_deleted_leave_the_open_screen(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "my name is Jean and he is in Kilmarnock", facts={"first_name": "Jean"})
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    house.deletes(person)
    expect(me.page.locator("body")).not_to_contain_text("Jean")
    assert me.box.count() == 0


def test_a_colleague_reads_along_but_cannot_write(desk, house: House, calum: Officer, moira: Officer) -> None:
    person = house.taken_by(calum, "hello")
    other = desk(moira).go(f"/console/people/{person.handoff_id}").connected()
    expect(other.state).to_have_text("Calum has this person now.")
    assert other.box.count() == 0
    assert other.page.locator("#finish").count() == 0
