"""At a door with bad reception: what was opened once can be read, and nothing that was typed is kept."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.chromium import closed_without_trouble
from tests.web_widget.at_a_door import LOOKS, AtADoor, FrontDoor

pytestmark = pytest.mark.browser


@contextmanager
def opened_once(browser: Browser, home: Path) -> Iterator[tuple[AtADoor, FrontDoor]]:
    """Somebody who has opened the page, which their browser now keeps."""
    front = FrontDoor(home)
    front.start()
    me = AtADoor(browser.new_context(**LOOKS["phone"]), front.address, patience_ms=30_000)
    with closed_without_trouble([me]):
        me.go()
        me.page.wait_for_function("""async () => navigator.serviceWorker.controller
          && await caches.match(location.href) && await caches.match("/signpost/code.svg?service=police-d")""")
        yield me, front


def test_where_the_line_hardly_answers_what_was_opened_once_is_read_all_the_same(
    browser: Browser, tmp_path: Path
) -> None:
    with opened_once(browser, tmp_path) as (me, front), socket.socket() as silent:
        front.stop()
        silent.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        silent.bind(("127.0.0.1", front.port))
        silent.listen()

        me.page.reload()
        assert me.page.get_by_text("This is hard on you too").is_visible()


def test_opened_once_it_can_be_read_where_there_is_no_reception(browser: Browser, tmp_path: Path) -> None:
    with opened_once(browser, tmp_path) as (me, front):
        me.page.get_by_label("Their first name").fill("Quillfeather")
        number_of_the_form = me.page.locator("[name=form_id]").input_value()
        front.stop()

        me.page.reload()
        assert me.page.get_by_text("This is hard on you too").is_visible()
        assert me.page.locator("#card a[href='tel:08080101011']").is_visible()
        assert me.page.locator(".shown-card img").evaluate("(code) => code.decode().then(() => code.naturalWidth)") > 0
        assert me.page.locator(".ways a").first.evaluate("(each) => getComputedStyle(each).minHeight") == "52px"
        # What was typed is in no keeping, and what is sent from here is a referral of its own.
        assert me.page.get_by_label("Their first name").input_value() == ""
        assert me.page.locator("[name=form_id]").input_value() != number_of_the_form
        me.fills_in(number="07700 900109").sends()
        me.page.get_by_text("Not sent yet").wait_for()
        me.go("hmp-perth")
        assert me.page.get_by_text("This is hard on you too").is_visible()
