"""Rasa without work that grows with the conversation and changes no answer. For serving; training runs as it comes.

Found with a profiler in a conversation of twenty messages; what it brought together stands in decision 11.
"""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import rasa
from rasa.core.actions.action import RemoteAction
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActionExecuted, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

_KEPT_OPEN_SECONDS = 2.0
"""Less than the actions' server keeps an idle connection, so that it never closes one that is about to be used."""

_all_states = RulePolicy._prediction_states


class _RecentPast:
    """A tracker's history that tells only its last states; where it stood before them is still in each of them."""

    def __init__(self, tracker: DialogueStateTracker, states: int) -> None:
        self._tracker = tracker
        self._states = states

    def past_states(self, domain: Domain, **options: Any) -> list[State]:
        """As a tracker's own, without the older ones."""
        states: list[State] = domain.states_for_tracker_history(self, **options)
        return states

    def generate_all_prior_trackers(self) -> Iterator[tuple[DialogueStateTracker, bool]]:
        """The tracker before each of the last actions, and as it is now."""
        applied = self._tracker.applied_events()
        left = sum(isinstance(event, ActionExecuted) for event in applied)
        before = self._tracker.init_copy()
        for event in applied:
            if isinstance(event, ActionExecuted):
                if left < self._states:
                    yield before, event.hide_rule_turn
                left -= 1
            before.update(event)
        yield before, False


def _recent_states(policy: RulePolicy, tracker: DialogueStateTracker, *rest: Any, **options: Any) -> list[State]:
    """A rule is held against the last states only, as many as it has itself."""
    states: list[State] = _all_states(policy, _RecentPast(tracker, _longest_rule(policy)), *rest, **options)
    return states


@functools.lru_cache(maxsize=1)
def _longest_rule(policy: RulePolicy) -> int:
    tables = (policy.lookup.get(RULES, {}), policy.lookup.get(RULES_FOR_LOOP_UNHAPPY_PATH, {}))
    return max((len(policy._rule_key_to_state(key)) for table in tables for key in table), default=1)


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


RulePolicy._prediction_states = _recent_states  # type: ignore[method-assign]
RemoteAction._action_call_format = _call_of_an_action  # type: ignore[method-assign]
EndpointConfig.session = _open_session  # type: ignore[method-assign, assignment]
# It asks every class of events for its name, for every event of every tracker that is read.
Event.resolve_by_type = staticmethod(functools.lru_cache(maxsize=None)(Event.resolve_by_type))  # type: ignore[method-assign]
