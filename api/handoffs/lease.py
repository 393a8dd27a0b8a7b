"""How long an officer's silence keeps a person, and what becomes of the person when it doesn't any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum


class AfterLoss(str, Enum):
    """What a look at the leases of a handoff finds."""

    KEPT = "kept"
    SECOND_TAKES_OVER = "second_takes_over"
    SECOND_IS_LOST = "second_is_lost"
    BACK_TO_QUEUE = "back_to_queue"


@dataclass(frozen=True)
class Lease:
    """Kept alive by heartbeats; each gives it `length` again."""

    length: timedelta

    def until(self, heard_at: datetime) -> datetime:
        """Until when an officer heard of at this instant keeps the person."""
        return heard_at + self.length


def is_over(lease_until: datetime | None, now: datetime) -> bool:
    """Whether the officer has been silent for too long; nobody's lease is never over."""
    return lease_until is not None and lease_until < now


def after_loss(*, first: datetime | None, second: datetime | None, has_second: bool, now: datetime) -> AfterLoss:
    """What to do, given until when the first and the second officer's leases run.

    Nobody is lost while one of two officers is there: the second takes over from a first who fell silent.
    """
    second_is_there = has_second and not is_over(second, now)
    if is_over(first, now):
        return AfterLoss.SECOND_TAKES_OVER if second_is_there else AfterLoss.BACK_TO_QUEUE
    return AfterLoss.SECOND_IS_LOST if has_second and not second_is_there else AfterLoss.KEPT
