"""A pattern that is passed over for a message would have found nothing in it."""

from __future__ import annotations

import json
import re

import pytest

from bot.entities.date_rules import date_rules
from bot.entities.message import A_FIGURE, Message
from bot.entities.sought import Sought, held_by
from bot.entities.time_words import time_words
from reference.paths import project_root

_WORK = project_root() / "tests" / "understanding" / "work" / "messages.jsonl"


@pytest.mark.parametrize(
    ("pattern", "held"),
    [
        ("night before", [{"nigh"}]),
        (r"(?:on )?(?P<day>\d{1,2})(?:st|nd)", [{A_FIGURE}, {"st", "nd"}]),
        (r"\d{1,3} ?(?:weeks|hours?)", [{A_FIGURE}, {"week", "hour"}]),
        (r"(?:next|last|) monday", [{" mon"}]),
        (r"(?:in|)(?: a)?", []),
    ],
)
def test_what_every_match_of_a_pattern_holds(pattern: str, held: list[set[str]]) -> None:
    assert held_by(pattern) == {frozenset(runs) for runs in held}


def test_nothing_is_missed_by_passing_patterns_over() -> None:
    patterns = [pattern for pattern, _ in date_rules(time_words())]
    compiled, sought = [re.compile(pattern) for pattern in patterns], Sought(patterns)
    for line in _WORK.read_text("utf-8").splitlines():
        message = Message(json.loads(line)["text"])
        everywhere = [match.span() for pattern in compiled for match in pattern.finditer(message.plain)]
        assert [match.span() for _, match in sought.within(message)] == everywhere
