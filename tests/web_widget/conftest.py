"""A real Chromium, a real server that speaks the wire, and the widget as it is served."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator

from api.channels.web.page_templates import PageTemplates
from api.channels.web.widget_bundle import WIDGET_FOLDER, build_widget
from reference.paths import data_folder
from tests.chromium import Tab, artifacts_of, closed_without_trouble, running_chromium
from tests.web_widget.wire import Wire
from voice import Voice

HOST_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A council page</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/host.css"></head>
<body><h1>A council page</h1><p><a href="#x">Bins</a> <input aria-label="Search"></p>
<script src="/widget.js" data-title="Families helpline" data-exit="/dull" async></script></body></html>"""

HOST_STYLE = """html { font-size: 62.5%; } * { letter-spacing: 3px !important; }
button, p, div { color: red !important; font-size: 8px !important; text-transform: uppercase !important; }"""


@pytest.fixture(scope="session")
def voice() -> Voice:
    return Voice.load()


@pytest.fixture(scope="session")
def script(voice: Voice) -> bytes:
    return build_widget(voice, data_folder() / "coach", demonstration=True)


@pytest.fixture(scope="session")
def served(voice: Voice, script: bytes) -> Iterator[tuple[Wire, str]]:
    templates = PageTemplates(voice, demonstration=True, exit_address="/dull")
    pages = {
        "/": ("text/html", templates.render("front.html", sms_number="+44 7700 900000")),
        "/missing": ("text/html", templates.render("error.html", error="pages/error_not_found")),
        "/exit": ("text/html", templates.render("exit.html")),
        "/tokens.css": ("text/css", (WIDGET_FOLDER / "tokens.css").read_text()),
        "/page.css": ("text/css", (WIDGET_FOLDER / "page" / "page.css").read_text()),
        "/host": ("text/html", HOST_PAGE),
        "/host.css": ("text/css", HOST_STYLE),
    }
    wire = Wire(script=script, pages=pages)
    with wire.running() as address:
        yield wire, address


@pytest.fixture
def wire(served: tuple[Wire, str]) -> Wire:
    served[0].reset()
    return served[0]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # A module at a time: while Playwright's loop runs in this thread, no asynchronous test can.
    with running_chromium() as browser:
        yield browser


class Visitor(Tab):
    """One person at the widget, in a browser of their own."""

    def visit(self, path: str = "/") -> Visitor:
        self.page.goto(self.address + path)
        self.launcher.wait_for()
        return self

    def open(self, path: str = "/") -> Visitor:
        self.visit(path)
        self.launcher.click()
        return self

    def send(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.locator("gateside-chat").get_by_role("button", name=name, exact=isinstance(name, str))

    def says(self, text: str) -> Locator:
        return self.page.locator("gateside-chat").get_by_text(text)

    @property
    def launcher(self) -> Locator:
        return self.page.locator(".launcher")

    @property
    def window(self) -> Locator:
        return self.page.locator(".window")

    @property
    def box(self) -> Locator:
        return self.page.locator("textarea")

    @property
    def bubbles(self) -> Locator:
        return self.page.locator(".said")

    def texts(self, author: str = "person") -> list[str]:
        return self.page.locator(f".said.by-{author} .text").all_inner_texts()

    def until(self, holds: Callable[[], bool], *, seconds: float = 8) -> None:
        """Waits until it holds. Raises TimeoutError when it does not come to hold."""
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError("what was waited for did not happen")
            self.page.wait_for_timeout(50)

    def kept(self) -> str | None:
        kept: str | None = self.page.evaluate("sessionStorage.getItem('gateside')")
        return kept


@pytest.fixture
def visitor(browser: Browser, served: tuple[Wire, str], wire: Wire) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors; a script error on any of their pages fails the test."""
    made: list[Visitor] = []

    def make(*, width: int = 390, height: int = 844, **options: object) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]
        made.append(Visitor(context, served[1], patience_ms=8_000))
        return made[-1]

    with closed_without_trouble(made):
        yield make


@pytest.fixture(scope="session")
def artifacts() -> Path:
    return artifacts_of("widget")
