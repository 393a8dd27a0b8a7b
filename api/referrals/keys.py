"""Keys for a service's own system: issued by the operator, told once, kept as hashes, refused once revoked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from fastapi.requests import HTTPConnection
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service as audit
from api.database.dependencies import database_of
from api.problems import NotFound, Unauthorised
from api.referrals import repository
from api.referrals.models import ReferralKey
from api.referrals.signposting import SignpostingService, SignpostingServices
from api.staff.access import Guard
from api.staff.service import hash_secret
from reference.clock import Clock

_PREFIX = "gsr_"
"""So that a key that got lost in a file or a log is known for what it is."""


@dataclass(frozen=True)
class KeyHolder:
    """The system that calls, and the service that it belongs to (None once its code was taken off the list)."""

    key_id: UUID
    service: SignpostingService | None


class HoldsReferralKey(Guard):
    """Lets in a service's own system, by its key."""

    access = "referrer"

    async def __call__(self, connection: HTTPConnection) -> KeyHolder:
        """Who calls. Raises Unauthorised."""
        scheme, _, key = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and key.strip():
            async with database_of(connection).read() as session:
                found = await repository.key_by_hash(session, hash_secret(key.strip()))
            if found is not None and found.revoked_at is None:
                return KeyHolder(found.id, SignpostingServices.load().named(found.service_code))
        raise Unauthorised("Send a referral key as a bearer token. The helpline gives them out.")


async def issue(session: AsyncSession, clock: Clock, *, service_code: str) -> str:
    """A new key for this service, told once. Raises NotFound for a code that is not listed."""
    service = SignpostingServices.load().named(service_code)
    if service is None:
        raise NotFound(f"{service_code} is no code of data/operations/signposting_services.yml, and no prison's.")
    key = _PREFIX + secrets.token_urlsafe(32)
    kept = ReferralKey(service_code=service.code, key_hash=hash_secret(key), created_at=clock.now())
    session.add(kept)
    await session.flush()
    await audit.record(session, clock, actor="cli", action="referral_key.issued", subject=kept.id)
    return key


async def revoke(session: AsyncSession, clock: Clock, key_id: UUID) -> None:
    """From now on the key opens nothing. Raises NotFound."""
    kept = await session.get(ReferralKey, key_id)
    if kept is None:
        raise NotFound("There is no such key.")
    kept.revoked_at = kept.revoked_at or clock.now()
    await audit.record(session, clock, actor="cli", action="referral_key.revoked", subject=kept.id)
