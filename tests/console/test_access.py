"""Everybody can work at it: keyboard alone, screen reader, phone, dark and light, without the script."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.console.house import House, Officer

pytestmark = pytest.mark.browser


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def test_axe_finds_nothing_wrong_in_any_state_light_or_dark(desk, house: House, calum: Officer) -> None:
    found: dict[str, list[str]] = {}

    def look(state: str) -> None:
        for scheme in ("light", "dark"):
            me.page.emulate_media(color_scheme=scheme)
            found[f"{state}, {scheme}"] = violations(me.page)

    token, _ = house.invited("New Here")
    me = desk().go("/console/sign-in")
    look("sign in")
    me.go(f"/console/welcome/{token}")
    look("welcome")
    me.go("/console/welcome/used")
    look("link used")

    me = desk(calum).go().connected()
    look("empty")
    me.go("/console/nowhere")
    look("not found")
    house.arrives("waited long", minutes_ago=30, level="urgent")
    danger = house.arrives("he's gone blue", level="emergency", spans=[(0, 14)], release_in_days=-1)
    me.go().connected()
    expect(me.rows).to_have_count(2)
    me.page.locator("#menu > summary").click()
    me.page.locator(".keyboard > summary").click()
    look("queue, menu open")
    me.go(f"/console/people/{danger.handoff_id}").connected()
    look("emergency")
    me.button("Take this person").click()
    me.write("I am Calum.")
    expect(me.page.locator("#log .from-officer")).to_have_count(1)
    me.page.locator("#finish > summary").click()
    me.button("Finish", within="#finish form").click()
    me.page.locator("#finish-trouble").wait_for()
    look("finishing")
    me.context.set_offline(True)
    me.says("Connection lost.").wait_for()
    look("line lost")
    assert found == {state: [] for state in found}


def test_the_whole_way_by_keyboard_alone(desk, house: House, calum: Officer) -> None:
    person = house.arrives("hello")
    me = desk(calum).go().connected()
    keys = me.page.keyboard
    keys.press("Tab")
    expect(me.page.locator(".skip").first).to_be_focused()
    keys.press("Enter")
    expect(me.page.locator("#queue")).to_be_focused()
    keys.press("Tab")
    expect(me.next).to_be_focused()
    keys.press("Enter")
    expect(me.box).to_be_focused()
    keys.type("Hello, this is Calum.")
    keys.press("Enter")
    expect(me.page.locator("#log .from-officer")).to_have_count(1)
    keys.press("Alt+Shift+F")
    keys.press("Space")
    expect(me.page.get_by_label("Safe for now")).to_be_checked()
    keys.press("Tab")
    keys.type("Agreed to talk again on Friday.")
    keys.press("Tab")
    keys.press("Enter")
    me.says("Finished. Thank you.").wait_for()
    assert house.state_of(person) == "closed"
    expect(me.page.locator("#queue")).to_be_focused()


def test_shortcuts_lead_to_each_part(desk, house: House, calum: Officer) -> None:
    person = house.arrives("hello")
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    for keys, place in (("1", "#queue"), ("2", "#conversation"), ("3", "#brief")):
        me.page.keyboard.press(f"Alt+Shift+{keys}")
        expect(me.page.locator(place)).to_be_focused()
    me.page.keyboard.press("Alt+Shift+N")
    expect(me.box).to_be_focused()


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (900, 700), (1280, 800)])
def test_nothing_is_cut_off_at_any_width(desk, house: House, calum: Officer, width: int, height: int) -> None:
    person = house.taken_by(calum, "W" * 120, facts={"first_name": "Wolfeschlegelsteinhausenbergerdorff"})
    house.arrives("hello", level="emergency", facts={"relation": "granddaughter"}, release_in_days=5)
    me = desk(calum, width=width, height=height)
    for path in ("/console", f"/console/people/{person.handoff_id}", f"/console/people/{person.handoff_id}?view=brief"):
        me.go(path).connected()
        assert me.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        wide = me.page.evaluate(
            "[...document.querySelectorAll('.column')].filter(c => c.scrollWidth > c.clientWidth).map(c => c.id)"
        )
        assert wide == [], path


def test_a_phone_shows_one_part_at_a_time(desk, house: House, calum: Officer) -> None:
    person = house.arrives("hello", facts={"first_name": "Jean"})
    me = desk(calum, width=390, height=844).go().connected()
    me.rows.first.locator("a").click()
    expect(me.page.locator("#log")).to_be_visible()
    expect(me.page.locator("#queue")).to_be_hidden()
    expect(me.page.locator("#brief")).to_be_hidden()
    me.page.locator("#switch").get_by_role("link", name="Brief").click()
    expect(me.page.locator("#brief")).to_be_visible()
    expect(me.page.locator("#log")).to_be_hidden()
    me.page.locator("#switch").get_by_role("link", name="Queue").click()
    expect(me.page.locator("#queue")).to_be_visible()
    me.page.go_back()
    expect(me.page.locator("#brief")).to_be_visible()
    assert str(person.handoff_id) in me.page.url


def test_targets_are_large_enough(desk, house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello")
    me = desk(calum).go(f"/console/people/{person.handoff_id}").connected()
    small = me.page.evaluate(
        """[...document.querySelectorAll('button, summary, select, input, .row a, .switch a')]
        .filter(e => e.checkVisibility() && e.type !== 'hidden')
        .map(e => (e.type === 'radio' ? e.closest('label') : e))
        .filter(e => e.getBoundingClientRect().height < 32).map(e => e.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_light_and_dark_can_be_chosen_and_stay_chosen(desk, calum: Officer) -> None:
    me = desk(calum, color_scheme="light").go().connected()
    me.page.locator("#menu > summary").click()
    me.page.get_by_label("Dark", exact=True).check()
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    dark = me.page.evaluate(paper)
    me.page.reload()
    assert me.page.evaluate(paper) == dark
    assert me.page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_it_works_without_the_script(desk, house: House, calum: Officer) -> None:
    house.arrives("hello", facts={"first_name": "Jean"})
    me = desk(calum, java_script_enabled=False).go()
    me.next.click()
    me.says("This person is with you now.").wait_for()
    me.box.fill("Hello, this is Calum.")
    me.button("Send").click()
    expect(me.page.locator("#log .from-officer .text")).to_have_text("Hello, this is Calum.")
    me.finish("Safe for now", "")
    expect(me.page.locator("#finish-trouble")).to_have_text("Write what happened before you finish.")
    expect(me.page.get_by_label("Safe for now")).to_be_checked()
    me.page.locator("#finish-note").fill("Will ring.")
    me.button("Finish", within="#finish form").click()
    me.says("Finished. Thank you.").wait_for()
