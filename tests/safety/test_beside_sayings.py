"""Danger beside a saying, a film or a time long past is heard: none of them silences what stands next to it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from safety.reading import Reading, SafetyReader

EMERGENCIES = [
    line
    for line in (Path(__file__).parent / "beside_sayings.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
_READ_AS_NOTHING = 31
_READ_AS_EMERGENCY = 667
"""As read on 23 November 2026: what is missed may only grow fewer, what is heard only more."""


def test_of_the_emergencies_beside_sayings_no_more_are_missed_than_before() -> None:
    both = SafetyReader.load()
    outcomes = Counter(_outcome(both.read(text)) for text in EMERGENCIES)
    assert outcomes["nothing"] <= _READ_AS_NOTHING
    assert outcomes["emergency"] >= _READ_AS_EMERGENCY


def test_what_has_been_taken_is_asked_about_whatever_time_long_past_stands_beside_it(reader: SafetyReader) -> None:
    for text in (
        "she's took 80 tablets, three years sober",
        "she's overdosed, same as in 2021",
        "the wean has swallowed his methadone, her da died of it in 2019",
    ):
        assert _outcome(reader.read(text)) != "nothing", text


def test_what_is_smoked_on_paper_is_no_news_from_a_paper(reader: SafetyReader) -> None:
    assert _outcome(reader.read("my co-pilot's keeled over after one drag of that paper")) == "emergency"
    assert _outcome(reader.read("I saw in the paper that a boy overdosed in Leith")) == "nothing"


def _outcome(reading: Reading) -> str:
    if reading.level.value != "none":
        return reading.level.value
    return "asked" if reading.check else "nothing"
