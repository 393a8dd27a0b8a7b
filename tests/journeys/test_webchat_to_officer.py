"""A mother on the website, an officer in the console, in two real browsers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.house import House

pytestmark = pytest.mark.browser
PASSWORD = "a long enough passphrase for the night"  # a test's own


class Chat:
    """The chat window in somebody's browser."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.goto(address)
        page.locator(".launcher").click()

    def write(self, text: str) -> None:
        box = self.page.locator("gateside-chat textarea")
        box.fill(text)
        box.press("Enter")

    def said_by(self, author: str) -> Locator:
        return self.page.locator(f".said.by-{author} .text")

    def sees(self, words: str) -> None:
        expect(self.page.locator(".said .text").filter(has_text=words).last).to_be_visible(timeout=20_000)


def sign_in(page: Page, house: House, name: str, email: str) -> None:
    page.goto(house.hire(name, email))
    for box in page.locator("input[type=password]").all():
        box.fill(PASSWORD)
    page.locator("form button").last.click()
    if "sign-in" in page.url:
        page.locator("input[type=email]").fill(email)
        page.locator("input[type=password]").fill(PASSWORD)
        page.locator("form button").last.click()
    page.wait_for_url(f"{house.address}/console")


def test_a_mother_is_answered_asked_handed_over_and_answered_by_a_person(
    house: House, pages: Callable[..., Page], artifacts: Path
) -> None:
    desk = pages(viewport={"width": 1280, "height": 800})
    sign_in(desk, house, "Calum Reid", "calum@example.org")
    expect(desk.locator("#queue")).to_have_attribute("data-waiting", "0")

    requested: list[str] = []
    phone = pages(viewport={"width": 390, "height": 844})
    phone.on("request", lambda request: requested.append(request.url))
    mother = Chat(phone, house.address + "/")
    assert [url for url in requested if "/api/" in url] == []

    mother.write("my son gets out of HMP Kilmarnock on Friday and I'm scared he'll use")
    mother.sees("Kilmarnock")
    mother.sees("Friday")
    mother.sees("naloxone")
    first = " ".join(mother.said_by("assistant").all_inner_texts())
    assert "your son" in first.lower()
    assert "3 days" in first or "27 November" in first
    phone.screenshot(path=artifacts / "1-answered.png")

    mother.write("ok")
    expect(phone.locator("gateside-chat").get_by_role("button", name="Skip").first).to_be_visible()
    phone.screenshot(path=artifacts / "2-asked.png")
    mother.write("skip")
    mother.write("can I talk to a real person please")
    expect(desk.locator("#queue")).to_have_attribute("data-waiting", "1", timeout=5_000)
    expect(desk).to_have_title(title_with("1"))
    mother.sees("queue for a person")
    phone.screenshot(path=artifacts / "3-waiting.png")
    desk.screenshot(path=artifacts / "4-somebody-waits.png")

    desk.locator("#rows-waiting a").first.click()
    brief = desk.locator("#brief")
    for words in ("son", "Kilmarnock", "27 November"):
        expect(brief).to_contain_text(words)
    desk.locator("#take").click()
    mother.sees("Calum")
    spoken_before = mother.said_by("assistant").count()

    desk.locator("#text").fill("Hello, I'm Calum. I've read what you wrote about your son.")
    desk.locator("#send").click()
    mother.sees("I've read what you wrote about your son")
    phone.locator("gateside-chat textarea").press_sequentially("thank you so", delay=20)
    expect(desk.locator("#typing")).not_to_be_empty()
    mother.write("thank you so much")
    expect(desk.locator("#log")).to_contain_text("thank you so much", timeout=5_000)
    desk.locator("#text").press_sequentially("Of course", delay=20)
    expect(phone.locator("gateside-chat")).to_contain_text("Calum is writing")
    phone.screenshot(path=artifacts / "5-officer-writing.png")
    desk.screenshot(path=artifacts / "6-conversation.png")
    assert mother.said_by("assistant").count() == spoken_before

    desk.locator("#finish > summary").click()
    desk.locator("input[name=outcome][value=naloxone_arranged]").check()
    desk.locator("#finish-note").fill("Kit ordered by post, knows the first days matter.")
    desk.locator("#finish form button.primary").click()
    expect(desk.locator("#queue")).to_have_attribute("data-waiting", "0")

    mother.write("what is naloxone")
    expect(mother.said_by("assistant").nth(spoken_before)).to_be_visible()
    mother.sees("naloxone")
    phone.screenshot(path=artifacts / "7-back-with-the-assistant.png")


def title_with(number: str) -> re.Pattern[str]:
    """A title that shows how many wait."""
    return re.compile(rf"\({number}\)|\b{number}\b")
