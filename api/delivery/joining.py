"""Replies to one message become as few texts as they can without costing a part more."""

from __future__ import annotations

from collections.abc import Sequence

from api.delivery.failures import Joining
from voice.segments import measure


def how_many_join(texts: Sequence[str], joining: Joining) -> int:
    """How many of these texts, from the first on, go as one: at least one.

    A text longer than `joining.parts` by itself goes alone. One character outside GSM-7 makes a whole text dearer, so
    what is joined may take no more parts than its pieces would apart.
    """
    apart = measure(texts[0]).segments if texts else 0
    count = 1
    for number in range(2, len(texts) + 1):
        apart += measure(texts[number - 1]).segments
        if measure(joining.between.join(texts[:number])).segments > min(joining.parts, apart):
            break
        count = number
    return count
