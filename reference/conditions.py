"""Conditions that stand in data: whether they hold for what is known of somebody, and what one would have to ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Fact = bool | int | str
_COMPARISONS = ("below", "at_least")


@dataclass(frozen=True)
class Answer:
    """`holds` is None where it depends on facts that nobody has given; those are `missing`."""

    holds: bool | None
    missing: frozenset[str] = frozenset()


def all_hold(conditions: Sequence[Mapping[str, Any]], facts: Mapping[str, Fact]) -> Answer:
    """Whether every condition holds; none at all hold. One that fails settles it, whatever else is not known."""
    answers = [_one(condition, facts) for condition in conditions]
    if any(answer.holds is False for answer in answers):
        return Answer(False)
    return _together(answers, otherwise=True)


def check_readable(conditions: Sequence[Mapping[str, Any]], known: Mapping[str, Any]) -> None:
    """Raise ValueError for a condition that asks for an unknown fact or compares in an unknown way."""
    for condition in conditions:
        if len(condition) != 1:
            raise ValueError(f"one fact a condition, not {sorted(condition)}")
        ((name, wanted),) = condition.items()
        if name == "any":
            check_readable(wanted, known)
        elif name not in known:
            raise ValueError(f"'{name}' is not one of the facts: {', '.join(known)}")
        elif isinstance(wanted, Mapping) and (len(wanted) != 1 or next(iter(wanted)) not in _COMPARISONS):
            raise ValueError(f"'{name}' is compared by one of {', '.join(_COMPARISONS)}")


def _one(condition: Mapping[str, Any], facts: Mapping[str, Fact]) -> Answer:
    ((name, wanted),) = condition.items()
    if name == "any":
        answers = [_one(each, facts) for each in wanted]
        if any(answer.holds for answer in answers):
            return Answer(True)
        return _together(answers, otherwise=False)
    if name not in facts:
        return Answer(None, frozenset((name,)))
    fact = facts[name]
    if not isinstance(wanted, Mapping):
        return Answer(fact == wanted)
    ((comparison, bound),) = wanted.items()
    return Answer(int(fact) < bound if comparison == "below" else int(fact) >= bound)


def _together(answers: Sequence[Answer], *, otherwise: bool) -> Answer:
    missing = frozenset(name for answer in answers for name in answer.missing)
    return Answer(None, missing) if missing else Answer(otherwise)
