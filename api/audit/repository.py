"""Reading what was done, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
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
    action: str = "",
    actor: str = "",
    subject: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> Sequence[AuditEntry]:
    """Deeds, newest first: before another one, of one kind (`handoff`, `staff`) or just one, by somebody, to something,
    from `since` up to and without `until`."""
    wanted = select(AuditEntry)
    if before is not None:
        # Ids are numbered by time (UUIDv7), so those before an entry are smaller.
        wanted = wanted.where(AuditEntry.id < before)
    if kind:
        wanted = wanted.where(AuditEntry.action.startswith(f"{kind}.", autoescape=True))
    if action:
        wanted = wanted.where(AuditEntry.action == action)
    if since is not None:
        wanted = wanted.where(AuditEntry.at >= since)
    if until is not None:
        wanted = wanted.where(AuditEntry.at < until)
    if actor:
        wanted = wanted.where(AuditEntry.actor == actor)
    if subject:
        wanted = wanted.where(AuditEntry.subject == subject)
    return (await session.execute(wanted.order_by(AuditEntry.id.desc()).limit(limit))).scalars().all()
