"""Every sentence of the service, as its staff can read it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from api.console.library import blocks_of, topics_of
from tests.console.house import House, Officer
from voice import Voice

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def voice() -> Voice:
    return Voice.load()


def test_every_text_of_the_library_is_under_its_topic_once(voice: Voice) -> None:
    topics = topics_of(voice.library, TODAY)

    shown = [view.block.id for topic in topics for view in blocks_of(voice, topic.name, TODAY)]
    assert sorted(shown) == sorted(voice.library.blocks)
    assert sum(topic.blocks for topic in topics) == len(voice.library)


def test_an_emergency_text_shows_its_two_channels_with_lengths_as_a_phone_counts_them(voice: Voice) -> None:
    view = next(view for view in blocks_of(voice, "coach", TODAY) if view.block.name == "call_999")

    assert [(text.channel, text.audiences, text.segments, text.encoding) for text in view.texts] == [
        ("web", (), None, None), ("sms", (), 1, "gsm7")
    ]  # fmt: skip
    assert all(text.reading_age is not None and text.reading_age <= 11 for text in view.texts)
    assert view.texts[1].characters == len(view.texts[1].text) <= 160


def test_a_text_that_differs_for_whom_it_is_stands_once_for_each_of_them(voice: Voice) -> None:
    view = next(view for view in blocks_of(voice, "overdose", TODAY) if "self" in view.block.says)

    heard = {audience for text in view.texts if text.channel == "web" for audience in text.audiences}
    assert heard == {"nobody_said", "family", "self", "worker"}
    assert [text.text for text in view.texts if "self" in text.audiences]


def test_a_text_whose_review_is_over_is_marked(voice: Voice) -> None:
    assert not [topic for topic in topics_of(voice.library, TODAY) if topic.overdue]
    assert all(topic.overdue for topic in topics_of(voice.library, date(2030, 1, 1)))


def test_a_topic_that_is_none_shows_nothing(voice: Voice) -> None:
    assert list(blocks_of(voice, "moonlight", TODAY)) == []


@pytest.mark.browser
def test_whoever_works_here_can_read_it_by_topic(desk, house: House, calum: Officer, artifacts: Path) -> None:
    me = desk(calum).go("/console/library")
    me.page.get_by_label("Topic").select_option("coach")
    me.page.get_by_role("button", name="Show").click()
    first = me.page.locator("#call_999")
    assert "CALL 999 NOW" in first.inner_text()
    assert "1 text message" in first.inner_text()
    assert "Scottish Drugs Forum" in first.inner_text()
    assert "Due again" in first.inner_text()
    me.page.screenshot(path=artifacts / "library.png")
    for scheme in ("light", "dark"):
        me.page.emulate_media(color_scheme=scheme)
        found = Axe().run(me.page).response["violations"]
        assert [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]] == []


@pytest.mark.browser
def test_on_a_phone_nothing_is_cut_off(desk, house: House, calum: Officer) -> None:
    me = desk(calum, width=360, height=740).go("/console/library?topic=pages_overdose")
    sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert me.page.evaluate(sideways) == 0


@pytest.mark.browser
def test_without_signing_in_nothing_is_shown(desk, house: House) -> None:
    me = desk().go("/console/library")
    assert "/console/sign-in" in me.page.url
