"""A real Chromium, the real application, and members of staff at their desks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.chromium import Tab, artifacts_of, closed_without_trouble, running_chromium
from tests.console.house import House, Officer
from tests.web_widget.conftest import Visitor

expect.set_options(timeout=20_000)
"""As patient as the desks' own waiting: a busy machine is no fault of the console."""


@pytest.fixture(scope="session")
def running_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("home"))
    house.start()
    yield house
    house.stop()


@pytest.fixture
def house(running_house: House) -> House:
    running_house.empty()
    return running_house


@pytest.fixture(scope="session")
def calum(running_house: House) -> Officer:
    return running_house.officer("Calum Reid")


@pytest.fixture(scope="session")
def moira(running_house: House) -> Officer:
    return running_house.officer("Moira Kerr")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # A module at a time: while Playwright's loop runs in this thread, no asynchronous test can.
    with running_chromium() as browser:
        yield browser


class Desk(Tab):
    """One browser of a member of staff."""

    def go(self, path: str = "/console") -> Desk:
        self.page.goto(self.address + path)
        return self

    def connected(self) -> Desk:
        self.page.locator("#link-state", has_text="Connected").wait_for()
        return self

    def button(self, name: str, *, within: str = "body") -> Locator:
        return self.page.locator(within).get_by_role("button", name=name, exact=True)

    def says(self, text: str) -> Locator:
        return self.page.get_by_text(text)

    def write(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def finish(self, outcome: str, note: str) -> None:
        self.page.locator("#finish > summary").click()
        self.page.get_by_label(outcome, exact=True).check()
        self.page.locator("#finish-note").fill(note)
        self.button("Finish", within="#finish form").click()

    @property
    def next(self) -> Locator:
        return self.page.locator("#next")

    @property
    def rows(self) -> Locator:
        return self.page.locator("#rows-waiting > .row")

    @property
    def box(self) -> Locator:
        return self.page.locator("#text")

    @property
    def log(self) -> list[str]:
        return self.page.locator("#log .text").all_inner_texts()

    @property
    def state(self) -> Locator:
        return self.page.locator("#state")


@pytest.fixture
def desk(browser: Browser, house: House) -> Iterator[Callable[..., Desk]]:
    """Makes desks, signed in when an officer is named; a script error on any of their pages fails the test."""
    made: list[Desk] = []

    def make(officer: Officer | None = None, *, width: int = 1280, height: int = 800, **options: object) -> Desk:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]
        if officer is not None:
            context.add_cookies([house.cookie(officer)])
        made.append(Desk(context, house.address, patience_ms=15_000))
        return made[-1]

    with closed_without_trouble(made):
        yield make


@pytest.fixture
def person(browser: Browser, house: House) -> Iterator[Callable[..., Visitor]]:
    """Makes people at the chat on our own page, each in a browser of their own, who have asked for a person."""
    made: list[Visitor] = []

    def make(**options: object) -> Visitor:
        context = browser.new_context(viewport={"width": 390, "height": 844}, **options)  # type: ignore[arg-type]
        made.append(Visitor(context, house.address, patience_ms=15_000))
        made[-1].open()
        made[-1].send("person")
        made[-1].says("in the queue for a person").first.wait_for()
        return made[-1]

    with closed_without_trouble(made):
        yield make


@pytest.fixture(scope="session")
def artifacts() -> Path:
    return artifacts_of("console")
