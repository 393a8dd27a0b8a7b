"""What somebody's answers came to can be kept: a page of its own, opened from the chat."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web_widget.test_pictures import SCREENS
from tests.web_widget.wire import Wire, reply

pytestmark = pytest.mark.browser

FOUND = reply(
    "You said: a place to stay. For Fife, these can help:\n\nShelter Scotland: 0808 800 4444\n\n"
    "Scottish Families Affected by Alcohol and Drugs: 08080 10 10 11",
    result=True,
)
OFFER = reply("Would you like to talk to a person?", quick_replies=("Yes please", "Not now"))


@pytest.fixture
def told(visitor, wire: Wire):
    """Somebody who has answered the questions and was told who can help."""
    return _told(visitor(), wire)


def _told(me, wire: Wire):
    wire.answer = lambda text: [FOUND, OFFER] if text == "fife" else [reply("Which town are you in?")]
    me.open()
    me.send("hello")
    me.says("Which town are you in?").wait_for()
    assert not me.button("Keep this").is_visible()
    me.send("fife")
    me.button("Keep this").wait_for()
    return me


def test_the_card_opens_in_a_tab_of_its_own_and_its_address_tells_no_secret(told, wire: Wire) -> None:
    with told.context.expect_page() as opened:
        told.button("Keep this").click()
    page = opened.value
    page.get_by_role("heading", name="What you told us").wait_for()
    assert page.url.endswith(f"/api/v1/conversations/{wire.talk.id}/result")
    assert wire.talk.token not in page.url
    assert page.evaluate("window.opener") is None
    assert told.texts("person") == ["hello", "fife"]


def test_it_stands_under_the_last_result_only_and_among_the_choices(told, wire: Wire) -> None:
    wire.wait_for_socket()
    wire.say("assistant", "Your answers come to 5.", result=True)
    told.says("Your answers come to 5.").wait_for()
    assert told.button("Keep this").count() == 1
    told.button("More choices").click()
    assert told.button("Keep this").count() == 2
    with told.context.expect_page():
        told.page.locator(".choices").get_by_role("button", name="Keep this").click()


def test_it_is_still_there_after_a_reload(told) -> None:
    told.page.reload()
    told.button("Keep this").wait_for()
    with told.context.expect_page():
        told.button("Keep this").click()


def test_without_a_connection_it_says_so_in_place_and_opens_no_empty_tab(told) -> None:
    told.context.set_offline(True)
    told.button("Keep this").click()
    told.says("There is no connection now.").wait_for()
    assert len(told.context.pages) == 1
    told.context.set_offline(False)
    told.says("You are connected again.").wait_for()
    with told.context.expect_page():
        told.button("Keep this").click()
    told.says("Opens as a page").wait_for()


def test_who_deletes_the_chat_is_offered_nothing_to_keep(told) -> None:
    told.button("More choices").click()
    told.button("Delete this chat").click()
    told.button("Yes, delete it").click()
    told.says("This chat is deleted.").wait_for()
    assert told.button("Keep this").count() == 0


@pytest.mark.parametrize("screen", SCREENS)
def test_it_has_its_picture(visitor, wire: Wire, artifacts: Path, screen: str) -> None:
    me = _told(visitor(**SCREENS[screen], reduced_motion="reduce"), wire)
    me.page.screenshot(path=artifacts / f"{screen}-10-keep.png")
    me.context.set_offline(True)
    me.button("Keep this").click()
    me.says("There is no connection now.").wait_for()
    me.page.screenshot(path=artifacts / f"{screen}-10-keep-offline.png")


def test_everything_that_is_kept_opens_in_a_tab_of_its_own(told, wire: Wire) -> None:
    told.button("More choices").click()
    with told.context.expect_page() as opened:
        told.button("What we hold on you").click()
    page = opened.value
    page.get_by_role("heading", name="Everything we hold about you").wait_for()
    assert page.url.endswith(f"/api/v1/conversations/{wire.talk.id}/copy")
    assert page.evaluate("window.opener") is None
