"""The queue's own parts and databases, as its tests in `tests/api` have them."""

from __future__ import annotations

from tests.api.conftest import (
    clock,
    database,
    database_url,
    live,
    postgresql_address,
    postgresql_server,
    sqlite_template,
)
from tests.api.handoffs.conftest import handoffs, karen, numbers, queue, ross, voice, wait

__all__ = [
    "clock",
    "database",
    "database_url",
    "handoffs",
    "karen",
    "live",
    "numbers",
    "postgresql_address",
    "postgresql_server",
    "queue",
    "ross",
    "sqlite_template",
    "voice",
    "wait",
]
