"""Somebody in uniform at a door, with the page open, and the application behind it."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.handoffs.models import Handoff
from api.referrals.models import Referral
from tests.chromium import Tab
from tests.console.application import RunningApplication
from twilio_stand_in import TwilioStandIn

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
TOO_SMALL = """() => [...document.querySelectorAll("main a, main button, summary, .choice, .field input")]
  .filter((each) => each.checkVisibility() && !each.closest(".trap, p.small, .troubles, .danger-line, label"))
  .filter((each) => each.getBoundingClientRect().height < 44).map((each) => each.outerHTML.slice(0, 120))"""
LOOKS = {
    "phone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2},
    "laptop": {"viewport": {"width": 1280, "height": 800}},
}


class FrontDoor(RunningApplication):
    """The real application, with a number to text; with `texts` it can send some itself."""

    def __init__(self, home: Path, *, texts: bool = False) -> None:
        super().__init__(home, twilio=TwilioStandIn() if texts else None)
        self.settings = self.settings.model_copy(update={"sms_number": "+447700900900"})

    def referrals(self) -> list[Referral]:
        return self._all(Referral)

    def reaches_everybody(self) -> None:
        """An officer has spoken with every family that was referred."""

        async def work(session: AsyncSession) -> None:
            await session.execute(update(Referral).values(reached_at=datetime.now(timezone.utc)))

        self.write(work)

    def handoffs(self) -> list[Handoff]:
        return self._all(Handoff)

    def _all(self, table: Any) -> list[Any]:
        async def work(session: AsyncSession) -> list[Any]:
            return list((await session.execute(select(table))).scalars())

        return self.write(work)


class AtADoor(Tab):
    """Somebody with the page open."""

    def go(self, service: str = "police-d") -> AtADoor:
        self.page.goto(f"{self.address}/signpost?service={service}")
        return self

    def fills_in(self, *, name: str = "Jean", number: str, agreed: bool = True) -> AtADoor:
        self.page.get_by_label("Their first name").fill(name)
        self.page.get_by_label("Their number").fill(number)
        if agreed:
            self.page.get_by_label("they said yes").check()
        return self

    def sends(self) -> AtADoor:
        self.send_button.click()
        return self

    @property
    def send_button(self) -> Locator:
        return self.page.locator("#referral").get_by_role("button")

    @property
    def outcome(self) -> Locator:
        return self.page.locator("#outcome")

    def complaints(self) -> list[str]:
        found = Axe().run(self.page).response["violations"]
        return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]
