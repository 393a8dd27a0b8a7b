"""Whom "next person" gives an officer: the head of the queue, or somebody near it who wants this officer's skills."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

MATCH_IS_WORTH: Final = timedelta(minutes=10)
"""Somebody who wants this officer's skill stands, for this officer, where they would ten minutes earlier. So nobody is
ever passed by somebody ranked more than ten minutes behind them, and never an emergency by one that is none."""


@dataclass(frozen=True)
class Candidate:
    """Somebody who waits, as much as the order of the queue has to know."""

    id: UUID
    emergency: bool
    ranked_at: datetime
    skill: str | None


def in_order_for(
    skills: frozenset[str], heads: Iterable[Candidate], matches: Iterable[Candidate] = ()
) -> Iterator[Candidate]:
    """Those who wait, each once, in the order in which an officer with these skills should take them.

    `heads` are in the queue's own order; `matches`, too, and all of them want one of the `skills`.
    """

    def place(one: Candidate) -> tuple[bool, datetime, UUID]:
        worth = MATCH_IS_WORTH if one.skill in skills else timedelta(0)
        return not one.emergency, one.ranked_at - worth, one.id

    told: set[UUID] = set()
    for one in sorted([*heads, *matches], key=place):
        if one.id not in told:
            told.add(one.id)
            yield one
