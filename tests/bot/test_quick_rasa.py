"""What is left out for speed changes nothing that is decided, and nothing that is remembered."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import pytest

import bot.lean_rasa

# isort: split

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import GraphSchema, SchemaNode
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.quick_rasa import (
    _applied,
    _applied_or_undone,
    _call_of_an_action,
    _copied,
    _copied_slot,
    _is_empty,
    _run_in_order,
)
from bot.recent_past import RecentPast
from bot.rule_tables import RuleTable
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
    assert RecentPast(tracker, wanted).past_states(DOMAIN) == tracker.past_states(DOMAIN)[-wanted:]


@pytest.mark.parametrize("more", [[], *([event] for event in [ActionReverted(), Restarted(), ActiveLoop(None)])])
def test_the_recent_states_are_the_same_when_they_are_carried_on(more: list):
    tracker = _tracker(2)
    for event in [*_turn(2), *more, *_turn(1), *_turn(4), ActionExecuted("needs_form"), *_turn(5)]:
        tracker.update(event, DOMAIN)
        asked = RecentPast(tracker, 4).past_states(DOMAIN)
        assert asked == DialogueStateTracker.from_events("x", tracker.events, DOMAIN.slots).past_states(DOMAIN)[-4:]
        asked[-1].get("user", {}).pop("intent", None)
        asked[0].clear()


def test_no_more_is_written_into_a_state_that_was_asked_for():
    tracker = _tracker(3)
    before = RecentPast(tracker, 3).past_states(DOMAIN)
    for state in before:
        for part in state.values():
            part["added"] = "by whoever asked"
    assert RecentPast(tracker, 3).past_states(DOMAIN) == _tracker(3).past_states(DOMAIN)[-3:]


def test_the_policy_that_serves_looks_at_recent_states():
    assert RulePolicy._prediction_states.__name__ == "_recent_states"


def _after(action: str, intent: str | None = None, **slots: str) -> dict:
    state: dict = {"prev_action": {"action_name": action}}
    if intent:
        state["user"] = {"intent": intent}
    if slots:
        state["slots"] = {name: (value,) for name, value in slots.items()}
    return state


GREETED = json.dumps([_after("action_listen", "greet")])
GREETED_AND_ANSWERED = json.dumps([_after("action_listen", "greet"), _after("utter_hello")])
OUT_ALREADY = json.dumps([_after("action_listen", "greet", release="past")])
FIRST_OF_ALL = json.dumps([{}, _after("action_listen", "greet")])
RULES = (GREETED, GREETED_AND_ANSWERED, OUT_ALREADY, FIRST_OF_ALL)


@pytest.mark.parametrize(
    ("states", "fitting"),
    [
        ([{}, _after("action_listen", "greet")], {GREETED, FIRST_OF_ALL}),
        ([_after("utter_hello"), _after("action_listen", "greet")], {GREETED}),
        ([_after("utter_hello"), _after("action_listen", "greet", release="past")], {GREETED, OUT_ALREADY}),
        ([{}, _after("action_listen", "greet"), _after("utter_hello")], {GREETED_AND_ANSWERED}),
        ([{}, _after("action_listen", "thank"), _after("utter_hello")], set()),
    ],
)
def test_the_rules_that_fit_are_those_that_fit_every_state(states: list[dict], fitting: set[str]):
    policy = RulePolicy.__new__(RulePolicy)
    table = RuleTable(policy, RULES)
    assert table.fitting(states) == fitting
    assert table.fitting(states) == fitting, "and they are the same when the states were met before"


@dataclass(eq=False)
class _Runner:
    _graph_schema: GraphSchema
    _instantiated_nodes: dict[str, Any]


def test_nodes_run_after_what_they_need_and_only_those_that_are_wanted():
    def node(*needs: str) -> SchemaNode:
        return SchemaNode(needs={need: need for need in needs}, uses=object, constructor_name="", fn="", config={})

    ran = []

    def runs(name: str):
        def run(*given: tuple[str, str]) -> tuple[str, str]:
            ran.append(name)
            return name, f"{name}({', '.join(value for _, value in given)})"

        return run

    schema = GraphSchema(
        {"answer": node("read", "rules"), "rules": node(), "read": node("__message__"), "other": node("__message__")}
    )
    runner = _Runner(schema, {name: runs(name) for name in schema.nodes})
    assert _run_in_order(runner, {"__message__": "hello"}, ["answer"]) == {"answer": "answer(read(hello), rules())"}
    assert sorted(ran) == ["answer", "read", "rules"]
    assert _run_in_order(runner, {"__message__": "bye"}, ["read"]) == {"read": "read(bye)"}


@pytest.mark.parametrize("turns", [0, 1, 9])
def test_a_copied_tracker_stands_where_one_does_that_lived_through_it_all(turns: int):
    tracker = _tracker(turns)
    copied, relived = _copied(tracker), tracker.travel_back_in_time(float("inf"))
    assert copied == relived
    assert copied.current_state() == relived.current_state()
    assert copied.past_states(DOMAIN) == relived.past_states(DOMAIN)


UNDONE = [ActionReverted(), UserUtteranceReverted(), Restarted()]
REJECTED = [ActionExecutionRejected("needs_form"), ActionExecuted("utter_hello"), ActionExecuted("needs_form")]


@pytest.mark.parametrize("turns", [0, 1, 2, 9])
@pytest.mark.parametrize(
    "more",
    [
        [],
        REJECTED,
        [*REJECTED, ActionExecuted("needs_form"), ActiveLoop(None), ActionExecuted("needs_form")],
        [SessionStarted(), *_turn(1), *_turn(0)],
        *([event, *_turn(1)] for event in UNDONE),
    ],
)
def test_the_events_that_apply_are_those_that_rasa_finds(turns: int, more: list):
    tracker = _tracker(turns)
    tracker.events.extend(more)
    assert _applied(tracker) == _applied_or_undone(tracker)


def test_a_copied_slot_is_as_the_slot_and_lives_by_itself():
    slot = _tracker(2).slots["release"]
    copied = _copied_slot(slot)
    assert type(copied) is type(slot)
    assert copied.__dict__ == slot.__dict__
    copied.value = None
    assert slot.value == "past"


def test_what_happens_to_a_copy_does_not_happen_to_its_tracker():
    tracker = _tracker(2)
    before = tracker.current_state()
    _copied(tracker).update_with_events(
        [SlotSet("release", None), ActiveLoop(None), ActionExecuted("utter_hello"), *_turn(3)], DOMAIN
    )
    assert tracker.current_state() == before
    assert len(tracker.events) == len(_tracker(2).events)


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


@pytest.mark.parametrize(("domain", "empty"), [(DOMAIN, False), (Domain.empty(), True)])
def test_whether_a_domain_is_empty_is_answered_alike_each_time(domain: Domain, empty: bool):
    assert _is_empty(domain) is empty
    assert _is_empty(domain) is empty


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
