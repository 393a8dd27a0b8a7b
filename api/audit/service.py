"""Writes down who did what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.audit.models import AuditEntry
from reference.clock import Clock

SYSTEM = "system"
"""The actor of what happens because time has passed."""


async def record(
    session: AsyncSession,
    clock: Clock,
    *,
    actor: UUID | str,
    action: str,
    subject: UUID | str | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Add one deed in this unit of work. `actor` is a staff id, or a word such as `system`, `person` or `cli`.

    `detail` holds codes, ids and numbers: no message text, no name, no phone number.
    """
    session.add(
        AuditEntry(
            at=clock.now(),
            actor=str(actor),
            action=action,
            subject=None if subject is None else str(subject),
            detail=detail or {},
        )
    )
    await session.flush()
