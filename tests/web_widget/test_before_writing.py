"""Until the person writes, nothing is sent and nothing is kept."""

from __future__ import annotations

import pytest

from tests.web_widget.wire import Wire

pytestmark = pytest.mark.browser


def test_nothing_is_sent_or_kept_before_the_first_message(visitor, wire: Wire) -> None:
    me = visitor().open("/host")
    me.box.type("I am not sure I")
    me.button("Someone isn't breathing").click()
    me.button("No").click()
    me.button("Back to the chat").click()
    me.button("More choices").click()
    me.button("Close").click()
    me.launcher.click()
    me.page.wait_for_timeout(300)

    assert [path for _, path in wire.calls if path.startswith("/api")] == []
    assert me.page.evaluate("[sessionStorage.length, localStorage.length, document.cookie]") == [0, 0, ""]
    assert me.context.cookies() == []


def test_the_first_message_opens_the_conversation_and_then_the_tab_remembers_it(visitor, wire: Wire) -> None:
    me = visitor().open("/host")
    me.send("hello")
    me.says("You said: hello").wait_for()

    assert wire.calls.count(("POST", "/api/v1/conversations")) == 1
    assert wire.talk.token in me.kept()
    assert me.page.evaluate("[localStorage.length, document.cookie]") == [0, ""]


def test_the_first_screen_says_what_it_is_and_where_to_turn_in_danger(visitor) -> None:
    me = visitor().open()
    assert me.says("I am an automated assistant").is_visible()
    assert me.says("You are talking to an automated assistant").is_visible()
    assert "Nothing is kept until you send a message" in me.page.locator(".welcome").inner_text()
    assert me.page.locator(".welcome a[href='tel:999']").first.is_visible()


def test_in_demonstration_mode_the_widget_says_so_and_keeps_saying_so(visitor) -> None:
    me = visitor().open("/host")
    assert me.says("This is a demonstration").is_visible()
    for text in ("one", "two", "three"):
        me.send(text)
        me.says(f"You said: {text}").wait_for()
    assert me.says("Demonstration only").is_visible()
