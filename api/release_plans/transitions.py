"""The states of a plan and of a check-in, and every way from one to another: nothing else may happen to them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final, Protocol


class State(str, Enum):
    """How far a check-in has come."""

    PLANNED = "planned"
    ASKED = "asked"
    CHASED = "chased"
    """Asked a second and last time."""
    ANSWERED = "answered"
    WORKLIST = "worklist"
    """Nobody answered: officers have it until one of them writes down an outcome."""
    CLOSED = "closed"
    MISSED = "missed"
    """Its time went by before it could be asked, or it was a free choice that nobody took."""
    CANCELLED = "cancelled"


FROM: Final[Mapping[State, frozenset[State]]] = {
    State.PLANNED: frozenset(),
    State.ASKED: frozenset({State.PLANNED}),
    State.CHASED: frozenset({State.ASKED}),
    State.ANSWERED: frozenset({State.ASKED, State.CHASED}),
    State.WORKLIST: frozenset({State.ASKED, State.CHASED}),
    State.CLOSED: frozenset({State.WORKLIST}),
    State.MISSED: frozenset({State.PLANNED, State.ASKED, State.CHASED}),
    State.CANCELLED: frozenset({State.PLANNED, State.ASKED, State.CHASED, State.WORKLIST}),
}
"""For each state, those it may follow."""

OPEN: Final = (State.PLANNED.value, State.ASKED.value, State.CHASED.value)
UNANSWERED: Final = (State.ASKED.value, State.CHASED.value)


class PlanState(str, Enum):
    """Whether there is anything to ask."""

    NOTED = "noted"
    """A date was told; nobody has said yes to being asked."""
    INVITED = "invited"
    """Somebody else gave this number. It gets one neutral text, and nothing before it answers yes."""
    ACTIVE = "active"
    PAUSED = "paused"
    """Nothing goes out until somebody says more: another holder of the number, or back inside."""
    ENDED = "ended"


PLAN_FROM: Final[Mapping[PlanState, frozenset[PlanState]]] = {
    PlanState.NOTED: frozenset({PlanState.PAUSED, PlanState.ENDED}),
    PlanState.INVITED: frozenset(),
    PlanState.ACTIVE: frozenset({PlanState.NOTED, PlanState.INVITED, PlanState.PAUSED, PlanState.ENDED}),
    PlanState.PAUSED: frozenset({PlanState.NOTED, PlanState.INVITED, PlanState.ACTIVE}),
    PlanState.ENDED: frozenset({PlanState.NOTED, PlanState.INVITED, PlanState.ACTIVE, PlanState.PAUSED}),
}


class Reason(str, Enum):
    """Why a plan rests or is over."""

    STOPPED = "stopped"
    DIED = "died"
    RECALLED = "recalled"
    ANOTHER_HOLDER = "another_holder"
    DECLINED = "declined"
    COMPLETED = "completed"


class HasState(Protocol):
    """What has a state, as a table keeps it."""

    state: str


class NotAllowed(ValueError):
    """There is no way from the present state to the one that was wanted."""


def may_move(check_in: HasState, to: State) -> bool:
    """Whether there is a way."""
    return State(check_in.state) in FROM[to]


def move(check_in: HasState, to: State) -> None:
    """Move a check-in on. Raises NotAllowed."""
    if not may_move(check_in, to):
        raise NotAllowed(f"a check-in that is {check_in.state} can't become {to.value}")
    check_in.state = to.value


def move_plan(plan: HasState, to: PlanState) -> bool:
    """Move a plan on; False, and nothing is changed, where it stands there already. Raises NotAllowed."""
    if plan.state == to.value:
        return False
    if PlanState(plan.state) not in PLAN_FROM[to]:
        raise NotAllowed(f"a plan that is {plan.state} can't become {to.value}")
    plan.state = to.value
    return True
