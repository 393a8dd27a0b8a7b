"""The two screens that are measured: the officer's desk and the person's chat, as real pages.

Times are milliseconds of the machine's clock, told by the page in the frame in which something was on it.
"""

from __future__ import annotations

import asyncio
import time

from playwright.async_api import Browser, Page

PASSWORD = "a long passphrase for one run only"  # noqa: S105 - of an account that lives as long as the benchmark
PATIENCE_MS = 20_000


def now_ms() -> float:
    """The machine's clock, as pages tell it."""
    return time.time() * 1000


class Desk:
    """An officer at the console."""

    def __init__(self, page: Page, address: str) -> None:
        self._page, self._address = page, address

    @classmethod
    async def open(cls, browser: Browser, address: str, link: str, email: str) -> Desk:
        """Sign in with a one-time link, and open the desk."""
        page = await _page(browser, width=1280, height=800)
        await page.goto(link)
        await page.fill("#password", PASSWORD)
        await page.fill("#again", PASSWORD)
        await page.click("button.primary")
        await page.fill("#email", email)
        await page.fill("#password", PASSWORD)
        await page.click("button.primary")
        await page.locator("#link-state", has_text="Connected").wait_for()
        return cls(page, address)

    async def shows_somebody_waiting(self) -> float:
        """When the desk showed that one waits."""
        return await _once(self._page, "document.querySelector('#rows-waiting .row') !== null")

    async def takes_the_next(self) -> None:
        """Take the head of the queue, and have the conversation open."""
        await self._page.click("#next")
        await self._page.locator("#text").wait_for()

    async def says(self, words: str) -> float:
        """Send words to the person, once those before are through; when the key was pressed."""
        await _once(self._page, "!document.querySelector('#reply').dataset.sending")
        await self._page.fill("#text", words)
        pressed = now_ms()
        await self._page.press("#text", "Enter")
        return pressed

    async def finishes(self) -> None:
        """Write the conversation up, and close it."""
        await self._page.click("#finish > summary")
        await self._page.check("#finish input[name=outcome][value=safe]")
        await self._page.fill("#finish-note", "Asked, answered.")
        await self._page.click("#finish button.primary")
        await _once(self._page, "document.querySelector('#rows-mine .row') === null")

    async def opened_again(self) -> float:
        """How long the desk takes to open, in milliseconds, until its rows are on the screen."""
        begun = now_ms()
        await self._page.goto(f"{self._address}/console", wait_until="commit")
        return await self.shows_somebody_waiting() - begun


class Widget:
    """A person in the chat window."""

    def __init__(self, page: Page) -> None:
        self._page = page

    @classmethod
    async def open(cls, browser: Browser, address: str) -> Widget:
        """Open the first page and its chat, and be greeted."""
        page = await _page(browser, width=390, height=844)
        await page.goto(address)
        await page.click(".launcher")
        widget = cls(page)
        await widget.says("hello")
        await page.locator("gateside-chat .said.by-assistant .text").first.wait_for()
        return widget

    async def says(self, words: str) -> float:
        """Send words; when the key was pressed."""
        box = self._page.locator("gateside-chat textarea")
        await box.fill(words)
        pressed = now_ms()
        await box.press("Enter")
        return pressed

    async def shows(self, words: str) -> float:
        """When these words stood in the chat."""
        chat = "document.querySelector('gateside-chat').shadowRoot"
        return await _once(self._page, f"{chat}.textContent.includes({words!r})")


async def _page(browser: Browser, *, width: int, height: int) -> Page:
    page = await (await browser.new_context(viewport={"width": width, "height": height})).new_page()
    page.set_default_timeout(PATIENCE_MS)
    return page


async def _once(page: Page, condition: str) -> float:
    shown = "done(performance.timeOrigin + performance.now())"
    look = f"const look = () => (({condition}) ? {shown} : requestAnimationFrame(look)); look();"
    async with asyncio.timeout(PATIENCE_MS / 1000):
        return float(await page.evaluate(f"() => new Promise((done) => {{ {look} }})"))
