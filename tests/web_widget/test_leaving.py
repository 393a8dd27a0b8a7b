"""Somebody walks in: the page is covered at once, and this tab forgets."""

from __future__ import annotations

import pytest

from tests.web_widget.wire import Wire

pytestmark = pytest.mark.browser

COVERED_AFTER = """(leave) => {
  const shadow = document.querySelector("gateside-chat").shadowRoot;
  new Function("shadow", leave)(shadow);
  const all = [...document.querySelectorAll("*"), ...shadow.querySelectorAll("*")];
  const shown = all.filter((each) => each.checkVisibility()).length;
  return { shown, kept: sessionStorage.length, title: document.title };
}"""
"""Does `leave` and looks in the same breath, before any page could have answered."""

GONE = {"shown": 0, "kept": 0, "title": "Loading"}
SHIFT = """for (const type of ["keydown", "keyup"]) {
  document.dispatchEvent(new KeyboardEvent(type, { key: "Shift", bubbles: true }));
}"""


def written(visitor, wire: Wire):
    me = visitor().open("/host")
    me.send("something private")
    me.says("You said: something private").wait_for()
    return me


def test_leaving_covers_the_page_and_forgets_before_the_next_page_has_answered(visitor, wire: Wire) -> None:
    me = written(visitor, wire)
    assert me.page.evaluate(COVERED_AFTER, "shadow.querySelector('.exit').click()") == GONE
    me.page.wait_for_url("**/dull")
    assert me.kept() is None


def test_going_back_does_not_show_the_page_that_was_left(visitor, wire: Wire) -> None:
    me = visitor()
    me.page.goto(f"{me.address}/missing")
    me.open("/host")
    me.button("Leave this page").click()
    me.page.wait_for_url("**/dull")
    me.page.go_back()
    assert me.page.url.endswith("/missing")


def test_shift_three_times_leaves_from_anywhere_on_the_page(visitor, wire: Wire) -> None:
    me = written(visitor, wire)
    me.button("Close").click()
    me.page.keyboard.press("Shift")
    me.page.keyboard.press("Shift")
    assert me.page.evaluate(COVERED_AFTER, SHIFT) == GONE
    me.page.wait_for_url("**/dull")


def test_shift_three_times_leaves_from_the_box_and_from_the_steps(visitor) -> None:
    for start in ("box", "steps"):
        me = visitor().open("/host")
        if start == "steps":
            me.button("Someone isn't breathing").click()
        for _ in range(3):
            me.page.keyboard.press("Shift")
        me.page.wait_for_url("**/dull")


def test_capital_letters_and_escape_do_not_leave(visitor) -> None:
    me = visitor().open("/host")
    for letter in "ABCDE":
        me.page.keyboard.press(f"Shift+{letter}")
    assert me.box.input_value() == "ABCDE"
    me.page.keyboard.press("Escape")
    assert not me.window.is_visible()
    assert me.page.url.endswith("/host")


def test_a_page_can_offer_the_same_way_out_by_a_link_of_its_own(visitor, wire: Wire) -> None:
    me = visitor().visit("/")
    assert me.page.evaluate(COVERED_AFTER, "document.querySelector('.leave').click()") == GONE
    me.page.wait_for_url("**/dull")


def test_with_no_network_the_cover_stays(visitor, wire: Wire) -> None:
    me = written(visitor, wire)
    me.context.set_offline(True)
    me.page.evaluate("document.querySelector('gateside-chat').shadowRoot.querySelector('.exit').click()")
    assert "something private" not in me.page.inner_text("body")
