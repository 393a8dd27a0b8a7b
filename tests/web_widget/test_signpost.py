"""An officer at a door, with a phone, in the rain: what to say, refer them, show the card. In under a minute."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.chromium import closed_without_trouble
from tests.web_widget.at_a_door import LOOKS, SIDEWAYS, TOO_SMALL, AtADoor, FrontDoor

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrontDoor]:
    front = FrontDoor(tmp_path_factory.mktemp("home"))
    front.start()
    yield front
    front.stop()


@pytest.fixture
def at_a_door(browser: Browser, front: FrontDoor) -> Iterator[Callable[..., AtADoor]]:
    made: list[AtADoor] = []

    def arrive(look: str = "phone", **options: Any) -> AtADoor:
        made.append(AtADoor(browser.new_context(**LOOKS[look], **options), front.address, patience_ms=15_000))
        return made[-1]

    with closed_without_trouble(made):
        yield arrive


def test_a_family_is_referred_with_two_lines_typed_and_two_taps_in_under_a_minute(
    at_a_door: Callable[..., AtADoor], front: FrontDoor
) -> None:
    began = time.monotonic()
    me = at_a_door().go().fills_in(number="07700 900101").sends()
    me.outcome.wait_for()

    assert time.monotonic() - began < 60
    assert me.outcome.inner_text() == "They are referred"
    assert "A helpline officer means to ring them on" in me.page.inner_text("main")
    assert me.page.evaluate("document.activeElement.id") == "outcome"
    [referral] = [one for one in front.referrals() if one.came_by == "page"]
    assert referral.service_code == "police-d"
    # Nothing of the family is left on the officer's phone.
    assert "900101" not in me.page.content() + me.page.url
    assert me.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])") == "[{},{}]"


def test_pressed_twice_it_is_one_referral(at_a_door: Callable[..., AtADoor], front: FrontDoor) -> None:
    before = len(front.referrals())
    me = at_a_door().go().fills_in(number="07700 900102")
    me.page.evaluate("for (let i = 0; i < 3; i++) document.getElementById('referral').requestSubmit()")
    me.outcome.wait_for()
    assert len(front.referrals()) == before + 1


def test_with_the_line_cut_everything_stays_and_it_goes_by_itself_once(
    at_a_door: Callable[..., AtADoor], front: FrontDoor
) -> None:
    before = len(front.referrals())
    me = at_a_door().go().fills_in(number="07700 900103")
    me.page.get_by_label("Their own worry").fill("He does not eat any more.")
    me.context.set_offline(True)
    me.sends()
    me.page.get_by_text("Not sent yet").wait_for()
    assert me.page.get_by_label("Their number").input_value() == "07700 900103"
    assert me.page.get_by_label("Their own worry").input_value() == "He does not eat any more."
    assert len(front.referrals()) == before

    me.context.set_offline(False)
    me.outcome.wait_for()
    assert len(front.referrals()) == before + 1


def test_an_answer_that_got_lost_does_not_make_it_two(at_a_door: Callable[..., AtADoor], front: FrontDoor) -> None:
    before = len(front.referrals())
    me = at_a_door().go().fills_in(number="07700 900104")
    lost = []

    def lose_the_first(route: Any) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    me.page.route("**/signpost", lose_the_first)
    me.sends()
    me.page.get_by_text("Not sent yet").wait_for()
    me.sends()
    me.outcome.wait_for()
    assert lost == [200]
    assert len(front.referrals()) == before + 1


def test_without_script_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(
    at_a_door: Callable[..., AtADoor], front: FrontDoor
) -> None:
    before = len(front.referrals())
    me = at_a_door(java_script_enabled=False).go().fills_in(name="", number="12", agreed=False)
    me.page.get_by_label("Evening").check()
    me.sends()
    told = me.page.locator("#troubles").inner_text()
    assert "Write their first name." in told
    assert "Write a mobile or home phone number" in told
    assert "once they have said yes" in told
    assert me.page.get_by_label("Their number").input_value() == "12"
    assert me.page.get_by_label("Evening").is_checked()
    me.fills_in(number="01382 223023").sends()
    assert me.outcome.inner_text() == "They are referred"
    assert len(front.referrals()) == before + 1


def test_a_machine_that_fills_in_every_box_is_not_taken(at_a_door: Callable[..., AtADoor], front: FrontDoor) -> None:
    before = len(front.referrals())
    me = at_a_door().go().fills_in(number="07700 900105")
    me.page.locator("#website").evaluate("(box) => { box.value = 'https://spam.example'; }")
    me.sends()
    me.page.get_by_text("as if a machine had filled it in").wait_for()
    assert len(front.referrals()) == before


def test_with_a_code_one_can_ask_later_and_hears_nothing_more(at_a_door: Callable[..., AtADoor]) -> None:
    me = at_a_door().go().fills_in(number="07700 900106")
    me.page.get_by_label("Give me a code").check()
    me.sends()
    code = me.page.locator(".code").inner_text()
    assert re.fullmatch(r"[2-9B-X]{4}-[2-9B-X]{4}", code)
    me.go()
    me.page.get_by_label("Your code").fill(code.lower())
    me.page.get_by_role("button", name="Look it up").click()
    me.page.get_by_text("nothing to tell yet").wait_for()
    assert code not in me.page.url


def test_a_link_that_is_kept_tells_with_one_tap_and_never_anything_of_the_family(
    at_a_door: Callable[..., AtADoor], front: FrontDoor
) -> None:
    me = at_a_door().go().fills_in(name="Quillfeather", number="07700 900108")
    me.page.get_by_label("Give me a code").check()
    me.sends()
    code = me.page.locator(".code").inner_text()
    link = me.page.get_by_role("link", name="My link to see").get_attribute("href")
    assert link == f"/signpost/reached#{code}"

    mine = at_a_door()
    asked: list[str] = []
    mine.page.on("request", lambda request: asked.append(request.url.split("#")[0]))
    mine.page.goto(front.address + link)
    mine.page.get_by_text("nothing to tell yet").wait_for()
    front.reaches_everybody()
    mine.page.reload()
    mine.page.get_by_text("The family was reached.").wait_for()
    assert [url for url in asked if code in url] == []
    shown = mine.page.content()
    assert "Quillfeather" not in shown
    assert "900108" not in shown


def test_a_kept_link_without_script_asks_for_the_code(at_a_door: Callable[..., AtADoor]) -> None:
    me = at_a_door(java_script_enabled=False)
    me.page.goto(f"{me.address}/signpost/reached#ABCD-EFGH")
    me.page.get_by_label("Your code").fill("ABCD-EFGH")
    me.page.get_by_role("button", name="Look it up").click()
    assert "nothing to tell yet" in me.page.inner_text("main")


@pytest.mark.parametrize("service", ["", "nobody", "<script>", "POLICE-D"])
def test_whatever_the_code_in_the_link_the_page_serves(at_a_door: Callable[..., AtADoor], service: str) -> None:
    me = at_a_door().go(service)
    assert me.page.locator("#referral").is_visible()
    assert ("Tayside" in me.page.inner_text("main")) is (service == "POLICE-D")


def test_the_page_is_whole_on_a_small_phone_and_nothing_to_press_is_small(at_a_door: Callable[..., AtADoor]) -> None:
    me = at_a_door().go()
    me.page.set_viewport_size({"width": 320, "height": 568})
    assert me.page.evaluate(SIDEWAYS) == 0
    assert me.page.evaluate(TOO_SMALL) == []
    assert me.page.locator("main a[href='tel:999']").first.is_visible()
    assert me.page.locator("main a[href='tel:08080101011']").first.is_visible()


def test_the_whole_form_can_be_done_with_the_keyboard(at_a_door: Callable[..., AtADoor]) -> None:
    me = at_a_door("laptop").go()
    me.page.get_by_label("Their first name").focus()
    keys = me.page.keyboard
    keys.type("Jean")
    keys.press("Tab")
    keys.type("07700 900107")
    for _ in range(5):
        keys.press("Tab")
    keys.type("Worried about her son")
    keys.press("Tab")
    keys.press("Space")
    assert me.page.get_by_label("they said yes").is_checked()
    keys.press("Enter")
    me.outcome.wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_wrong_in_any_state_and_pictures_are_taken(
    at_a_door: Callable[..., AtADoor], artifacts: Path, look: str, scheme: str
) -> None:
    me = at_a_door(look, color_scheme=scheme, reduced_motion="reduce").go()

    def picture(state: str) -> None:
        me.page.screenshot(path=artifacts / f"signpost-{state}-{look}-{scheme}.png", full_page=True)

    found = {"first": me.complaints()}
    picture("first")
    me.sends()
    me.page.locator("#troubles").wait_for()
    found["wrong"] = me.complaints()
    picture("wrong")
    number = {"phone": "07700 90011", "laptop": "07700 90012"}[look] + {"light": "1", "dark": "2"}[scheme]
    me.fills_in(number=number)
    me.page.get_by_label("Give me a code").check()
    me.page.get_by_label("Their own worry").fill("He is not breathing right")
    me.context.set_offline(True)
    me.sends()
    me.page.get_by_text("Not sent yet").wait_for()
    found["cut"] = me.complaints()
    picture("cut")
    me.context.set_offline(False)
    me.outcome.wait_for()
    assert "999" in me.page.locator("main .danger-line").inner_text()
    found["sent"] = me.complaints()
    picture("sent")
    assert found == {state: [] for state in found}
