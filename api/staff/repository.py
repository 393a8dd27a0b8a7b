"""Every query about staff, their sessions and tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, Result, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.staff.models import RecoveryCode, SecondStep, Staff, StaffSession, StaffToken, Stage


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


# ---- sessions as their owner sees them


async def sessions_of(session: AsyncSession, staff_id: UUID, now: datetime) -> Sequence[StaffSession]:
    """Where somebody is signed in, newest first."""
    found = await session.execute(
        select(StaffSession)
        .where(
            StaffSession.staff_id == staff_id,
            StaffSession.expires_at > now,
            StaffSession.stage == Stage.OPEN.value,
        )
        .order_by(StaffSession.created_at.desc())
    )
    return found.scalars().all()


async def end_session(session: AsyncSession, staff_id: UUID, session_id: UUID) -> bool:
    """End one session of this person; False when they have no such session."""
    ended = await session.execute(
        delete(StaffSession).where(StaffSession.id == session_id, StaffSession.staff_id == staff_id)
    )
    return _rows(ended) == 1


async def end_other_sessions(session: AsyncSession, staff_id: UUID, *, kept: UUID | None) -> int:
    """End every session of this person but one; how many ended."""
    return _rows(
        await session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id, StaffSession.id != kept))
    )


# ---- the second step


async def second_step_of(session: AsyncSession, staff_id: UUID) -> SecondStep | None:
    """The telephone of this account."""
    return await session.get(SecondStep, staff_id)


async def with_second_step(session: AsyncSession) -> set[UUID]:
    """The accounts whose second step is in use."""
    found = await session.execute(select(SecondStep.staff_id).where(SecondStep.confirmed_at.is_not(None)))
    return set(found.scalars())


async def use_counter(session: AsyncSession, staff_id: UUID, counter: int) -> bool:
    """Use up the code of this half minute and all before it; False when somebody else just did."""
    used = await session.execute(
        update(SecondStep)
        .where(SecondStep.staff_id == staff_id, SecondStep.last_counter < counter)
        .values(last_counter=counter)
    )
    return _rows(used) == 1


async def use_recovery_code(session: AsyncSession, staff_id: UUID, code_hash: str, now: datetime) -> bool:
    """Use up a recovery code; False when there is no such code, or it was used."""
    used = await session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.staff_id == staff_id, RecoveryCode.code_hash == code_hash, RecoveryCode.used_at.is_(None))
        .values(used_at=now)
    )
    return _rows(used) == 1


async def recovery_codes_left(session: AsyncSession, staff_id: UUID) -> int:
    """How many recovery codes still open."""
    left = select(func.count()).where(RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None))
    return (await session.execute(left)).scalar_one()


async def forget_recovery_codes(session: AsyncSession, staff_id: UUID) -> None:
    """None of the codes opens any more."""
    await session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))


async def forget_second_step(session: AsyncSession, staff_id: UUID) -> None:
    """No telephone and no codes."""
    await forget_recovery_codes(session, staff_id)
    await session.execute(delete(SecondStep).where(SecondStep.staff_id == staff_id))


def _rows(result: Result[Any]) -> int:
    return cast("CursorResult[Any]", result).rowcount
