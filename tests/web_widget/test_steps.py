"""Someone isn't breathing: led step by step, with no server and no network."""

from __future__ import annotations

import pytest

from api.channels.web.widget_bundle import emergency_steps
from reference.paths import data_folder
from tests.web_widget.wire import Wire
from voice import Voice

pytestmark = pytest.mark.browser


def test_the_steps_lead_to_the_end_with_the_network_gone(visitor, wire: Wire) -> None:
    me = visitor().visit()
    me.context.set_offline(True)
    calls = len(wire.calls)
    me.launcher.click()
    me.button("Someone isn't breathing").click()
    assert me.page.locator(".window .call").get_attribute("href") == "tel:999"
    assert "999" in me.page.locator(".step-say").first.inner_text()
    assert me.page.locator(".step-ask").inner_text() == "Are they breathing?"

    me.button("No").click()
    assert "Push hard and fast" in me.page.locator(".step").inner_text()
    me.button("Yes").click()
    assert "one spray, up one nostril" in me.page.locator(".step").inner_text()
    me.button("Next").click()
    me.button("No").click()
    me.button("Yes").click()
    me.button("Not yet").click()
    me.button("Yes").click()
    assert "You did something very hard" in me.page.locator(".step").inner_text()
    assert me.page.locator(".step-choices button").count() == 0
    assert len(wire.calls) == calls


def test_999_is_in_reach_on_every_step_and_one_can_go_back(visitor) -> None:
    me = visitor().open()
    me.button("Someone isn't breathing").click()
    me.button("Yes").click()
    assert me.page.locator(".window .call").is_visible()
    assert me.says("Step 2").is_visible()
    me.button("Back one step").click()
    assert me.says("Step 1").is_visible()
    assert me.says("Are they breathing?").is_visible()


def test_each_step_takes_the_focus_so_that_it_is_read_out(visitor) -> None:
    me = visitor().open()
    me.button("Someone isn't breathing").click()
    focused = "document.querySelector('gateside-chat').shadowRoot.activeElement.textContent"
    assert me.page.evaluate(focused) == "Step 1"
    me.button("No").click()
    assert me.page.evaluate(focused) == "Step 2"


def test_without_a_conversation_the_helpline_is_told_only_by_the_persons_own_tap(visitor, wire: Wire) -> None:
    me = visitor().open()
    me.button("Someone isn't breathing").click()
    me.button("No").click()
    assert wire.talks == {}
    assert me.says("This sends a message, so that a person at the helpline knows.").is_visible()
    me.button("Tell the helpline").click()
    me.says("The helpline has been told.").wait_for()
    assert wire.talk.said() == ["Someone isn't breathing"]


def test_inside_a_conversation_the_officers_know_at_once(visitor, wire: Wire) -> None:
    me = visitor().open()
    me.send("hello")
    me.says("You said: hello").wait_for()
    me.button("Someone isn't breathing").click()
    me.says("The helpline has been told.").wait_for()
    assert wire.talk.said() == ["hello", "Someone isn't breathing"]


def test_the_helpline_that_could_not_be_told_is_not_said_to_know(visitor, wire: Wire) -> None:
    me = visitor().open()
    me.context.set_offline(True)
    me.button("Someone isn't breathing").click()
    me.button("Tell the helpline").click()
    me.says("The helpline could not be told yet. Keep going with 999.").wait_for()
    me.context.set_offline(False)
    me.says("The helpline has been told.").wait_for()
    assert wire.talk.said() == ["Someone isn't breathing"]


def test_escape_goes_back_to_the_chat(visitor) -> None:
    me = visitor().open()
    me.button("Someone isn't breathing").click()
    me.page.keyboard.press("Escape")
    assert me.box.is_visible()
    assert me.window.is_visible()


def test_a_page_can_open_the_steps_with_a_button_of_its_own(visitor) -> None:
    me = visitor().visit("/")
    me.page.locator("button[data-gateside-steps]").click()
    assert me.says("Are they breathing?").is_visible()


def test_every_way_through_the_steps_ends_and_begins_with_999(voice: Voice) -> None:
    steps = emergency_steps(voice, data_folder() / "coach")
    screens = steps["steps"]
    assert "999" in screens[steps["start"]]["say"][0].splitlines()[0]
    last = {name for name, screen in screens.items() if not screen["choices"]}
    assert last
    leads_to_the_end = set(last)
    for _ in screens:
        leads_to_the_end |= {
            name
            for name, screen in screens.items()
            if {choice["step"] for choice in screen["choices"]} & leads_to_the_end
        }
    assert leads_to_the_end == set(screens)


def test_no_step_asks_what_only_a_listener_could_use_or_says_that_officers_know(voice: Voice) -> None:
    said = str(emergency_steps(voice, data_folder() / "coach"))
    assert "Where are you?" not in said
    assert "have been told" not in said
