"""Somebody goes quiet: nothing is said to them while they are away, and one gentle line when they come back."""

from __future__ import annotations

import pytest

from tests.web_widget.wire import Wire, reply

pytestmark = pytest.mark.browser

NO_HURRY = "There is no hurry."


@pytest.fixture
def asked(visitor, wire: Wire):
    """Somebody who was just asked if they would like a person, in a browser whose clock we hold."""
    wire.answer = lambda text: [reply("Would you like to talk to a person?", quick_replies=("Yes please", "Not now"))]
    me = visitor()
    me.page.clock.install()
    me.open()
    me.send("I don't know what to do")
    me.button("Not now").wait_for()
    return me


def test_while_somebody_is_quiet_nothing_is_said(asked, wire: Wire) -> None:
    calls = [call for call in wire.calls if call[0] == "POST"]
    asked.page.clock.fast_forward("45:00")
    asked.page.wait_for_timeout(300)
    assert not asked.says(NO_HURRY).is_visible()
    assert asked.bubbles.count() == 2
    assert [call for call in wire.calls if call[0] == "POST"] == calls


def test_who_comes_back_after_a_while_is_told_once_that_there_is_no_hurry(asked) -> None:
    asked.button("Close").click()
    asked.page.clock.fast_forward("11:00")
    asked.launcher.click()
    asked.says(NO_HURRY).wait_for()
    assert asked.button("Yes please").is_visible()
    assert asked.bubbles.count() == 2
    asked.send("no")
    asked.says(NO_HURRY).wait_for(state="detached")


def test_a_short_look_away_is_no_silence(asked) -> None:
    asked.button("Close").click()
    asked.page.clock.fast_forward("05:00")
    asked.launcher.click()
    asked.page.wait_for_timeout(200)
    assert not asked.says(NO_HURRY).is_visible()


def test_a_phone_that_threw_the_page_away_meanwhile_says_it_as_well(asked) -> None:
    asked.page.clock.fast_forward("11:00")
    asked.page.reload()
    asked.says(NO_HURRY).wait_for()


def test_who_waits_for_a_person_is_not_told_so(asked, wire: Wire) -> None:
    wire.wait_for_socket()
    wire.give_to("queue", position=2)
    asked.says("You are number 2 in the queue").wait_for()
    asked.button("Close").click()
    asked.page.clock.fast_forward("11:00")
    asked.launcher.click()
    asked.page.wait_for_timeout(200)
    assert not asked.says(NO_HURRY).is_visible()
