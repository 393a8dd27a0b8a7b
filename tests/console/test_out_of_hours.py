"""At three in the morning nobody is at a desk: people are told when somebody is, can book a call, and danger pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from playwright.sync_api import Browser, expect

from tests.api.clocks import FixedClock
from tests.chromium import closed_without_trouble
from tests.console.application import ON_CALL
from tests.console.conftest import Desk
from tests.console.house import House
from tests.web_widget.conftest import Visitor
from twilio_stand_in import TwilioStandIn

pytestmark = pytest.mark.browser
THREE_IN_THE_MORNING = datetime(2026, 11, 26, 3, 0, tzinfo=timezone.utc)


@pytest.fixture
def twilio() -> TwilioStandIn:
    return TwilioStandIn()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(THREE_IN_THE_MORNING)


@pytest.fixture
def night(tmp_path, clock: FixedClock, twilio: TwilioStandIn) -> Iterator[House]:
    house = House(tmp_path / "home", clock=clock, twilio=twilio)
    house.start()
    yield house
    house.stop()


def test_three_people_come_at_night_one_books_a_call_one_is_in_danger_and_one_waits(
    browser: Browser, night: House, clock: FixedClock, twilio: TwilioStandIn
) -> None:
    people = [
        Visitor(browser.new_context(viewport={"width": 390, "height": 844}), night.address, patience_ms=15_000)
        for _ in range(3)
    ]
    books, danger, waits = (one.open() for one in people)
    with closed_without_trouble(people):
        for one in (books, waits):
            one.send("person")
            one.says("Officers are here again on Thursday 26 November from 9am.").first.wait_for()
        danger.send("he's not breathing, he's gone blue")
        danger.says("999").first.wait_for()
        danger.until(lambda: len(twilio.texts_to(ON_CALL)) == 1)
        (page,) = twilio.texts_to(ON_CALL)
        assert "breathing" not in page

        called = night.person_at(books)
        slot = night.books_a_call(called, number="07700 900321")
        books.says("Somebody from the helpline gets in touch on Thursday 26 November, between 9am").first.wait_for()
        clock.forward(minutes=6)
        danger.until(lambda: len(twilio.texts_to(ON_CALL)) >= 2)

        clock.set(slot + timedelta(minutes=1))
        calum = night.officer("Calum Reid")
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.add_cookies([night.cookie(calum)])
        me = Desk(context, night.address, patience_ms=15_000)
        with closed_without_trouble([me]):
            me.go().connected()
            expect(me.rows).to_have_count(3)
            me.next.click()
            expect(me.page.locator("#banner")).to_contain_text("not breathing")
            me.go("/console/worklist")
            expect(me.page.locator(".work > li")).to_have_count(1)
            me.page.get_by_role("button", name="Take and ring").click()
            me.button("Show their number").click()
            me.says("+447700900321").wait_for()
            books.says("Calum is here").first.wait_for()
