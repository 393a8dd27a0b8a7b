"""Every query about staff, their sessions and tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.staff.models import Staff, StaffSession, StaffToken


async def staff_by_id(session: AsyncSession, staff_id: UUID) -> Staff | None:
    """One member of staff."""
    return await session.get(Staff, staff_id)


async def staff_by_email(session: AsyncSession, email: str) -> Staff | None:
    """The account of an email address, however it is capitalised."""
    return (await session.execute(select(Staff).where(func.lower(Staff.email) == email.lower()))).scalar_one_or_none()


async def staff_by_invitation(session: AsyncSession, invitation_hash: str) -> Staff | None:
    """The account that a one-time link belongs to."""
    return (
        await session.execute(select(Staff).where(Staff.invitation_hash == invitation_hash).with_for_update())
    ).scalar_one_or_none()


async def everybody(session: AsyncSession) -> Sequence[Staff]:
    """All accounts, by name."""
    return (await session.execute(select(Staff).order_by(Staff.name))).scalars().all()


async def session_by_token_hash(session: AsyncSession, token_hash: str) -> tuple[StaffSession, Staff] | None:
    """A browser session and whose it is."""
    found = await session.execute(
        select(StaffSession, Staff)
        .join(Staff, Staff.id == StaffSession.staff_id)
        .where(StaffSession.token_hash == token_hash)
    )
    row = found.first()
    return None if row is None else (row[0], row[1])


async def token_by_hash(session: AsyncSession, token_hash: str) -> tuple[StaffToken, Staff] | None:
    """A script's token and whose it is."""
    found = await session.execute(
        select(StaffToken, Staff)
        .join(Staff, Staff.id == StaffToken.staff_id)
        .where(StaffToken.token_hash == token_hash)
    )
    row = found.first()
    return None if row is None else (row[0], row[1])


async def end_sessions(session: AsyncSession, *, token_hash: str | None = None, staff_id: UUID | None = None) -> None:
    """Forget one session, or all of one person's."""
    statement = delete(StaffSession)
    statement = statement.where(
        StaffSession.token_hash == token_hash if token_hash is not None else StaffSession.staff_id == staff_id
    )
    await session.execute(statement)


async def end_expired_sessions(session: AsyncSession, now: datetime) -> None:
    """Forget sessions that are over."""
    await session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))


async def seen(session: AsyncSession, session_id: UUID, at: datetime | None) -> None:
    """Note when a session was last there; None when its owner went."""
    await session.execute(update(StaffSession).where(StaffSession.id == session_id).values(last_seen_at=at))


async def present(session: AsyncSession, *, now: datetime, since: datetime, roles: Sequence[str]) -> Sequence[Staff]:
    """Active staff of these roles with a session seen at or after `since`."""
    here = select(StaffSession.staff_id).where(StaffSession.last_seen_at >= since, StaffSession.expires_at > now)
    return (
        (
            await session.execute(
                select(Staff).where(Staff.active, Staff.role.in_(roles), Staff.id.in_(here)).order_by(Staff.name)
            )
        )
        .scalars()
        .all()
    )
