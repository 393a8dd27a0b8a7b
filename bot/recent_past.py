"""How a conversation stood before each of its last actions, carried on from one prediction to the next.

Rasa lives through the whole conversation again for every prediction, and describes how it stood before every action of
it. A rule is held against the last of these states only, and the older ones never change.
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Sequence
from typing import Any

from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.trackers import DialogueStateTracker

_CARRIED = "recent_past"


class RecentPast:
    """A tracker's history that tells only its last states; where it stood before them is still in each of them."""

    def __init__(self, tracker: DialogueStateTracker, states: int) -> None:
        self._tracker = tracker
        self._states = states

    def past_states(self, domain: Domain, **_options: Any) -> list[State]:
        """As a tracker's own without options, which is how the rule policy asks, and without the older ones."""
        applied = self._tracker.applied_events()
        carried: _Carried | None = self._tracker.__dict__.get(_CARRIED)
        if carried is None or not carried.leads_to(applied, domain, self._states):
            carried = self._tracker.__dict__[_CARRIED] = _Carried(self._tracker, domain, self._states)
        return carried.on_to(applied)


class _Carried:
    """How things stand after the events that were lived through, and the states on the way."""

    def __init__(self, tracker: DialogueStateTracker, domain: Domain, states: int) -> None:
        self._domain = domain
        self._wanted = states
        self._lived: list[Event] = []
        self._standing = tracker.init_copy()
        self._states: deque[State] = deque(maxlen=states - 1)

    def leads_to(self, applied: Sequence[Event], domain: Domain, states: int) -> bool:
        """Whether what was lived through is how `applied` begins; a loop takes back some of what it led to."""
        return (
            len(self._lived) <= len(applied)
            and domain is self._domain
            and states == self._wanted
            and all(map(operator.is_, self._lived, applied))
        )

    def on_to(self, applied: Sequence[Event]) -> list[State]:
        """Live through what is new in `applied`; the last states before an action, and the one that this leads to."""
        new = applied[len(self._lived) :]
        left = sum(type(event) is ActionExecuted for event in new)
        for event in new:
            if type(event) is ActionExecuted:
                if left < self._wanted:
                    self._states.append(self._domain.get_active_state(self._standing))
                left -= 1
            # How things stand is all that is asked of it, never its events.
            event.apply_to(self._standing)
            self._lived.append(event)
        now = self._domain.get_active_state(self._standing)
        # Whoever asks may choose what of the last state counts, and writes into it.
        return [{part: dict(said) for part, said in state.items()} for state in (*self._states, now)]
