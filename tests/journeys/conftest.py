"""One whole Gateside for all journeys, a Twilio beside it, and a browser for each person."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, Page

from reference.clock import StartedClock
from tests.chromium import artifacts_of, running_chromium
from tests.journeys.house import House
from twilio_stand_in import TwilioStandIn

TUESDAY_EVENING = "2026-11-24T21:00:00+00:00"
ON_CALL = "+447700900111"


class Twilio:
    """The stand-in as a server, and phones that text through it."""

    def __init__(self, clock: StartedClock) -> None:
        self.stand_in = TwilioStandIn(clock=clock)
        self.address = ""

    @contextmanager
    def running(self) -> Iterator[Twilio]:
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(self.stand_in.app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield self
        server.should_exit = True
        thread.join(10)

    @property
    def settings(self) -> dict[str, str]:
        return {
            "GATESIDE_TWILIO_ACCOUNT_SID": self.stand_in.account_sid,
            "GATESIDE_TWILIO_AUTH_TOKEN": self.stand_in.auth_token,
            "GATESIDE_TWILIO_MESSAGING_SERVICE_SID": "MG" + "0" * 32,
            "GATESIDE_TWILIO_API_BASE_URL": self.address,
        }


class Phone:
    """Somebody's phone: texts the service, and shows what came."""

    def __init__(self, house: House, twilio: Twilio, number: str) -> None:
        self._house, self._twilio, self.number = house, twilio, number

    def text(self, body: str, **more: str) -> httpx.Response:
        async def call() -> httpx.Response:
            async with httpx.AsyncClient(base_url=self._house.address, timeout=20) as http:
                return await self._twilio.stand_in.text_in(
                    http, self._house.environment["GATESIDE_PUBLIC_URL"], number=self.number, body=body, **more
                )

        # A browser's own event loop may be running in this thread.
        with ThreadPoolExecutor(1) as elsewhere:
            return elsewhere.submit(asyncio.run, call()).result()

    @property
    def received(self) -> list[str]:
        return self._twilio.stand_in.texts_to(self.number)

    def wait_for(self, words: str, *, after: int = 0, seconds: float = 20) -> str:
        """The first text after number `after` that holds `words`, in any case."""
        found: list[str] = []

        def arrived() -> bool:
            found[:] = [text for text in self.received[after:] if words.lower() in text.lower()]
            return bool(found)

        try:
            self._house.wait_for(arrived, seconds)
        except AssertionError as error:
            raise AssertionError(f"no text with {words!r}; there were {self.received[after:]}\n{error}") from None
        return found[0]


@pytest.fixture(scope="session")
def twilio() -> Iterator[Twilio]:
    with Twilio(StartedClock(datetime.fromisoformat(TUESDAY_EVENING))).running() as twilio:
        yield twilio


@pytest.fixture(scope="session")
def house(twilio: Twilio, tmp_path_factory: pytest.TempPathFactory, artifacts: Path) -> Iterator[House]:
    house = House(
        tmp_path_factory.mktemp("journeys") / "home",
        {**twilio.settings, "GATESIDE_CLOCK": TUESDAY_EVENING, "GATESIDE_ON_CALL_NUMBER": ON_CALL},
    )
    try:
        house.start()
        yield house
        house.stop()
    finally:
        kept = artifacts / "logs"
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(house.home / "logs", kept)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def pages(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Makes pages, each in a browser context of its own; a script error on any of them fails the journey."""
    made: list[Page] = []
    troubles: list[str] = []

    def make(**options: object) -> Page:
        page = browser.new_context(**options).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        made.append(page)
        return page

    yield make
    for page in made:
        page.context.close()
    assert troubles == []


@pytest.fixture(scope="session")
def artifacts() -> Path:
    return artifacts_of("journeys")
