"""Takes parcels from the outbox and brings them, each attempt outside any transaction."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping

from api.database.engine import Database
from api.delivery import outcomes
from api.delivery.claims import Claim, Taken, claim
from api.delivery.failures import NO_SENDER, OPTED_OUT
from api.delivery.pace import Pace
from api.delivery.sender import NotFoundYet, Permanent, Sender, SendError, SendResult, Temporary, Unknown
from reference.clock import Clock

UNLIMITED = 1_000_000
"""A daily cap that nobody reaches."""
_log = logging.getLogger(__name__)


class Courier:
    """Claims parcels and brings them one at a time."""

    def __init__(
        self,
        database: Database,
        senders: Mapping[str, Sender],
        clock: Clock,
        *,
        jitter: Callable[[], float] = random.random,
        pace: Pace | None = None,
        daily_cap: int = UNLIMITED,
    ) -> None:
        """`senders` by the outbox's channel: `sms`, `on_call`. `jitter` from 0 to 1. `daily_cap` as in `claim`."""
        self.pace = pace or Pace()
        self._database = database
        self._senders = senders
        self._clock = clock
        self._jitter = jitter
        self._daily_cap = daily_cap

    async def claim(self, limit: int) -> Claim:
        """Take what is due, `limit` at most."""
        async with self._database.write() as session:
            return await claim(session, clock=self._clock, pace=self.pace, limit=limit, daily_cap=self._daily_cap)

    async def bring(self, taken: Taken) -> None:
        """Bring one parcel, and write down what became of it."""
        try:
            result = await self._brought(taken)
        except SendError as failure:
            await self.put_down(taken, failure)
        except Exception as failure:
            _log.error("a sender of %s broke: %s", taken.parcel.channel, type(failure).__name__)
            await self.put_down(taken, Unknown())
        else:
            async with self._database.write() as session:
                await outcomes.accepted(session, taken.parcel.id, result, self._clock)

    async def put_down(self, taken: Taken, failure: SendError) -> None:
        """Write down that an attempt failed; nothing, if the parcel is in other hands by now."""
        parcel = taken.parcel
        async with self._database.write() as session:
            if isinstance(failure, Permanent):
                await outcomes.refused(session, parcel.id, attempt=parcel.attempt, code=failure.code, clock=self._clock)
            else:
                await outcomes.put_off(
                    session,
                    parcel.id,
                    attempt=parcel.attempt,
                    failure=failure,
                    jitter=self._jitter(),
                    pace=self.pace,
                    clock=self._clock,
                )

    async def _brought(self, taken: Taken) -> SendResult:
        sender = self._senders.get(taken.parcel.channel)
        if sender is None:
            raise Temporary(code=NO_SENDER)
        if taken.trace is not None:
            found = await sender.find(taken.parcel, taken.trace)
            if found is not None:
                return found
            if taken.stopped:
                raise Permanent(OPTED_OUT)
            if taken.doubt_over_at is not None and self._clock.now() < taken.doubt_over_at:
                raise NotFoundYet
        if self._clock.now() >= taken.begin_before:
            # Held up until now: by the time it is sent another worker might have it too.
            raise Temporary
        return await sender.send(taken.parcel)
