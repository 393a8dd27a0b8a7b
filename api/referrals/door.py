"""What both ways of referring stand on: the page and the wire count, take in and answer alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fastapi.requests import HTTPConnection
from limits import RateLimitItem

from api.database.engine import Database
from api.problems import TooMany
from api.referrals.promises import Limits
from api.referrals.schemas import ReferralIn
from api.referrals.service import Receipt, Referrals, Referrer
from voice import Voice

_RETRY_AFTER = 3600
_IN_DANGER = "signpost/danger_in_worry"
_TOO_MANY = "signpost/too_many"


class Counter(Protocol):
    """Counts calls."""

    async def allows(self, item: RateLimitItem, who: str) -> bool:
        """Count one call of `who`; False when it is one too many."""


@dataclass(frozen=True)
class ReferralDoor:
    """The parts behind it."""

    database: Database
    referrals: Referrals
    rates: Counter
    voice: Voice

    @property
    def limits(self) -> Limits:
        """How often it may be used."""
        return self.referrals.promises.limits

    async def take(
        self, wanted: ReferralIn, *, by: Referrer, idempotency_key: str, counted: Sequence[tuple[RateLimitItem, str]]
    ) -> tuple[Receipt, bool]:
        """The receipt, and whether the referral is new. Raises TooMany and Conflict.

        `counted` by whom it is counted, beside the number. A worry that reads like danger is never turned away.
        """
        number = (self.limits.by_number, self.referrals.fingerprint(wanted.phone))

        async def count(in_danger: bool) -> None:
            allowed = [await self.rates.allows(item, who) for item, who in (*counted, number)]
            if not all(allowed) and not in_danger:
                raise TooMany(self.voice.say(_TOO_MANY, channel="web").text, retry_after=_RETRY_AFTER)

        async with self.database.write() as session:
            return await self.referrals.refer(session, wanted, by=by, idempotency_key=idempotency_key, count=count)

    async def count_number(self, number: str, *, address: str) -> None:
        """Count something else that is asked of a number, a release plan. Raises TooMany."""
        counted = ((self.limits.by_address, address), (self.limits.by_number, self.referrals.fingerprint(number)))
        if not all([await self.rates.allows(item, who) for item, who in counted]):
            raise TooMany(self.voice.say(_TOO_MANY, channel="web").text, retry_after=_RETRY_AFTER)

    async def was_reached(self, code: str, *, address: str) -> bool:
        """Whether the family was reached. Raises TooMany for an address that tries codes."""
        if not await self.rates.allows(self.limits.look_ups, address):
            raise TooMany(self.voice.say(_TOO_MANY, channel="web").text, retry_after=_RETRY_AFTER)
        async with self.database.read() as session:
            return await self.referrals.was_reached(session, code)

    def now(self, receipt: Receipt) -> str | None:
        """What the referrer should do at once; None where nothing in the worry reads like danger."""
        return None if receipt.level == "none" else self.voice.say(_IN_DANGER, channel="web").text


async def referral_door_of(connection: HTTPConnection) -> ReferralDoor:
    """The door of this application."""
    door: ReferralDoor = connection.app.state.referrals
    return door
