"""Signing in: equal work for every guess, few guesses, a second step, and a session that only its cookie opens."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from fastapi import Response
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.strategies import MovingWindowRateLimiter
from limits.storage import storage_from_string
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service as audit
from api.database.engine import Database
from api.problems import TooMany, Unauthorised
from api.staff import passwords, repository
from api.staff.models import Staff, StaffSession, Stage
from api.staff.second_step import SecondSteps
from api.staff.service import hash_secret
from reference.clock import Clock

COOKIE = "gateside_staff"
SECOND_STEP_MINUTES = 10
"""How long the way in stays open between the password and the code."""
_PER_EMAIL: RateLimitItem = RateLimitItemPerMinute(5, 5)
_PER_ADDRESS: RateLimitItem = RateLimitItemPerMinute(30, 5)


class SignInRefused(Unauthorised):
    """Email and password do not go together; which of them is wrong is not told."""


class Attempts:
    """Counts tries to sign in, by account and by network address: five and thirty in five minutes."""

    def __init__(self, redis_url: str | None = None) -> None:
        """Count in Redis for several processes, or in this one."""
        storage = (
            storage_from_string(f"async+{redis_url}", implementation="redispy")
            if redis_url
            else storage_from_string("async+memory://")
        )
        self._limiter = MovingWindowRateLimiter(storage)

    async def note(self, *, email: str, address: str) -> None:
        """Count one try. Raises TooMany with the seconds to wait."""
        for limit, key in ((_PER_EMAIL, hash_secret(email.lower())), (_PER_ADDRESS, address)):
            if not await self._limiter.hit(limit, "sign-in", key):
                window = await self._limiter.get_window_stats(limit, "sign-in", key)
                wait = int(window.reset_time - time.time()) + 1
                raise TooMany("Too many tries to sign in.", retry_after=wait)

    async def note_code(self, *, staff_id: UUID) -> None:
        """Count one code tried for an account, whatever browser it came from. Raises TooMany."""
        key = str(staff_id)
        if not await self._limiter.hit(_PER_EMAIL, "second-step", key):
            window = await self._limiter.get_window_stats(_PER_EMAIL, "second-step", key)
            raise TooMany("Too many codes.", retry_after=int(window.reset_time - time.time()) + 1)

    async def forgive_codes(self, *, staff_id: UUID) -> None:
        """Somebody whose code was right starts afresh."""
        await self._limiter.clear(_PER_EMAIL, "second-step", str(staff_id))

    async def forgive(self, *, email: str) -> None:
        """Somebody who got in starts afresh."""
        await self._limiter.clear(_PER_EMAIL, "sign-in", hash_secret(email.lower()))


@dataclass(frozen=True)
class SignedIn:
    """A new session; `token` goes into the cookie and is told once. Only at stage `open` it opens anything."""

    staff: Staff
    token: str
    csrf_token: str
    expires_at: datetime
    stage: Stage


async def sign_in(
    database: Database,
    clock: Clock,
    attempts: Attempts,
    second_steps: SecondSteps,
    *,
    email: str,
    password: str,
    address: str,
    hours: int,
    device: str = "",
) -> SignedIn:
    """Open a session of `hours`, or the way to its second step. Raises SignInRefused, TooMany."""
    email = email.strip()
    await attempts.note(email=email, address=address)
    async with database.read() as session:
        found = await repository.staff_by_email(session, email)
    if not await passwords.matches(found.password_hash if found else None, password) or not found or not found.active:
        async with database.write() as session:
            await audit.record(
                session, clock, actor="anybody", action="staff.sign_in_refused", subject=found.id if found else None
            )
        raise SignInRefused("That email and password do not go together.")
    await attempts.forgive(email=email)
    async with database.write() as session:
        stage = await _stage_after_password(session, second_steps, found)
        return await _open_session(session, clock, found, stage=stage, hours=hours, device=device)


async def pass_second_step(
    database: Database,
    clock: Clock,
    attempts: Attempts,
    second_steps: SecondSteps,
    *,
    staff_id: UUID,
    session_id: UUID,
    code: str,
    hours: int,
) -> SignedIn:
    """Give the code that the second step asks for: a new session in the place of the one on the way.

    Raises SignInRefused, TooMany.
    """
    await attempts.note_code(staff_id=staff_id)
    async with database.write() as session:
        opened = await second_steps.opens(session, staff_id, code)
        if opened:
            signed_in = await go_on_in(session, clock, session_id=session_id, hours=hours)
        else:
            await audit.record(session, clock, actor=staff_id, action="staff.code_refused", subject=staff_id)
    if not opened:
        raise SignInRefused("That code does not open this account.")
    await attempts.forgive_codes(staff_id=staff_id)
    return signed_in


async def go_on_in(session: AsyncSession, clock: Clock, *, session_id: UUID, hours: int) -> SignedIn:
    """An open session in the place of one that was on the way: whoever saw the old cookie holds nothing."""
    waiting = await session.get_one(StaffSession, session_id)
    staff = await session.get_one(Staff, waiting.staff_id)
    await session.delete(waiting)
    return await _open_session(session, clock, staff, stage=Stage.OPEN, hours=hours, device=waiting.device)


async def sign_out(session: AsyncSession, token: str) -> None:
    """End the session of this cookie, wherever else it was copied to."""
    await repository.end_sessions(session, token_hash=hash_secret(token))


def set_session_cookie(response: Response, signed_in: SignedIn, *, secure: bool, hours: int) -> None:
    """Hand the session to the browser: out of reach of scripts and of other sites' requests."""
    response.set_cookie(
        COOKIE, signed_in.token, max_age=hours * 3600, httponly=True, samesite="lax", secure=secure, path="/"
    )


def clear_session_cookie(response: Response, *, secure: bool) -> None:
    """Take the session from the browser."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=secure, path="/")


async def _stage_after_password(session: AsyncSession, second_steps: SecondSteps, staff: Staff) -> Stage:
    if await second_steps.stands(session, staff.id):
        return Stage.CODE
    return Stage.SET_UP if second_steps.required(staff) else Stage.OPEN


async def _open_session(
    session: AsyncSession, clock: Clock, staff: Staff, *, stage: Stage, hours: int, device: str
) -> SignedIn:
    now = clock.now()
    await repository.end_expired_sessions(session, now)
    lasts = timedelta(hours=hours) if stage is Stage.OPEN else timedelta(minutes=SECOND_STEP_MINUTES)
    opened = SignedIn(staff, secrets.token_urlsafe(32), secrets.token_urlsafe(32), now + lasts, stage)
    session.add(
        StaffSession(
            staff_id=staff.id,
            token_hash=hash_secret(opened.token),
            csrf_token=opened.csrf_token,
            created_at=now,
            expires_at=opened.expires_at,
            stage=stage.value,
            device=device[:200],
        )
    )
    action = "staff.signed_in" if stage is Stage.OPEN else "staff.password_right"
    await audit.record(session, clock, actor=staff.id, action=action, subject=staff.id)
    return opened
