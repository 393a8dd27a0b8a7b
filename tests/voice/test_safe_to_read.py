"""Somebody else may hold the phone: texts that arrive by themselves tell them nothing."""

from __future__ import annotations

import re

import pytest

from voice import Voice

TELLING = re.compile(
    r"prison|jail|liberation|drug|alcohol|drink|overdose|naloxone|addict|helpline|scottish families|recovery",
    re.IGNORECASE,
)
# Danger comes before discretion: the one text for a service that has nothing behind it names naloxone.
SPOKEN_TO_DANGER = {"reception/static_emergency"}

voice = Voice.load()
texts = [
    block
    for block in voice.library
    if block.topic in ("about", "commands", "handoff", "oncall", "privacy", "reception")
    and "sms" in block.channels
    and block.id not in SPOKEN_TO_DANGER
]


@pytest.mark.parametrize("block", texts, ids=lambda block: block.id)
def test_a_text_about_the_service_itself_names_nothing_that_harms(block) -> None:
    for audience in (None, "family", "self", "worker"):
        said = voice.say(block.id, channel="sms", audience=audience, values=block.values).text
        assert not TELLING.search(said), said


def test_the_page_to_the_on_call_number_says_nothing_of_anybody() -> None:
    for content_id in ("oncall/page", "oncall/page_reminder"):
        assert voice.library.blocks[content_id].values == {}
        assert "{" not in voice.library.blocks[content_id].says["default"]
