"""Three people in the chat, two officers at their desks, all at once: nobody is lost or hears another's words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.console.conftest import Desk
from tests.console.house import House, Officer, Person
from tests.web_widget.conftest import Visitor

pytestmark = pytest.mark.browser
People = Callable[..., Visitor]


def hears(visitor: Visitor, text: str) -> None:
    expect(visitor.page.locator(".said .text", has_text=text).last).to_be_visible()


def never_heard(visitor: Visitor, *texts: str) -> None:
    said = " ".join(visitor.page.locator(".said .text").all_inner_texts())
    assert [text for text in texts if text in said] == []


def takes_next(me: Desk, house: House) -> Person:
    """Take the head of the queue; who that is."""
    before = me.page.url
    me.next.click()
    me.box.wait_for()
    me.page.wait_for_url(lambda url: url != before)
    return house.person_of(me.page.url.rsplit("/", 1)[1])


def test_each_of_three_is_answered_by_who_has_them_and_handed_over_warm(
    desk, person: People, house: House, calum: Officer, moira: Officer
) -> None:
    mine, hers = desk(calum).go().connected(), desk(moira).go().connected()
    ann, ben, cat = (person() for _ in range(3))
    expect(mine.rows).to_have_count(3)
    first = takes_next(mine, house)
    takes_next(hers, house)
    third = takes_next(mine, house)
    for visitor, name in ((ann, "Calum"), (ben, "Moira"), (cat, "Calum")):
        hears(visitor, f"{name} is here")

    ann.send("it is about my brother")
    mine.go(f"/console/people/{first.handoff_id}").connected()
    expect(mine.page.locator("#log")).to_contain_text("it is about my brother")
    mine.write("Tell me about him, Ann.")
    hers.write("How are you tonight, Ben?")
    hears(ann, "Tell me about him, Ann.")
    hears(ben, "How are you tonight, Ben?")

    mine.page.locator("#transfer > summary").click()
    mine.page.locator("#transfer-to").select_option("Moira Kerr")
    mine.button("Hand over", within="#transfer-form").click()
    hers.page.locator("#rows-asked .row a").click()
    hers.button("Join the conversation").click()
    hears(ann, "Moira from the helpline has come in too")
    expect(hers.page.locator("#log")).to_contain_text("it is about my brother")
    hers.write("Hello Ann, Moira here.")
    hears(ann, "Hello Ann, Moira here.")
    mine.button("Leave them with Moira").click()
    hears(ann, "Calum has gone now")
    mine.go(f"/console/people/{third.handoff_id}").connected()
    mine.write("Good evening, Cat.")
    hears(cat, "Good evening, Cat.")

    assert house.handoff(first).claimed_by == moira.id
    assert house.handoff(third).claimed_by == calum.id
    never_heard(ann, "Ben", "Cat")
    never_heard(ben, "Ann", "Cat", "my brother")
    never_heard(cat, "Ann", "Ben", "my brother")


def test_broken_lines_on_either_side_lose_no_word_and_a_lost_officer_no_person(
    desk, person: People, house: House, calum: Officer, moira: Officer
) -> None:
    mine, hers = desk(calum).go().connected(), desk(moira).go().connected()
    ann, ben, cat = (person() for _ in range(3))
    expect(mine.rows).to_have_count(3)
    takes_next(mine, house)
    second = takes_next(hers, house)
    third = takes_next(mine, house)
    hears(cat, "Calum is here")

    hers.context.set_offline(True)
    hers.says("Connection lost.").wait_for()
    ben.send("are you still there?")
    hears(ben, "are you still there?")
    hers.context.set_offline(False)
    expect(hers.page.locator("#log .text").last).to_have_text("are you still there?")
    ben.context.set_offline(True)
    hers.write("I am here, Ben.")
    expect(hers.page.locator("#log .text").last).to_have_text("I am here, Ben.")
    ben.context.set_offline(False)
    hears(ben, "I am here, Ben.")
    assert house.texts_of(second).count("are you still there?") == 1

    mine.write("One moment, Cat.")
    hears(cat, "One moment, Cat.")
    house.lease_runs_out(third)
    hears(cat, "The line to the person you wrote with was cut on our side.")
    expect(hers.rows).to_have_count(1)
    assert takes_next(hers, house).handoff_id == third.handoff_id
    hears(cat, "Moira is here")
    expect(hers.page.locator("#log")).to_contain_text("One moment, Cat.")
    hers.write("Cat, I have you now.")
    hears(cat, "Cat, I have you now.")
    expect(mine.page.locator("#state")).to_contain_text("Moira has this person now.")
    never_heard(ann, "Ben", "Cat")


def test_a_lead_whispers_to_one_of_two_officers_and_no_person_ever_reads_it(
    desk, person: People, house: House, calum: Officer, moira: Officer
) -> None:
    lead = house.officer("Shona Bell", role="lead")
    mine, hers = desk(calum).go().connected(), desk(moira).go().connected()
    ann, ben, cat = (person() for _ in range(3))
    expect(mine.rows).to_have_count(3)
    first = takes_next(mine, house)
    takes_next(hers, house)
    boss = desk(lead).go(f"/console/people/{first.handoff_id}").connected()
    boss.button("Listen").click()
    expect(mine.page.locator("#listeners")).to_have_text("Shona is listening")
    boss.page.locator("#whisper-fold > summary").click()
    boss.page.locator("#whisper").fill("Ask where he is.")
    boss.button("Whisper", within="#whisper-form").click()
    expect(mine.page.locator("p.whisper")).to_contain_text("Ask where he is.")
    assert hers.page.locator("p.whisper").count() == 0
    mine.write("Where is he now, Ann?")
    hears(ann, "Where is he now, Ann?")
    for visitor in (ann, ben, cat):
        never_heard(visitor, "Ask where he is.")
    boss.page.locator("#take-over > summary").click()
    boss.button("Take over", within="#take-over form").click()
    hears(ann, "Shona is here")
    expect(mine.state).to_contain_text("Shona has this person now.")
