"""The rules of accounts: people are invited, choose their own password, and are present while their console is open."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service as audit
from api.problems import Conflict, NotFound, Unprocessable
from api.staff import passwords, repository
from api.staff.models import Role, Staff, StaffToken
from api.staff.permissions import roles_that_may
from reference.clock import Clock

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
"""Only so much as catches a slip: the address is a name to sign in with, nothing is sent to it."""

INVITATION_DAYS = 7
"""A one-time link that lay about for longer opens nothing."""


@dataclass(frozen=True)
class Invitation:
    """A new account and the one-time token with which its owner sets the password. The token is told once."""

    staff: Staff
    token: str


def hash_secret(secret: str) -> str:
    """How a random token is kept: whoever reads the table cannot use it."""
    return sha256(secret.encode()).hexdigest()


async def invite(
    session: AsyncSession, clock: Clock, *, name: str, email: str, role: Role, actor: UUID | str
) -> Invitation:
    """Open an account that waits for its owner to choose a password. Raises Conflict, Unprocessable."""
    name, email = " ".join(name.split()), email.strip().lower()
    if not name:
        raise Unprocessable("A member of staff needs a name: people are told who is here.")
    if not _EMAIL.fullmatch(email):
        raise Unprocessable("That is not an email address.")
    if await repository.staff_by_email(session, email) is not None:
        raise Conflict("There is an account with this email already.")
    staff = Staff(name=name, email=email, role=role.value, created_at=clock.now())
    session.add(staff)
    await session.flush()
    await audit.record(
        session, clock, actor=actor, action="staff.invited", subject=staff.id, detail={"role": role.value}
    )
    return Invitation(staff, await _new_link(session, clock, staff))


async def invite_again(session: AsyncSession, clock: Clock, *, email: str, actor: UUID | str) -> Invitation:
    """A new one-time link for an account; the old link and all of its sessions end. Raises NotFound."""
    staff = await staff_of(session, email)
    await repository.end_sessions(session, staff_id=staff.id)
    await audit.record(session, clock, actor=actor, action="staff.invited_again", subject=staff.id)
    return Invitation(staff, await _new_link(session, clock, staff))


async def invitation_stands(session: AsyncSession, clock: Clock, token: str) -> bool:
    """Whether a one-time link can still be used."""
    staff = await repository.staff_by_invitation(session, hash_secret(token))
    return staff is not None and _link_stands(staff, clock.now())


async def accept_invitation(session: AsyncSession, clock: Clock, *, token: str, password: str) -> Staff:
    """Set the password with a one-time link, which is used up by that. Raises NotFound, Unprocessable."""
    if not passwords.SHORTEST <= len(password) <= passwords.LONGEST:
        raise Unprocessable(f"A password has {passwords.SHORTEST} to {passwords.LONGEST} letters.")
    staff = await repository.staff_by_invitation(session, hash_secret(token))
    if staff is None or not _link_stands(staff, clock.now()):
        raise NotFound("This link has been used or is too old. Ask for a new one.")
    staff.password_hash = await passwords.hash_password(password)
    staff.invitation_hash = staff.invitation_expires_at = None
    await audit.record(session, clock, actor=staff.id, action="staff.password_set", subject=staff.id)
    return staff


async def change_password(
    session: AsyncSession, clock: Clock, staff_id: UUID, *, password: str, kept_session: UUID | None
) -> None:
    """Another password for an account whose owner has just given the old one; every other browser is signed out.

    Raises Unprocessable.
    """
    if not passwords.SHORTEST <= len(password) <= passwords.LONGEST:
        raise Unprocessable(f"A password has {passwords.SHORTEST} to {passwords.LONGEST} letters.")
    staff = await session.get_one(Staff, staff_id)
    staff.password_hash = await passwords.hash_password(password)
    staff.invitation_hash = staff.invitation_expires_at = None
    ended = await repository.end_other_sessions(session, staff_id, kept=kept_session)
    await audit.record(
        session, clock, actor=staff_id, action="staff.password_changed", subject=staff_id, detail={"signed_out": ended}
    )


async def issue_token(session: AsyncSession, clock: Clock, *, email: str, actor: UUID | str) -> str:
    """A bearer token for a member of staff's scripts, told once. Raises NotFound."""
    staff = await staff_of(session, email)
    token = secrets.token_urlsafe(32)
    session.add(StaffToken(staff_id=staff.id, token_hash=hash_secret(token), created_at=clock.now()))
    await audit.record(session, clock, actor=actor, action="staff.token_issued", subject=staff.id)
    return token


async def staff_of(session: AsyncSession, email: str) -> Staff:
    """The account of this email address. Raises NotFound."""
    staff = await repository.staff_by_email(session, email.strip())
    if staff is None:
        raise NotFound("There is no account with this email.")
    return staff


async def touch(session: AsyncSession, clock: Clock, session_id: UUID) -> None:
    """The console of this session is open now: its owner is present."""
    await repository.seen(session, session_id, clock.now())


async def gone(session: AsyncSession, session_id: UUID) -> None:
    """The console of this session was closed, or its owner is away."""
    await repository.seen(session, session_id, None)


async def on_shift(session: AsyncSession, now: datetime, *, presence_seconds: int) -> Sequence[Staff]:
    """Who is at an open console and may take people. A script's token is nobody's presence."""
    since = now - timedelta(seconds=presence_seconds)
    return await repository.present(session, now=now, since=since, roles=roles_that_may("claim"))


async def _new_link(session: AsyncSession, clock: Clock, staff: Staff) -> str:
    token = secrets.token_urlsafe(32)
    staff.invitation_hash = hash_secret(token)
    staff.invitation_expires_at = clock.now() + timedelta(days=INVITATION_DAYS)
    await session.flush()
    return token


def _link_stands(staff: Staff, now: datetime) -> bool:
    return staff.active and staff.invitation_expires_at is not None and staff.invitation_expires_at > now
