"""The questions about needs: the day of a release, danger, and what a silence does to an open question."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

import actions.needs
import actions.release_plan
from actions.forms import NOT_NEEDED, RESTING, SILENCE_SECONDS, SKIPPED
from actions.front_door import Standing
from actions.needs import ValidateNeeds

NOON = 1_795_000_000.0


class Door:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.facts: dict[str, Any] = {}
        self.days: list[str] = []
        self.asked: list[str] = []

    async def keep(self, heard: Any, facts: dict[str, Any]) -> bool:
        self.facts.update(facts)
        return True

    async def keep_release_date(self, heard: Any, day: Any, prison: str | None) -> bool:
        self.days.append(day.isoformat())
        return True

    async def ask_for(self, heard: Any, kind: str, reason: str, skill: str | None = None) -> Standing:
        self.asked.append(reason)
        return Standing(1, 1, None)


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    held = Door()
    for module in (actions.forms, actions.needs, actions.release_plan):
        monkeypatch.setattr(module, "front_door", lambda: held)
    monkeypatch.setenv("GATESIDE_CLOCK", "2026-11-22T12:00:00+00:00")
    return held


def answered(
    text: str,
    *,
    open_slot: str | None,
    intent: str = "nlu_fallback",
    entities: tuple[dict[str, Any], ...] = (),
    after_seconds: float = 60,
    facts: dict[str, Any] | None = None,
    **slots: Any,
) -> tuple[list[str], dict[str, Any], list[str]]:
    """What is said to this answer, which slots it sets, and the other events."""
    message = {
        "text": text,
        "intent": {"name": intent},
        "entities": list(entities),
        "metadata": {"channel": "web", "message_id": "m2", "facts": facts or {}},
    }
    events = [
        {"event": "user", "timestamp": NOON, "text": "hello"},
        {"event": "user", "timestamp": NOON + after_seconds},
    ]
    tracker = Tracker(
        "c", {"requested_slot": open_slot, **slots}, message, events, False, None, {"name": "needs_form"}, None
    )
    dispatcher = CollectingDispatcher()
    out = asyncio.run(ValidateNeeds().run(dispatcher, tracker, {}))
    said = [str(message["response"]).removeprefix("utter_").replace("__", "/", 1) for message in dispatcher.messages]
    named = {event["name"]: event["value"] for event in out if event["event"] == "slot"}
    return said, named, [event["event"] for event in out if event["event"] != "slot"]


DATE = ({"entity": "date", "value": "2026-12-11"},)


def test_the_day_is_asked_for_only_where_a_release_was_spoken_of_whose_day_nobody_knows(door: Door) -> None:
    _, plain, _ = answered("can you check what I need", open_slot=None)
    _, wanted, _ = answered("he is getting out", open_slot=None, release_date_wanted=True)
    _, known, _ = answered(
        "he gets out", open_slot=None, release_date_wanted=True, facts={"release_date": "2026-12-11"}
    )
    assert plain["needs_release_date"] == NOT_NEEDED
    assert "needs_release_date" not in wanted
    assert known["needs_release_date"] == NOT_NEEDED


def test_a_day_is_kept_as_a_plan_and_said_back(door: Door) -> None:
    said, slots, _ = answered("the 11th", open_slot="needs_release_date", entities=DATE)
    assert said[0] == "release_plan/remembered"
    assert slots["needs_release_date"] == "2026-12-11"
    assert door.days == ["2026-12-11"]


@pytest.mark.parametrize("text", ["I don't know yet", "skip", "no", "not sure"])
def test_who_does_not_know_the_day_is_not_asked_again(door: Door, text: str) -> None:
    said, slots, _ = answered(text, open_slot="needs_release_date")
    assert (said, slots["needs_release_date"], door.days) == ([], SKIPPED, [])


def test_help_on_getting_out_asks_for_the_day(door: Door) -> None:
    _, slots, _ = answered(
        "Help on getting out",
        open_slot="needs_most",
        needs_release_date=NOT_NEEDED,
        needs_permission="yes",
        needs_safe="no",
    )
    assert slots["needs_most"] == ["release"]
    assert slots["needs_release_date"] is None


@pytest.mark.parametrize("text", ["yes", "y", "aye", "not sure"])
def test_danger_or_a_doubt_of_it_ends_the_questions_with_999_and_brings_a_person(door: Door, text: str) -> None:
    said, slots, _ = answered(text, open_slot="needs_safe", needs_permission="yes")
    assert said == ["needs/in_danger"]
    assert slots["needs_ended"] == "in_danger"
    assert slots["requested_slot"] is None
    assert door.asked == ["said_in_danger"]


def test_that_nobody_is_in_danger_is_kept_and_not_asked_again(door: Door) -> None:
    said, slots, _ = answered("no", open_slot="needs_safe", needs_permission="yes")
    assert (said, slots["needs_safe"], door.facts, door.asked) == ([], "no", {"danger_now": "no"}, [])
    _, begun, _ = answered("questions", open_slot=None, facts=door.facts)
    assert begun["needs_safe"] == "no"


def test_going_back_passes_over_what_was_never_asked(door: Door) -> None:
    _, slots, _ = answered("go back", open_slot="needs_safe", needs_release_date=NOT_NEEDED, needs_permission="yes")
    assert set(slots) >= {"needs_permission", "needs_safe"}
    assert "needs_release_date" not in slots


def test_starting_again_asks_neither_for_danger_nor_for_the_day_again(door: Door) -> None:
    _, slots, _ = answered(
        "start again",
        open_slot="needs_naloxone",
        needs_release_date=SKIPPED,
        needs_permission="yes",
        needs_safe="no",
        needs_most=["money"],
    )
    assert not {"needs_release_date", "needs_permission", "needs_safe"} & set(slots)
    assert slots["needs_most"] is None


def test_a_short_word_after_hours_is_no_answer_to_what_was_asked_then(door: Door) -> None:
    said, slots, others = answered("no", open_slot="needs_naloxone", after_seconds=SILENCE_SECONDS + 1)
    assert said == ["needs/back_again"]
    assert slots["needs_ended"] == RESTING
    assert slots["requested_slot"] is None
    assert "needs_naloxone" not in slots
    assert (others, door.facts) == ([], {})


def test_within_the_hours_it_is_one(door: Door) -> None:
    _, slots, _ = answered("no", open_slot="needs_naloxone", after_seconds=SILENCE_SECONDS - 1)
    assert slots["needs_naloxone"] == "no"


def test_who_wants_something_after_hours_gets_that_and_no_old_question(door: Door) -> None:
    said, slots, others = answered(
        "how do I get housing", open_slot="needs_naloxone", intent="ask_housing", after_seconds=SILENCE_SECONDS + 1
    )
    assert said == []
    assert slots["needs_ended"] == RESTING
    assert others == ["active_loop", "action_execution_rejected"]
