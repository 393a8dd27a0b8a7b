"""What the rules are sure of, and what they take to be likely: that is asked about when there is a second reader."""

from __future__ import annotations

import pytest

from safety.levels import Level
from safety.reading import SafetyReader

SURE = [
    "he's not breathing and his lips are blue",
    "my mum has taken all her pills",
    "Two years ago my brother died of this. Now my son won't wake up and he's blue",
    "we did the naloxone training last week. please help he's on the floor and he isn't breathing",
]
LIKELY = [
    "The girl on the course laid the doll on the carpet. Right, he's not breathing, what do you do? It was a good day.",
    "his lips are blue in this film, is that what it looks like",
    "My brother died four years ago. His lips are blue. Do you have a group?",
]


def strengths(reader: SafetyReader, text: str) -> list[str]:
    return reader.states(text)[-2:]


@pytest.mark.parametrize("text", SURE)
def test_what_is_plainly_there_now_is_sure(reader: SafetyReader, text: str) -> None:
    assert strengths(reader, text) == ["in full emergency", "surely emergency"]


@pytest.mark.parametrize("text", LIKELY)
def test_what_may_be_a_story_is_only_likely(reader: SafetyReader, text: str) -> None:
    assert strengths(reader, text)[1] == "surely none"


def test_where_the_second_reader_is_missing_what_is_likely_counts_in_full(reader: SafetyReader) -> None:
    text = "My brother died four years ago. My son is lying here. His lips are blue. Do you have a group?"
    assert strengths(reader, text) == ["in full emergency", "surely none"]
    assert reader.read(text).level is Level.EMERGENCY


def test_with_a_second_reader_what_is_likely_is_asked_about_or_more() -> None:
    both = SafetyReader.load()
    for text in LIKELY:
        reading = both.read(text)
        if strengths(both, text)[0] != "in full none":
            assert reading.check or reading.level is not Level.NONE, text
