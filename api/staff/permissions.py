"""Who may do what: the one map of roles and verbs. What stands not here is refused."""

from __future__ import annotations

from typing import Final, Literal

from api.staff.models import Role

Verb = Literal["read_queue", "claim", "speak", "note", "wrap_up", "transfer", "manage_staff", "read_audit"]

_CARE: Final[frozenset[Verb]] = frozenset({"read_queue", "claim", "speak", "note", "wrap_up", "transfer"})
_OVERSIGHT: Final[frozenset[Verb]] = frozenset({"manage_staff", "read_audit"})

PERMISSIONS: Final[dict[Role, frozenset[Verb]]] = {
    Role.OFFICER: _CARE,
    Role.LEAD: _CARE | _OVERSIGHT,
    # Who keeps the accounts has no need to read what people wrote.
    Role.ADMIN: _OVERSIGHT,
}


def may(role: str, verb: Verb) -> bool:
    """Whether this role may do this."""
    return verb in PERMISSIONS.get(Role(role), frozenset())


def roles_that_may(verb: Verb) -> list[str]:
    """The roles that may do this."""
    return [role.value for role, verbs in PERMISSIONS.items() if verb in verbs]
