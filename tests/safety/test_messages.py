"""Messages as people write them, and what is at stake in each."""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from safety.levels import Kind, Level
from safety.reading import SafetyReader

MESSAGES: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).parent / "messages.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message["text"][:60])
def test_the_danger_in_a_message_is_read(reader: SafetyReader, message: dict[str, Any]) -> None:
    reading = reader.read(message["text"])
    assert (reading.level.value, reading.check) == (message["level"], message["check"]), reading.concepts
    assert set(message["kinds"]) <= {kind.value for kind in reading.kinds}
    if reading.level is Level.NONE:
        assert reading.kinds == ()


def test_the_messages_cover_every_level_and_kind_and_many_false_friends() -> None:
    levels = Counter((message["level"], message["check"]) for message in MESSAGES)
    assert len(MESSAGES) >= 200
    assert levels[("none", False)] >= 70
    for kind in Kind:
        told = {message["level"] for message in MESSAGES if kind.value in message["kinds"]}
        assert told == {"emergency", "urgent"}, kind


def test_a_reading_takes_less_than_two_milliseconds(reader: SafetyReader) -> None:
    def best_of_three(text: str) -> float:
        times = []
        for _ in range(3):
            start = time.perf_counter()
            reader.read(text)
            times.append(time.perf_counter() - start)
        return min(times)

    assert statistics.median(best_of_three(message["text"]) for message in MESSAGES) < 0.002
