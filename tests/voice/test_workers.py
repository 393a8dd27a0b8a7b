"""Somebody who is there for their work is never spoken to as a relative, nor as whoever uses."""

from __future__ import annotations

import re

import pytest

from voice import Voice

VOICE = Voice.load()
NOT_FOR_THEM = {"drinking", "using", "strain", "check_ins", "signpost_card"}
"""Questions that nobody at work is asked about the people they meet, and the card that they leave with a family. Nor
are the public pages written for one reader."""
A_RELATIVE_OR_ONESELF = re.compile(
    r"the person you care about|where you live|are you in\?|you can love|help for you\b|affects you|you deserve|"
    r"you need rest|your tolerance|if you use\b|unlock your door|not your fault",
    re.IGNORECASE,
)


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_nobody_at_work_gets_words_for_a_relative_or_for_whoever_uses(channel: str) -> None:
    wrong = []
    for block in VOICE.library:
        if block.interface or channel not in block.channels or block.topic in NOT_FOR_THEM or "pages_" in block.topic:
            continue
        if block.name.startswith(("alone_", "withdrawal_self_", "young_person")):
            continue
        values = {name: value for name, value in block.values.items() if name != "relation"}
        said = VOICE.say(block.id, channel=channel, audience="worker", values={**values, "relation": None}).text
        if A_RELATIVE_OR_ONESELF.search(re.sub(r'"[^"]*"', "", said)):
            wrong.append(block.id)
    assert wrong == []
