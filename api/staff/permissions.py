"""Who may do what: the one map of roles and verbs. What stands not here is refused."""

from __future__ import annotations

from typing import Final, Literal

from api.staff.models import Role

Verb = Literal[
    "read_queue",
    "claim",
    "speak",
    "note",
    "wrap_up",
    "transfer",
    "oversee",
    "read_insight",
    "manage_staff",
    "read_audit",
    "own_account",
    "read_library",
]

_EVERYBODY: Final[frozenset[Verb]] = frozenset({"own_account", "read_library"})
_CARE: Final[frozenset[Verb]] = _EVERYBODY | {"read_queue", "claim", "speak", "note", "wrap_up", "transfer"}
_OVERSIGHT: Final[frozenset[Verb]] = frozenset({"manage_staff", "read_audit"})

PERMISSIONS: Final[dict[Role, frozenset[Verb]]] = {
    Role.OFFICER: _CARE,
    Role.LEAD: _CARE | _OVERSIGHT | {"oversee", "read_insight"},
    # Who keeps the accounts has no need to read what people wrote.
    Role.ADMIN: _EVERYBODY | _OVERSIGHT,
}


NEEDS_SECOND_STEP: Final = frozenset({Role.LEAD, Role.ADMIN})
"""Whose account opens other people's accounts signs in with more than a password."""


def needs_second_step(role: str) -> bool:
    """Whether this role may not sign in with a password alone."""
    return Role(role) in NEEDS_SECOND_STEP


def may(role: str, verb: Verb) -> bool:
    """Whether this role may do this."""
    return verb in PERMISSIONS.get(Role(role), frozenset())


def roles_that_may(verb: Verb) -> list[str]:
    """The roles that may do this."""
    return [role.value for role, verbs in PERMISSIONS.items() if verb in verbs]
