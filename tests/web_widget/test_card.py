"""Whose card led somebody here is told once they write, by our own pages alone, and stands in no address for long."""

from __future__ import annotations

import pytest

from tests.web_widget.conftest import HOST_PAGE
from tests.web_widget.wire import Wire

pytestmark = pytest.mark.browser


def test_the_code_of_a_card_is_told_with_the_first_message_and_leaves_the_address_before(visitor, wire: Wire) -> None:
    me = visitor().open("/?from=police-d&x=1#top")
    assert me.page.url == f"{me.address}/?x=1#top"
    assert wire.openings == []
    me.send("hello")
    me.says("You said: hello").wait_for()

    assert wire.openings == [{"card": "police-d"}]
    assert "police-d" not in me.kept()


def test_without_a_card_nothing_is_told(visitor, wire: Wire) -> None:
    me = visitor().open()
    me.send("hello")
    me.says("You said: hello").wait_for()

    assert wire.openings == [{}]


def test_what_stands_in_another_sites_address_is_none_of_our_business(visitor, wire: Wire) -> None:
    me = visitor(bypass_csp=True)
    wire.pages["/bins"] = ("text/html", HOST_PAGE.replace('src="/widget.js"', f'src="{me.address}/widget.js"'))
    council = me.address.replace("127.0.0.1", "localhost")
    me.page.goto(f"{council}/bins?from=police-d")
    me.launcher.click()
    me.send("hello")
    me.says("You said: hello").wait_for()

    assert me.page.url == f"{council}/bins?from=police-d"
    assert wire.openings == [{}]
