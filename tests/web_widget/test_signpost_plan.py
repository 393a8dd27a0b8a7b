"""The page on which prison staff begin a release plan, in every state, as it is seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.chromium import closed_without_trouble
from tests.web_widget.at_a_door import LOOKS, SIDEWAYS, TOO_SMALL, AtADoor, FrontDoor

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def prison(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrontDoor]:
    prison = FrontDoor(tmp_path_factory.mktemp("prison"), texts=True)
    prison.start()
    yield prison
    prison.stop()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("look", LOOKS)
def test_a_plan_is_begun_in_prison_on_a_page_that_axe_finds_nothing_wrong_with(
    browser: Browser, prison: FrontDoor, artifacts: Path, look: str, scheme: str
) -> None:
    me = AtADoor(browser.new_context(**LOOKS[look], color_scheme=scheme), prison.address, patience_ms=15_000)
    found = {}

    def looked_at(state: str) -> None:
        found[state] = me.complaints()
        assert me.page.evaluate(SIDEWAYS) == 0
        assert me.page.evaluate(TOO_SMALL) == []
        me.page.screenshot(path=artifacts / f"signpost-plan-{state}-{look}-{scheme}.png", full_page=True)

    with closed_without_trouble([me]):
        me.page.goto(f"{prison.address}/signpost/plan?service=hmp-perth")
        looked_at("first")
        button = me.page.locator("#plan").get_by_role("button")
        button.click()
        me.page.locator("#troubles").wait_for()
        looked_at("wrong")
        # A number is asked three times a day at most.
        mine = f"07400 1234{list(LOOKS).index(look)}{['light', 'dark'].index(scheme)}"
        me.page.locator("#phone").fill(mine)
        me.page.locator("#release_date").fill((datetime.now(timezone.utc) + timedelta(days=9)).date().isoformat())
        me.page.locator("#consent").check()
        button.click()
        me.outcome.wait_for()
        looked_at("sent")
    assert found == {state: [] for state in found}
