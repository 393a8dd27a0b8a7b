"""Signing in: equal work for every guess, few guesses, and a session that only its cookie opens."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Response
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.strategies import MovingWindowRateLimiter
from limits.storage import storage_from_string
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service as audit
from api.database.engine import Database
from api.problems import TooMany, Unauthorised
from api.staff import passwords, repository
from api.staff.models import Staff, StaffSession
from api.staff.service import hash_secret
from reference.clock import Clock

COOKIE = "gateside_staff"
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

    async def forgive(self, *, email: str) -> None:
        """Somebody who got in starts afresh."""
        await self._limiter.clear(_PER_EMAIL, "sign-in", hash_secret(email.lower()))


@dataclass(frozen=True)
class SignedIn:
    """A new session; `token` goes into the cookie and is told once."""

    staff: Staff
    token: str
    csrf_token: str
    expires_at: datetime


async def sign_in(
    database: Database, clock: Clock, attempts: Attempts, *, email: str, password: str, address: str, hours: int
) -> SignedIn:
    """Open a session of `hours`. Raises SignInRefused, TooMany."""
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
        return await _open_session(session, clock, found, hours=hours)


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


async def _open_session(session: AsyncSession, clock: Clock, staff: Staff, *, hours: int) -> SignedIn:
    now = clock.now()
    await repository.end_expired_sessions(session, now)
    opened = SignedIn(staff, secrets.token_urlsafe(32), secrets.token_urlsafe(32), now + timedelta(hours=hours))
    session.add(
        StaffSession(
            staff_id=staff.id,
            token_hash=hash_secret(opened.token),
            csrf_token=opened.csrf_token,
            created_at=now,
            expires_at=opened.expires_at,
        )
    )
    await audit.record(session, clock, actor=staff.id, action="staff.signed_in", subject=staff.id)
    return opened
