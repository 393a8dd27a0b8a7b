"""Everybody can use it: keyboard alone, screen reader, small and large, dark and light, high contrast."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.web_widget.wire import Wire, reply

pytestmark = pytest.mark.browser

FOCUSED = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at.getAttribute("aria-label") ?? at.textContent.trim();
}"""


def violations(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_in_any_state(visitor, wire: Wire, scheme: str) -> None:
    wire.answer = lambda text: [
        reply("CALL 999 NOW.", author="service"),
        reply("Is he breathing?", author="service", quick_replies=("Yes", "No")),
    ]
    me = visitor(color_scheme=scheme, reduced_motion="reduce").visit("/")
    found = {"page": violations(me.page)}
    me.launcher.click()
    found["first visit"] = violations(me.page)
    me.send("he's not waking up")
    me.button("Yes").wait_for()
    wire.give_to("officer", officer="Calum")
    me.says("You are talking to Calum").wait_for()
    me.button("More choices").click()
    found["conversation, choices open"] = violations(me.page)
    me.context.set_offline(True)
    me.send("hello?")
    me.says("You are offline").wait_for()
    found["offline"] = violations(me.page)
    me.button("Someone isn't breathing").click()
    found["steps"] = violations(me.page)
    assert found == {state: [] for state in found}


@pytest.mark.parametrize("path", ["/missing", "/exit"])
def test_axe_finds_nothing_wrong_on_the_plain_pages(visitor, path: str) -> None:
    me = visitor()
    me.page.goto(me.address + path)
    assert violations(me.page) == []


def test_the_whole_way_by_keyboard_alone(visitor, wire: Wire) -> None:
    wire.answer = lambda text: [reply("Does that help?", quick_replies=("It does", "Not yet"))]
    me = visitor(width=1280, height=800).visit("/host")
    keys = me.page.keyboard

    def tab_to(name: str) -> None:
        for _ in range(20):
            if me.page.evaluate(FOCUSED) == name:
                return
            keys.press("Tab")
        raise AssertionError(f"{name} can't be reached with Tab")

    tab_to("Talk to us")
    keys.press("Enter")
    assert me.page.evaluate(FOCUSED) == "Your message"
    keys.type("hello")
    keys.press("Enter")
    me.button("It does").wait_for()
    assert me.page.evaluate(FOCUSED) == "Your message"
    keys.press("Shift+Tab")
    assert me.page.evaluate(FOCUSED) == "Not yet"
    keys.press("Enter")
    me.page.locator(".by-person").nth(1).wait_for()
    tab_to("Someone isn't breathing")
    keys.press("Enter")
    tab_to("Not sure")
    keys.press("Enter")
    assert me.page.evaluate(FOCUSED) == "Step 2"
    tab_to("Back to the chat")
    keys.press("Enter")
    assert me.page.evaluate(FOCUSED) == "Your message"
    keys.press("Escape")
    assert me.page.evaluate(FOCUSED) == "Talk to us"
    assert me.texts() == ["hello", "Not yet", "Someone isn't breathing"]


def test_on_a_wide_screen_the_page_beside_stays_usable_and_on_a_small_one_it_is_out_of_reach(visitor) -> None:
    wide = visitor(width=1280, height=800).open("/host")
    wide.page.get_by_label("Search").fill("bins")
    small = visitor(width=390, height=844).open("/host")
    assert small.page.evaluate(
        "document.querySelector('gateside-chat').shadowRoot.querySelector('dialog').matches(':modal')"
    )
    small.page.set_viewport_size({"width": 1280, "height": 800})
    small.page.get_by_label("Search").fill("bins")


def test_danger_is_read_out_at_once_and_everything_else_politely(visitor, wire: Wire) -> None:
    wire.answer = lambda text: [reply("CALL 999 NOW.", author="service"), reply("I am here. In danger call 999.")]
    me = visitor().open()
    me.send("he's blue")
    me.says("I am here.").wait_for()
    assert me.page.locator(".log").get_attribute("role") == "log"
    assert me.page.locator(".said[role=alert] .text").all_inner_texts() == ["CALL 999 NOW."]
    assert me.page.locator(".said.by-assistant[role=alert]").count() == 0


def test_the_steps_of_an_emergency_are_as_loud_as_its_first_words(visitor, wire: Wire) -> None:
    wire.level = "emergency"
    step = reply("Push hard and fast. 999 will talk you through it.", author="service")
    wire.answer = lambda text: [step] if text == "naw" else []
    me = visitor().open()
    me.send("he's blue")
    me.says("Your message is here").wait_for()
    me.send("naw")
    me.says("Push hard and fast").wait_for()
    assert me.page.locator(".said.by-service[role=alert]").count() == 1


@pytest.mark.parametrize(
    ("width", "height"),
    [(320, 568), (320, 200), (844, 390)],
    ids=["small phone", "400 per cent zoom", "phone on its side"],
)
def test_nothing_is_cut_off_on_small_screens(visitor, wire: Wire, width: int, height: int) -> None:
    long_word = "A" + "a" * 300
    wire.answer = lambda text: [
        reply(f"{long_word} https://example.org/{'x' * 200}", quick_replies=(long_word[:80], "No"))
    ]
    me = visitor(width=width, height=height).visit("/")
    sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert me.page.evaluate(sideways) == 0
    me.launcher.click()
    me.send(long_word)
    me.button("No").wait_for()
    too_wide = """() => {
      const shadow = document.querySelector("gateside-chat").shadowRoot;
      return [...shadow.querySelectorAll(".window, .window *")].filter((each) => each.checkVisibility()
        && (each.getBoundingClientRect().right > innerWidth + 1 || each.getBoundingClientRect().left < -1
            || (each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display !== "inline"
                && each.tagName !== "path" && !each.closest(".follows .author"))))
        .map((each) => each.className || each.tagName);
    }"""
    assert me.page.evaluate(too_wide) == []
    for name in ("Leave this page", "Send", "Someone isn't breathing"):
        me.button(name).scroll_into_view_if_needed()
        box = me.button(name).bounding_box()
        assert box["width"] > 0
        assert box["y"] + box["height"] <= height + 1
    me.button("Someone isn't breathing").click()
    assert me.page.evaluate(too_wide) == []
    me.button("Not sure").click()
    assert me.says("Step 2").is_visible()


def test_everything_that_is_tapped_is_at_least_44_pixels(visitor, wire: Wire) -> None:
    wire.answer = lambda text: [reply("Well?", quick_replies=("A", "B"))]
    me = visitor().open()
    me.send("hi")
    me.button("A").wait_for()
    me.button("More choices").click()
    small = """() => [...document.querySelector("gateside-chat").shadowRoot.querySelectorAll("button, .call, textarea")]
      .filter((each) => each.checkVisibility())
      .filter((each) => each.getBoundingClientRect().height < 44 || each.getBoundingClientRect().width < 44)
      .map((each) => each.textContent)"""
    assert me.page.evaluate(small) == []
    me.button("Someone isn't breathing").click()
    assert me.page.evaluate(small) == []


def test_in_forced_colours_every_control_has_an_edge(visitor) -> None:
    me = visitor(forced_colors="active").open()
    bare = """all => all.filter((each) => each.checkVisibility() && getComputedStyle(each).borderTopWidth === "0px")
      .map((each) => each.textContent)"""
    controls = me.page.locator(".exit, .send, .not-breathing, .choice")
    assert controls.count() > 4
    assert controls.evaluate_all(bare) == []


def test_with_motion_off_nothing_moves(visitor) -> None:
    me = visitor(width=1280, height=800, reduced_motion="reduce").open()
    assert me.window.evaluate("window => getComputedStyle(window).animationName") == "none"


def test_on_paper_the_whole_conversation_is_there_and_no_buttons(visitor) -> None:
    me = visitor().open()
    for number in range(6):
        me.send(f"line {number}")
        me.says(f"You said: line {number}").wait_for()
    me.page.emulate_media(media="print")
    assert not me.box.is_visible()
    assert not me.button("Leave this page").is_visible()
    assert me.page.locator(".scroller").evaluate("log => log.scrollHeight <= log.clientHeight + 1")
