"""What is left out for speed changes nothing that is decided, and nothing that is remembered."""

from __future__ import annotations

import asyncio

import pytest

import bot.lean_rasa

# isort: split

from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.quick_rasa import _call_of_an_action, _RecentPast
from bot.tracker_store import GatesideTrackerStore

assert bot.lean_rasa

DOMAIN = Domain.from_dict(
    {
        "version": "3.1",
        "intents": ["greet", "thank"],
        "slots": {"release": {"type": "categorical", "values": ["past"], "mappings": [{"type": "custom"}]}},
        "forms": {"needs_form": {"required_slots": []}},
        "actions": ["utter_hello"],
    }
)


def _turn(number: int) -> list:
    return [
        ActionExecuted("action_listen"),
        UserUttered(f"words {number}", {"name": "greet", "confidence": 1.0}, message_id=str(number)),
        *([SlotSet("release", "past"), ActiveLoop("needs_form")] if number == 1 else []),
        ActionExecuted("needs_form"),
        ActionExecuted("utter_hello"),
    ]


def _tracker(turns: int) -> DialogueStateTracker:
    events = [event for number in range(turns) for event in _turn(number)]
    return DialogueStateTracker.from_events("somebody", events, DOMAIN.slots)


@pytest.mark.parametrize("turns", [0, 1, 2, 9])
@pytest.mark.parametrize("wanted", [1, 3, 5])
def test_the_recent_states_are_the_last_of_all_states(turns: int, wanted: int):
    tracker = _tracker(turns)
    assert _RecentPast(tracker, wanted).past_states(DOMAIN) == tracker.past_states(DOMAIN)[-wanted:]


def test_the_policy_that_serves_looks_at_recent_states():
    assert RulePolicy._prediction_states.__name__ == "_recent_states"


def test_an_action_is_told_how_things_stand_and_of_this_turn_only():
    class Action:
        def name(self) -> str:
            return "validate_needs_form"

    told = _call_of_an_action(Action(), _tracker(9), DOMAIN)
    assert told["next_action"] == "validate_needs_form"
    assert told["tracker"]["slots"]["release"] == "past"
    assert told["tracker"]["active_loop"]["name"] == "needs_form"
    assert told["tracker"]["latest_message"]["text"] == "words 8"
    assert [event["event"] for event in told["tracker"]["events"]] == ["user", "action", "action"]


@pytest.fixture
def address(tmp_path):
    return f"sqlite:///{tmp_path / 'tracker.db'}"


def _store(address: str) -> GatesideTrackerStore:
    return GatesideTrackerStore(DOMAIN, host=address)


def _words(tracker: DialogueStateTracker | None) -> list[str]:
    return [event.text for event in tracker.events if isinstance(event, UserUttered)] if tracker else []


def test_a_turn_finds_what_was_saved_here_and_elsewhere(address: str):
    async def talk() -> None:
        here, elsewhere = _store(address), _store(address)
        await here.save(_tracker(1))
        tracker = await elsewhere.retrieve("somebody")
        tracker.update_with_events(_turn(1), DOMAIN)
        await elsewhere.save(tracker)
        assert _words(await here.retrieve("somebody")) == ["words 0", "words 1"]
        assert _words(await elsewhere.retrieve("somebody")) == ["words 0", "words 1"]

    asyncio.run(talk())


def test_a_turn_that_failed_left_no_trace(address: str):
    async def talk() -> None:
        store = _store(address)
        await store.save(_tracker(1))
        (await store.retrieve("somebody")).update_with_events(_turn(1), DOMAIN)
        assert _words(await store.retrieve("somebody")) == ["words 0"]

    asyncio.run(talk())


def test_who_is_forgotten_is_not_at_hand_either(address: str):
    async def talk() -> None:
        store = _store(address)
        await store.save(_tracker(2))
        await store.forget("somebody")
        assert await store.retrieve("somebody") is None

    asyncio.run(talk())
