"""Rasa without work that grows with the conversation and changes no answer. For serving; training runs as it comes.

Found with a profiler in a conversation of twenty messages; what it brought together stands in decision 11.
"""

from __future__ import annotations

import copy
import functools
import graphlib
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import rasa
from rasa.core import processor
from rasa.core.actions import forms
from rasa.core.actions.action import RemoteAction
from rasa.core.actions.forms import FormAction
from rasa.core.policies import rule_policy
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    Event,
    LegacyForm,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DEFAULT_SENDER_ID, DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.recent_past import RecentPast
from bot.rule_tables import RuleTable

_KEPT_OPEN_SECONDS = 2.0
"""Less than the actions' server keeps an idle connection, so that it never closes one that is about to be used."""

_all_states = RulePolicy._prediction_states
_compared_with_an_empty_one = Domain.is_empty
_applied_or_undone = DialogueStateTracker.applied_events
_UNDOING = frozenset((Restarted, ActionReverted, UserUtteranceReverted, LegacyForm))
"""Events that undo others, or count as a loop under another name. No conversation here has one."""


class _NothingToCopyFor:
    """Stands where Rasa copies whole states for lines of a log that nobody writes, and copies nothing else."""

    @staticmethod
    def deepcopy(what: Any) -> Any:
        """What was given."""
        return what


def _recent_states(policy: RulePolicy, tracker: DialogueStateTracker, *rest: Any, **options: Any) -> list[State]:
    """A rule is held against the last states only, as many as it has itself."""
    states: list[State] = _all_states(policy, RecentPast(tracker, _longest_rule(policy)), *rest, **options)
    return states


@functools.lru_cache(maxsize=1)
def _longest_rule(policy: RulePolicy) -> int:
    tables = (policy.lookup.get(RULES, {}), policy.lookup.get(RULES_FOR_LOOP_UNHAPPY_PATH, {}))
    return max((len(policy._rule_key_to_state(key)) for table in tables for key in table), default=1)


def _fitting_rules(policy: RulePolicy, rules: Mapping[str, str], states: Sequence[State]) -> set[str]:
    """The same rules as Rasa finds, which holds every rule of the table against every state for every prediction."""
    tables: dict[int, RuleTable] = policy.__dict__.setdefault("rule_tables", {})
    if id(rules) not in tables:
        tables[id(rules)] = RuleTable(policy, rules)
    return tables[id(rules)].fitting(states)


def _run_in_order(
    runner: DaskGraphRunner, inputs: Mapping[str, Any] | None = None, targets: Sequence[str] | None = None
) -> dict[str, Any]:
    """Runs the few nodes that lead to `targets`, where Rasa has dask plan and schedule them anew for every run."""
    wanted = tuple(targets or runner._graph_schema.target_names)
    done = {name: (name, value) for name, value in (inputs or {}).items()}
    for name, node, needed in _plan(runner, wanted):
        done[name] = node(*(done.get(need, need) for need in needed))
    return dict(done[name] for name in wanted)


@functools.lru_cache
def _plan(runner: DaskGraphRunner, targets: tuple[str, ...]) -> list[tuple[str, GraphNode, tuple[str, ...]]]:
    """Nodes in the order in which they can run, each with the names of what it is given."""
    nodes = runner._graph_schema.minimal_graph_schema(list(targets)).nodes
    order = graphlib.TopologicalSorter({name: set(node.needs.values()) for name, node in nodes.items()}).static_order()
    return [
        (name, runner._instantiated_nodes[name], tuple(nodes[name].needs.values())) for name in order if name in nodes
    ]


