"""What is told of another time is nothing unless it is a few minutes old, or lasts."""

from __future__ import annotations

import pytest

from safety.levels import Level
from safety.reading import SafetyReader

DONE = "he collapsed when we came out of the church, we buried his dad that week"
NOTHING = ["in full none", "surely none"]


@pytest.mark.parametrize(
    "text",
    [
        DONE,
        "he collapsed at my sister's wedding, we laughed about it after, that was 2014",
        "his lips went blue when he fell in the loch, we laughed about it at the funeral",
    ],
)
def test_one_sign_told_beside_another_time_is_nothing(reader: SafetyReader, text: str) -> None:
    assert reader.states(text)[-2:] == NOTHING


@pytest.mark.parametrize("when", ["ten minutes ago", "two mins ago", "half an hour ago"])
def test_the_same_sign_a_few_minutes_old_is_danger(reader: SafetyReader, when: str) -> None:
    assert reader.read(DONE.replace(",", f" {when},")).level is Level.EMERGENCY
    assert reader.read(f"his lips went blue {when}, five years clean").level is Level.EMERGENCY


def test_while_nobody_has_come_what_happened_is_not_over(reader: SafetyReader) -> None:
    assert reader.read(f"{DONE} and nobody came").level is Level.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "I took forty tablets when my mum died, can I talk to somebody",
        "he took all his tablets after the film",
        "I wanted to die when they read out the verdict, it was in the paper",
    ],
)
def test_what_was_taken_or_wished_for_lasts_and_is_asked_about(reader: SafetyReader, text: str) -> None:
    reading = reader.read(text)
    assert reading.check or reading.level is not Level.NONE


@pytest.mark.parametrize("text", ["not breathing, police took him away from me", "blue lips. ten years clean. please"])
def test_a_sign_without_a_verb_is_not_told_of_another_time(reader: SafetyReader, text: str) -> None:
    reading = reader.read(text)
    assert reading.check or reading.level is not Level.NONE
