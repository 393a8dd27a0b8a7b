"""Counts small enough to point at somebody are not told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SMALLEST_TOLD: Final = 5
"""Fewer people than this are "fewer than 5": in a small place a neighbour could name them."""


def told(count: int) -> int | None:
    """The count, or None for "fewer than 5". None at all is told: nobody is in it."""
    return count if count == 0 or count >= SMALLEST_TOLD else None


def told_apart(counts: Mapping[str, int]) -> dict[str, int | None]:
    """The counts of parts of one whole, small ones left out.

    Where only one would be left out it could be had back from the sum, so the next smallest goes with it.
    """
    shown = {name: told(count) for name, count in counts.items()}
    hidden = [name for name, count in shown.items() if count is None]
    if len(hidden) == 1:
        others = [name for name, count in counts.items() if count >= SMALLEST_TOLD]
        if others:
            shown[min(others, key=lambda name: counts[name])] = None
    return shown
