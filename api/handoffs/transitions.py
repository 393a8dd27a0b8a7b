"""Every way a handoff may go, in one table; any other is refused with 409."""

from __future__ import annotations

from enum import Enum
from typing import Final

from api.handoffs.models import Handoff
from api.problems import Conflict


class State(str, Enum):
    """Where a handoff stands."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    ACTIVE = "active"
    WRAP_UP = "wrap_up"
    CLOSED = "closed"
    CALLBACK_SCHEDULED = "callback_scheduled"
    RETURNED_TO_ASSISTANT = "returned_to_assistant"
    ABANDONED = "abandoned"


class Outcome(str, Enum):
    """How it ended. No handoff closes without one."""

    SAFE = "safe"
    REFERRED = "referred"
    NALOXONE_ARRANGED = "naloxone_arranged"
    EMERGENCY_SERVICES_CALLED = "emergency_services_called"
    CALLBACK_BOOKED = "callback_booked"
    DISENGAGED = "disengaged"
    OTHER = "other"


class Naloxone(str, Enum):
    """What became of take-home naloxone in this conversation."""

    ARRANGED = "arranged"
    HAS_IT = "has_it"
    DECLINED = "declined"
    NOT_RAISED = "not_raised"


TRANSITIONS: Final[dict[State, frozenset[State]]] = {
    # An officer takes them, they would rather be called, or they leave.
    State.WAITING: frozenset({State.CLAIMED, State.CALLBACK_SCHEDULED, State.ABANDONED}),
    # An officer has them and writes, hands over, hands back, books a call, finishes, or is lost.
    State.CLAIMED: frozenset(
        {
            State.ACTIVE,
            State.WAITING,
            State.CLAIMED,
            State.WRAP_UP,
            State.CALLBACK_SCHEDULED,
            State.RETURNED_TO_ASSISTANT,
        }
    ),
    State.ACTIVE: frozenset(
        {State.WAITING, State.CLAIMED, State.WRAP_UP, State.CALLBACK_SCHEDULED, State.RETURNED_TO_ASSISTANT}
    ),
    # The officer still has to write up how it ended; a person who asks again meanwhile waits again, at their age.
    State.WRAP_UP: frozenset({State.CLOSED, State.WAITING}),
    # The officer takes up the callback, its time comes, or the person asks again or leaves before it.
    State.CALLBACK_SCHEDULED: frozenset({State.CLAIMED, State.WAITING, State.ABANDONED}),
    State.CLOSED: frozenset(),
    State.RETURNED_TO_ASSISTANT: frozenset(),
    State.ABANDONED: frozenset(),
}

OPEN: Final[tuple[str, ...]] = tuple(state.value for state, ways in TRANSITIONS.items() if ways)
"""States in which somebody still waits for something."""

HELD: Final[tuple[str, ...]] = (State.CLAIMED.value, State.ACTIVE.value)
"""States in which an officer has the person."""

CLAIMABLE: Final[tuple[str, ...]] = tuple(
    state.value for state, ways in TRANSITIONS.items() if State.CLAIMED in ways and state.value not in HELD
)


def move(handoff: Handoff, to: State) -> None:
    """Take the handoff to another state. Raises Conflict when no way leads there."""
    if to not in TRANSITIONS[State(handoff.state)]:
        raise Conflict(f"This handoff is {handoff.state} and cannot become {to.value}.", state=handoff.state)
    handoff.state = to.value


def let_go(handoff: Handoff) -> None:
    """No officer has them and none is asked for: leases, a second officer and an offer end together."""
    handoff.lease_until = handoff.second_officer = handoff.second_lease_until = None
    handoff.offered_to = handoff.offered_skill = handoff.offered_at = None
