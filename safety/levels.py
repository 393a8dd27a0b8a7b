"""How much danger a message speaks of, and of what kind."""

from __future__ import annotations

from enum import Enum
from functools import total_ordering


@total_ordering
class Level(Enum):
    """`EMERGENCY`: life is in danger now or within the hour. `URGENT`: within hours or days. Ordered."""

    NONE = "none"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Level):
            return NotImplemented
        return _ORDER.index(self) < _ORDER.index(other)


_ORDER = [Level.NONE, Level.URGENT, Level.EMERGENCY]


class Kind(Enum):
    """What the danger is; one message can hold several. Declared in the order in which they are reported."""

    OVERDOSE = "overdose"
    SUICIDE = "suicide"
    SELF_HARM = "self_harm"
    WITHDRAWAL = "withdrawal"
    VIOLENCE = "violence"
    CHILD = "child"
