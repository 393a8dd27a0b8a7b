"""Which facts a reading brings: of two days the right one, and nothing from a guess."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from api.assistant.client import Told
from api.reception.facts import Learned, learned_from
from tests.api.bot_stand_in import entity, told

TODAY = date(2026, 11, 25)


def _learned(heard: dict[str, Any], **more: Any) -> dict[str, Learned]:
    return {fact.name: fact for fact in learned_from(Told.model_validate(heard), {}, today=TODAY, **more)}


@pytest.mark.parametrize(
    ("text", "release", "days", "expected"),
    [
        ("overdosed yesterday, gets out Friday", ("future", "gets out"),
         {"yesterday": "2026-11-24", "Friday": "2026-11-27"}, "2026-11-27"),
        ("gets out Friday, sees the doctor Thursday", ("future", "gets out"),
         {"Friday": "2026-11-27", "Thursday": "2026-11-26"}, "2026-11-27"),
        ("sees the doctor Thursday and gets out Friday", ("future", "gets out"),
         {"Thursday": "2026-11-26", "Friday": "2026-11-27"}, "2026-11-27"),
        ("court is Friday, got libbed yesterday", ("past", "got libbed"),
         {"Friday": "2026-11-27", "yesterday": "2026-11-24"}, "2026-11-24"),
        ("got libbed today", ("past", "got libbed"), {"today": "2026-11-25"}, "2026-11-25"),
        ("gets out today", ("future", "gets out"), {"today": "2026-11-25"}, "2026-11-25"),
        ("overdosed yesterday and gets out soon", ("future", "gets out"), {"yesterday": "2026-11-24"}, None),
    ],
)  # fmt: skip
def test_of_two_days_the_one_beside_the_release_and_on_its_side_in_time(
    text: str, release: tuple[str, str], days: dict[str, str], expected: str | None
) -> None:
    tense, words = release
    dates = [entity("date", value, said, of=text) for said, value in days.items()]
    learned = _learned(told(entity("release", tense, words, of=text), *dates))
    assert (learned["release_date"].value if "release_date" in learned else None) == expected


def test_a_visit_to_a_prison_is_no_release() -> None:
    text = "visiting him in Barlinnie on Friday"
    learned = _learned(
        told(entity("prison", "barlinnie", "Barlinnie", of=text), entity("date", "2026-11-27", "Friday", of=text))
    )
    assert set(learned) == {"prison"}


@pytest.mark.parametrize(("confidence", "expected"), [(0.9, {"release_date"}), (0.3, set())])
def test_a_day_alone_is_a_release_only_for_a_sure_reading(confidence: float, expected: set[str]) -> None:
    day = entity("date", "2026-11-27", "Friday")
    assert set(_learned(told(day, intent="set_release_plan", confidence=confidence))) == expected


def test_who_they_are_is_learned_in_passing_while_nobody_knows() -> None:
    assert _learned(told(audience="self"), in_passing=True)["audience"].value == "self"


def test_a_guess_at_who_they_are_changes_nothing_that_was_said() -> None:
    heard = Told.model_validate(told(audience="family", intent="identify_family", confidence=0.3))
    assert list(learned_from(heard, {"audience": "self"}, today=TODAY, in_passing=True)) == []
