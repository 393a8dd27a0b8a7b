"""A newcomer tries texts in a minute: a phone in the browser, a stand-in for Twilio, and the real way between them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from api.app import create_app
from api.parts import build_parts
from tests.api.bot_stand_in import BotStandIn
from tests.api.house import TOKEN, reader, settings_for, voice
from tests.chromium import running_chromium
from tests.journeys.house import free_port
from tests.serving import serving
from twilio_stand_in import TwilioStandIn
from twilio_stand_in.services import MessagingService

pytestmark = pytest.mark.browser

MOTHER = "+447700900201"


@pytest.fixture(scope="module")
def gateside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, TwilioStandIn]]:
    home, port, twilio_port = tmp_path_factory.mktemp("phone"), free_port(), free_port()
    address = f"http://127.0.0.1:{port}"
    stand_in = TwilioStandIn(service=MessagingService(address), opt_out="advanced")
    http = httpx.AsyncClient(base_url=address, timeout=20)
    stand_in.connect(http, address)
    settings = settings_for(
        home,
        f"sqlite:///{home / 'gateside.db'}",
        public_url=address,
        twilio_api_base_url=f"http://127.0.0.1:{twilio_port}",
        worker=True,
        port=port,
    )
    bot = BotStandIn(TOKEN)
    parts = build_parts(settings, voice=voice(), reader=reader(), bot_transport=bot.transport())
    # A busy machine is no broken database.
    parts.reception._storing_seconds = 30.0
    with serving(stand_in.app, twilio_port), serving(create_app(settings, parts=parts), port):
        yield address, stand_in


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


def _phone(browser: Browser, address: str, **options: object) -> Page:
    page = browser.new_context(**options).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(30_000)
    page.goto(f"{address}/dev/phone")
    return page


def test_a_text_goes_the_whole_way_and_its_answers_come_back(
    browser: Browser, gateside: tuple[str, TwilioStandIn], artifacts: Path
) -> None:
    address, stand_in = gateside
    page = _phone(browser, address, viewport={"width": 1280, "height": 860})
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    expect(page.get_by_text("Nothing here yet")).to_be_visible()
    page.get_by_label("Write a text").fill("he's no breathin, he's gone blue")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".mine")).to_contain_text("he's no breathin")
    expect(page.locator(".theirs").first).to_contain_text("CALL 999 NOW", timeout=30_000)
    expect(page.locator(".theirs small").first).to_contain_text("delivered", timeout=30_000)
    expect(page.locator(".theirs small").first).to_contain_text("1 part")
    page.screenshot(path=artifacts / "dev-phone-laptop-light.png")
    page.get_by_role("button", name="STOP").click()
    expect(page.locator(".theirs").last).to_contain_text("unsubscribed")
    assert MOTHER in stand_in.stopped
    page.get_by_label("Whose phone").select_option(value="+447700900202")
    expect(page.locator("#texts li")).to_have_count(0)
    page.get_by_role("button", name="Send a picture").click()
    expect(page.locator(".theirs").last).to_contain_text("can't see pictures", timeout=30_000)
    page.get_by_label("Whose phone").select_option(label="Another number")
    page.get_by_label("Number, with its country").fill("0770")
    page.get_by_role("button", name="HELP").click()
    expect(page.get_by_text("Write the whole number")).to_be_visible()
    assert troubles == []


@pytest.mark.parametrize(
    ("name", "width", "height", "scheme"),
    [("phone-light", 390, 844, "light"), ("phone-dark", 390, 844, "dark"), ("laptop-dark", 1280, 860, "dark")],
)
def test_it_fits_every_screen_by_day_and_night(
    browser: Browser,
    gateside: tuple[str, TwilioStandIn],
    artifacts: Path,
    name: str,
    width: int,
    height: int,
    scheme: str,
) -> None:
    address, _ = gateside
    page = _phone(browser, address, viewport={"width": width, "height": height}, color_scheme=scheme)
    page.get_by_label("Whose phone").select_option(value="+353871234567")
    page.get_by_role("button", name="HELP").click()
    expect(page.locator(".theirs").first).to_be_visible(timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.screenshot(path=artifacts / f"dev-phone-{name}.png", full_page=True)
