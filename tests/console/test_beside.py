"""Beside the conversation: ready words with their places filled in, and services sent with one click; once each."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.console.house import House, Officer

pytestmark = pytest.mark.browser
HELLO = "Hello Jean, I'm Calum. I've read what you wrote, so you don't have to say it again. I'm here with you now."


def test_ready_words_are_filled_in_and_land_in_the_box(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello", facts={"first_name": "Jean", "audience": "family", "relation": "son"})
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    me.page.keyboard.press("Alt+Shift+W")
    me.page.locator("#found-words li", has_text="Hello Jean, I'm Calum.").get_by_text("Put in the box").click()
    expect(me.box).to_have_value(HELLO)
    assert len(house.texts_of(person)) == 2, "nothing is sent before the officer sends it"
    me.page.locator("#find-words #q").fill("kit post")
    me.page.locator("#find-words #q").press("Enter")
    expect(me.page.locator("#found-words .byline").first).to_have_text("Naloxone")
    assert "{{" not in me.page.locator("#found-words").inner_text()


def test_a_service_is_found_by_need_and_place_and_sent_with_one_click(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello", facts={"place": "east ayrshire", "needs": ["family_support"]})
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    me.page.keyboard.press("Alt+Shift+S")
    expect(me.page.locator("#need")).to_have_value("family_support")
    expect(me.page.locator("#place")).to_have_value("East Ayrshire")
    name = me.page.locator("#found-services h2").first.inner_text()
    me.box.fill("half a thought")
    me.page.locator("#found-services li").first.get_by_role("button").click()
    me.says("Sent to the person.").wait_for()
    expect(me.page.locator("#log .from-officer .text").last).to_contain_text(name)
    expect(me.box).to_have_value("half a thought")
    assert sum(name in text for text in house.texts_of(person)) == 1


def test_ready_words_work_without_the_script(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello", facts={"first_name": "Jean"})
    me = desk(calum, java_script_enabled=False).go(f"/console/people/{person.handoff_id}?view=words")
    me.page.locator("#found-words a").first.click()
    expect(me.box).to_have_value(HELLO)


def test_the_same_form_sent_twice_is_one_message(house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello")
    here = f"{house.address}/console/people/{person.handoff_id}"
    cookies = {"gateside_staff": house.cookie(calum)["value"]}
    page = httpx.get(here, cookies=cookies).text
    client_id = re.search(r'name="client_id" id="client-id" value="([^"]+)"', page)
    assert client_id is not None
    form = {"csrf_token": house.csrf_of(calum), "client_id": client_id[1], "text": "Are you there?"}
    for _ in range(2):
        assert httpx.post(f"{here}/messages", cookies=cookies, data=form).status_code == 303
    assert house.texts_of(person).count("Are you there?") == 1


def test_words_sent_again_after_the_line_broke_are_one_message(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello")
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    sent: list[str] = []

    def lost(route) -> None:
        sent.append(route.request.post_data)
        if len(sent) == 1:
            route.abort()
        else:
            route.continue_()

    me.page.route("**/messages", lost)
    me.write("Are you there?")
    me.says("This was not sent.").wait_for()
    me.box.press("Enter")
    expect(me.page.locator("#log .from-officer .text")).to_have_text("Are you there?")
    assert len(sent) == 2
    assert sent[0] == sent[1], "the same words, and the same name for them"
    me.write("Are you there?")
    expect(me.page.locator("#log .from-officer .text")).to_have_count(2)


def test_several_people_are_a_key_apart_and_half_written_words_stay_with_each(
    desk, house: House, calum: Officer
) -> None:
    first = house.taken_by(calum, "one", facts={"first_name": "Ann"}, minutes_ago=9)
    house.taken_by(calum, "two", facts={"first_name": "Bob"}, minutes_ago=5)
    me = desk(calum).go(f"/console/people/{first.handoff_id}").connected()
    me.box.type("to Ann")
    me.page.keyboard.press("Alt+Shift+ArrowDown")
    expect(me.page.locator("#conversation-title")).to_contain_text("Bob")
    expect(me.box).to_have_value("")
    house.writes(first, "still there?")
    expect(me.page.locator(f"#row-{first.handoff_id}")).to_contain_text("wrote to you")
    me.page.keyboard.press("Alt+Shift+ArrowDown")
    expect(me.page.locator("#conversation-title")).to_contain_text("Ann")
    expect(me.box).to_have_value("to Ann")
