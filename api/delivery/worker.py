"""The worker that never ends: brings what lies in the outbox to people, in order, once, again when it failed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence

from api.database.engine import Database
from api.delivery import repository
from api.delivery.claims import Claim, Taken
from api.delivery.courier import Courier
from api.delivery.service import ParcelWritten
from reference.clock import Clock

_log = logging.getLogger(__name__)


class Outbox:
    """Delivers for ever: at once when something is written in this process, and by looking every few seconds."""

    def __init__(self, database: Database, courier: Courier, clock: Clock) -> None:
        """`courier` works on the same database."""
        self._database = database
        self._courier = courier
        self._clock = clock
        self._running: set[asyncio.Task[None]] = set()
        self._rung = asyncio.Event()
        database.listen(ParcelWritten, self._ring)

    async def run(self) -> None:
        """Until cancelled, or something breaks. One that takes long holds up nobody but the person it goes to."""
        try:
            while True:
                self._rung.clear()
                if not await self._start_due():
                    rest = await self._until_next()
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._rung.wait(), timeout=rest)
        finally:
            await self._finish()

    async def _start_due(self) -> Claim:
        free = self._courier.pace.at_once - len(self._running)
        if free <= 0:
            return Claim([], 0)
        claiming = asyncio.create_task(self._courier.claim(free))
        try:
            claim = await asyncio.shield(claiming)
        except asyncio.CancelledError:
            # What is taken is brought, also by a worker that is told to stop: nobody else would for a minute.
            self._start((await claiming).taken)
            raise
        self._start(claim.taken)
        return claim

    def _start(self, parcels: Sequence[Taken]) -> None:
        for taken in parcels:
            task = asyncio.create_task(self._courier.bring(taken))
            self._running.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._rung.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            # Its claim runs out, and the parcel is looked for.
            _log.error("what became of a parcel could not be written down: %s", type(error).__name__)

    async def _until_next(self) -> float:
        """Seconds until something wants to go, and at most until the next look."""
        look_every = self._courier.pace.look_every
        if len(self._running) >= self._courier.pace.at_once:
            return look_every
        async with self._database.read() as session:
            at = await repository.next_due_at(session)
        return look_every if at is None else min(look_every, max(0.05, (at - self._clock.now()).total_seconds()))

    async def _finish(self) -> None:
        """What is on its way is awaited for a moment, so that a restart leaves nothing in doubt."""
        if self._running:
            await asyncio.wait(self._running, timeout=self._courier.pace.farewell)
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _ring(self, _written: ParcelWritten) -> None:
        self._rung.set()
