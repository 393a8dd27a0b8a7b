"""How soon somebody should hear an officer's first words: targets as data, and whether they were met.

Data: `data/operations/service_levels.yml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from pathlib import Path

import yaml

from api.handoffs.models import Handoff
from api.handoffs.priority import around_release
from api.hours.opening import OpeningHours
from reference.paths import data_folder


class Priority(str, Enum):
    """How grave it is, as the targets tell it apart."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    AROUND_RELEASE = "around_release"
    ORDINARY = "ordinary"


class TargetState(str, Enum):
    """How a service level stands for one handoff."""

    ACTIVE = "active"
    HIT = "hit"
    MISSED = "missed"


@dataclass(frozen=True)
class Target:
    """`always`: counted by night too, otherwise only in the open hours."""

    answer_within: timedelta
    warn_after: timedelta
    always: bool = False


class ServiceLevels:
    """The targets by priority."""

    def __init__(self, targets: Mapping[Priority, Target], hours: OpeningHours) -> None:
        """A target for every priority."""
        self._targets = targets
        self._hours = hours

    @classmethod
    def load(cls, file: Path | None = None, hours: OpeningHours | None = None) -> ServiceLevels:
        """Read the targets. Raises ValueError for one that is missing or warns after it is missed."""
        file = file or data_folder() / "operations" / "service_levels.yml"
        told = yaml.safe_load(file.read_text(encoding="utf-8"))["service_levels"]
        targets = {}
        for priority in Priority:
            if priority.value not in told:
                raise ValueError(f"{file.name}: there is no target for {priority.value}")
            said = told[priority.value]
            target = Target(
                timedelta(minutes=said["answer_within"]),
                timedelta(minutes=said["warn_after"]),
                bool(said.get("always")),
            )
            if not timedelta(0) < target.warn_after < target.answer_within:
                raise ValueError(f"{file.name}: {priority.value} has to warn before its target is missed")
            targets[priority] = target
        return cls(targets, hours or OpeningHours.load())

    def target(self, priority: Priority) -> Target:
        """What is promised for this priority."""
        return self._targets[priority]

    def answer_by(self, priority: Priority, since: datetime) -> datetime:
        """When an officer's first words are due for somebody who has waited since then."""
        return self._after(self.target(priority), since, self.target(priority).answer_within)

    def warn_at(self, priority: Priority, since: datetime) -> datetime:
        """When the board begins to show that it may be missed."""
        return self._after(self.target(priority), since, self.target(priority).warn_after)

    def _after(self, target: Target, since: datetime, length: timedelta) -> datetime:
        return since + length if target.always else self._hours.after_open_time(since, length)


def priority_of(level: str, release_date: date | None, now: datetime) -> Priority:
    """Which target holds for somebody of this level and release date."""
    if level == Priority.EMERGENCY.value:
        return Priority.EMERGENCY
    if level == Priority.URGENT.value:
        return Priority.URGENT
    return Priority.AROUND_RELEASE if around_release(release_date, now) else Priority.ORDINARY


def target_state(handoff: Handoff, now: datetime) -> TargetState | None:
    """Whether the promise was kept; None where none was made, or the person went away before it was due."""
    if handoff.answer_by is None:
        return None
    if handoff.answered_at is not None:
        return TargetState.HIT if handoff.answered_at <= handoff.answer_by else TargetState.MISSED
    if handoff.closed_at is not None:
        return TargetState.MISSED if handoff.closed_at > handoff.answer_by else None
    return TargetState.ACTIVE if now <= handoff.answer_by else TargetState.MISSED