def _copied(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """A tracker that stands where this one does, without living through all of its events again."""
    twin = DialogueStateTracker(
        tracker.sender_id or DEFAULT_SENDER_ID,
        (),
        tracker._max_event_history,
        is_rule_tracker=tracker.is_rule_tracker,
    )
    twin.slots = {name: copy.copy(slot) for name, slot in tracker.slots.items()}
    twin.events = deque(tracker.events, tracker._max_event_history)
    twin._paused = tracker._paused
    twin.followup_action = tracker.followup_action
    twin.latest_action = copy.copy(tracker.latest_action)
    twin.latest_message = tracker.latest_message
    twin.latest_bot_utterance = tracker.latest_bot_utterance
    twin.active_loop = copy.copy(tracker.active_loop)
    return twin


def _copied_slot(slot: Slot) -> Slot:
    """What `copy.copy` makes of it by a longer way; a turn copies all slots some eight times."""
    twin: Slot = object.__new__(type(slot))
    twin.__dict__.update(slot.__dict__)
    return twin


def _applied(tracker: DialogueStateTracker) -> list[Event]:
    """As Rasa's own, which asks every event five times over what it is an instance of; none of ours has heirs.

    Found once for as long as nothing is added: it is asked for some five times a turn.
    """
    if not tracker.events:
        return []
    length, newest, found = tracker.__dict__.get("applied_before", (0, None, []))
    if length != len(tracker.events) or newest is not tracker.events[-1]:
        found = _that_apply(tracker)
        tracker.__dict__["applied_before"] = (len(tracker.events), tracker.events[-1], found)
    return list(found)


def _that_apply(tracker: DialogueStateTracker) -> list[Event]:
    if not _UNDOING.isdisjoint(map(type, tracker.events)):
        return list(_applied_or_undone(tracker))
    loops = {event.name for event in tracker.events if type(event) is ActiveLoop}
    applied: list[Event] = []
    for event in tracker.events:
        if type(event) is SessionStarted:
            applied.clear()
        elif (
            type(event) is ActionExecuted
            and event.action_name in loops
            and not tracker._first_loop_execution_or_unhappy_path(event.action_name, applied)
        ):
            tracker._undo_till_previous_loop_execution(event.action_name, applied)
        else:
            applied.append(event)
    return applied


def _tracker_within_a_form(
    form: FormAction, tracker: DialogueStateTracker, added: Sequence[Event], domain: Domain
) -> DialogueStateTracker:
    """As Rasa's own; a conversation is never restarted here, so that a copy is what its events lead to."""
    within = tracker.copy()
    asked = SlotSet(REQUESTED_SLOT, form.get_slot_to_fill(tracker))
    within.update_with_events([asked, ActionExecuted(form.name()), *added], domain, override_timestamp=False)
    return within


def _call_of_an_action(action: RemoteAction, tracker: DialogueStateTracker, _domain: Domain) -> dict[str, Any]:
    """What an action is told: how things stand, and the events since the person's message; never the domain."""
    return {
        "next_action": action.name(),
        "sender_id": tracker.sender_id,
        "tracker": {**tracker.current_state(), "events": [event.as_dict() for event in _of_this_turn(tracker)]},
        "version": rasa.__version__,
    }


def _of_this_turn(tracker: DialogueStateTracker) -> list[Event]:
    events: list[Event] = []
    for event in reversed(tracker.events):
        events.append(event)
        if isinstance(event, UserUttered):
            break
    return events[::-1]


def _is_empty(domain: Domain) -> bool:
    """Asked for every message, and answered once: Rasa writes both domains out to compare them. None changes here."""
    known = domain.__dict__
    if "known_to_be_empty" not in known:
        known["known_to_be_empty"] = _compared_with_an_empty_one(domain)
    return bool(known["known_to_be_empty"])


@asynccontextmanager
async def _open_session(endpoint: EndpointConfig) -> AsyncIterator[aiohttp.ClientSession]:
    """One session for all calls of an endpoint, where Rasa opens and closes a connection for each."""
    kept = getattr(endpoint, "kept_session", None)
    if kept is None:
        kept = endpoint.kept_session = aiohttp.ClientSession(
            headers=endpoint.headers,
            connector=aiohttp.TCPConnector(keepalive_timeout=_KEPT_OPEN_SECONDS),
        )
    yield kept


Domain.is_empty = _is_empty  # type: ignore[method-assign]
for _module in (processor, rule_policy, forms):
    _module.copy = _NothingToCopyFor  # type: ignore[attr-defined]
DaskGraphRunner.run = _run_in_order  # type: ignore[method-assign, assignment]
DialogueStateTracker.copy = _copied  # type: ignore[method-assign]
DialogueStateTracker.applied_events = _applied  # type: ignore[method-assign]
Slot.__copy__ = _copied_slot  # type: ignore[attr-defined]
FormAction._temporary_tracker = _tracker_within_a_form  # type: ignore[method-assign, assignment]
RulePolicy._get_possible_keys = _fitting_rules  # type: ignore[method-assign, assignment]
RulePolicy._prediction_states = _recent_states  # type: ignore[method-assign]
RemoteAction._action_call_format = _call_of_an_action  # type: ignore[method-assign]
EndpointConfig.session = _open_session  # type: ignore[method-assign, assignment]
# It asks every class of events for its name, for every event of every tracker that is read.
Event.resolve_by_type = staticmethod(functools.lru_cache(maxsize=None)(Event.resolve_by_type))  # type: ignore[method-assign]
