"""Finds the Chromium that browser tests drive, and starts it as a closed network needs it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = "no Chromium here: browser tests are left out. To have them: apt-get install --yes chromium"


def chromium_path() -> str:
    """Where Chromium is; without one the test is skipped by name, or fails where nothing may be skipped."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    if os.environ.get("GATESIDE_SKIP_NOTHING"):
        pytest.fail(MISSING)
    pytest.skip(MISSING)


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """A headless Chromium for a session of tests."""
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class Tab:
    """One person's browser with one page. What goes wrong in the page's scripts is gathered."""

    def __init__(self, context: BrowserContext, address: str, *, patience_ms: int) -> None:
        self.context = context
        self.address = address
        self.patience_ms = patience_ms
        self.troubles: list[str] = []
        self.page: Page = self._opened()

    def close_and_open_another(self) -> None:
        """Close the tab; another one of the same browser stands in its place, empty."""
        self.page.close()
        self.page = self._opened()

    def _opened(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(self.patience_ms)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        return page


@contextmanager
def closed_without_trouble(tabs: Sequence[Tab]) -> Iterator[None]:
    """Closes the tabs that were opened meanwhile; a script error on any of their pages fails the test."""
    yield
    for tab in tabs:
        tab.context.close()
    assert [trouble for tab in tabs for trouble in tab.troubles] == []


def artifacts_of(room: str) -> Path:
    """The ignored folder for the pictures that a room's tests take."""
    folder = Path(__file__).parent / "artifacts" / room
    folder.mkdir(parents=True, exist_ok=True)
    return folder
