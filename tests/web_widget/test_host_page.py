"""The one line in somebody else's page: it neither harms the page nor is harmed by it."""

from __future__ import annotations

import pytest

from tests.web_widget.wire import Wire

pytestmark = pytest.mark.browser

SETTINGS_PAGE = """<!doctype html><html lang="en"><title>Host</title><body>
<script src="/widget.js" data-open="true" data-position="left" data-title="Gate" data-api="{api}" async></script>"""


def test_the_pages_own_styles_do_not_reach_in(visitor) -> None:
    me = visitor().open("/host")
    greeting = me.page.locator(".greeting").first
    look = (
        "each => { const s = getComputedStyle(each); return [s.fontSize, s.textTransform, s.letterSpacing, s.color]; }"
    )
    assert greeting.evaluate(look) == ["17px", "none", "normal", "rgb(29, 31, 33)"]
    assert me.page.locator("h2", has_text="Families helpline").is_visible()


def test_nothing_is_left_in_the_pages_global_scope(visitor) -> None:
    me = visitor().visit("/host")
    added = """() => { const frame = document.body.appendChild(document.createElement("iframe"));
      return Object.keys(globalThis).filter((key) => !/^\\d+$/.test(key) && !(key in frame.contentWindow)); }"""
    assert me.page.evaluate(added) == []


def test_it_works_under_a_strict_content_security_policy(visitor) -> None:
    me = visitor()
    complaints: list[str] = []
    me.page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    me.open("/host")
    me.send("hello")
    me.says("You said: hello").wait_for()
    me.button("Someone isn't breathing").click()
    assert complaints == []


def test_settings_open_it_move_it_name_it_and_point_it_to_another_server(visitor, wire: Wire) -> None:
    me = visitor(width=1280, height=800)
    other = me.address.replace("127.0.0.1", "localhost")
    wire.pages["/settings"] = ("text/html", SETTINGS_PAGE.format(api=other))
    me.page.goto(f"{me.address}/settings")
    me.box.wait_for()
    assert me.page.locator("h2", has_text="Gate").is_visible()
    assert me.window.bounding_box()["x"] < 100
    asked: list[str] = []
    me.page.on("request", lambda request: asked.append(request.url))
    me.send("hello")
    me.says("You said: hello").wait_for()
    assert all(url.startswith(other) for url in asked if "/api/" in url)


def test_where_storage_is_refused_the_conversation_still_works(visitor) -> None:
    me = visitor()
    me.context.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('refused'); } })"
    )
    me.open("/host")
    me.send("hello")
    me.says("You said: hello").wait_for()
    me.send("again")
    me.says("You said: again").wait_for()
