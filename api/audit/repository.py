"""Reading what was done, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit.models import AuditEntry


async def entries(
    session: AsyncSession,
    *,
    limit: int,
    before: UUID | None = None,
    kind: str = "",
    actor: str = "",
    subject: str = "",
) -> Sequence[AuditEntry]:
    """Deeds, newest first: before another one, of one kind (`handoff`, `staff`), by somebody, to something."""
    wanted = select(AuditEntry)
    if before is not None:
        # Ids are numbered by time (UUIDv7), so those before an entry are smaller.
        wanted = wanted.where(AuditEntry.id < before)
    if kind:
        wanted = wanted.where(AuditEntry.action.startswith(f"{kind}.", autoescape=True))
    if actor:
        wanted = wanted.where(AuditEntry.actor == actor)
    if subject:
        wanted = wanted.where(AuditEntry.subject == subject)
    return (await session.execute(wanted.order_by(AuditEntry.id.desc()).limit(limit))).scalars().all()
