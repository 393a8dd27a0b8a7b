"""What every table holds of people, and how its rows go when somebody is wiped.

A room that adds a table adds its line here; a test fails until it has. `docs/privacy.md` tells the operator the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Whose(str, Enum):
    """Whom the rows of a table speak of."""

    PERSON = "person"
    """Somebody who turned to the service, or was referred to it: goes with their conversation."""
    STAFF = "staff"
    NOBODY = "nobody"


class Leaves(str, Enum):
    """How a person's rows go."""

    WITH_PARENT = "with its parent"
    """The database deletes them with the row that they belong to (`ON DELETE CASCADE`)."""
    ERASER = "by the eraser"
    """`api.privacy.erasure` deletes or empties them by name."""
    WHEN_DONE = "when done"
    """They are what is still owed after a wipe, and go once it has been done."""


@dataclass(frozen=True)
class Holding:
    """One table. `words` are the columns that can hold somebody's words or number, sealed or not."""

    whose: Whose
    leaves: Leaves | None = None
    words: tuple[str, ...] = ()


def _person(leaves: Leaves, *words: str) -> Holding:
    return Holding(Whose.PERSON, leaves, words)


_STAFF: Final = Holding(Whose.STAFF)
_NOBODY: Final = Holding(Whose.NOBODY)

HOLDINGS: Final[dict[str, Holding]] = {
    "conversations": _person(Leaves.ERASER, "number_sealed", "page"),
    "messages": _person(Leaves.WITH_PARENT, "text", "quick_replies", "safety"),
    "facts": _person(Leaves.WITH_PARENT, "value", "words"),
    "phone_holders": _person(Leaves.WITH_PARENT),
    "corrections": _person(Leaves.WITH_PARENT),
    "turns": _person(Leaves.WITH_PARENT),
    "turn_requests": _person(Leaves.WITH_PARENT),
    "outbox": _person(Leaves.WITH_PARENT, "destination_sealed", "text"),
    "sent_texts": _person(Leaves.WITH_PARENT),
    "release_plans": _person(Leaves.WITH_PARENT, "prison"),
    "check_ins": _person(Leaves.WITH_PARENT, "outcome_note"),
    "check_in_tries": _person(Leaves.WITH_PARENT, "note"),
    "handoffs": _person(Leaves.ERASER, "callback_number_sealed", "outcome_note", "agreed"),
    "handoff_notes": _person(Leaves.ERASER, "text"),
    "handoff_listeners": _person(Leaves.WITH_PARENT),
    "callback_attempts": _person(Leaves.WITH_PARENT),
    "ambulance_calls": _person(Leaves.ERASER, "place", "reference"),
    "referrals": _person(Leaves.ERASER),
    "forgettings": _person(Leaves.WHEN_DONE),
    "provider_copies": _person(Leaves.WHEN_DONE),
    "provider_sweeps": _person(Leaves.WHEN_DONE, "number_sealed"),
    "past_texts": _person(Leaves.WHEN_DONE),
    "staff": _STAFF,
    "staff_sessions": _STAFF,
    "staff_second_steps": _STAFF,
    "staff_recovery_codes": _STAFF,
    "staff_tokens": _STAFF,
    "staff_presence": _STAFF,
    "staff_skills": _STAFF,
    "audit": _STAFF,
    "referral_keys": _NOBODY,
}
"""Every table by its name."""
