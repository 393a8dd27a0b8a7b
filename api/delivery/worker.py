"""Brings what lies in the outbox to people: in order, once, again when it failed, never inside a transaction."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Mapping
from datetime import timedelta

from api.conversations.models import Conversation, Message, Status
from api.conversations.service import move_status
from api.database.engine import Database
from api.delivery import repository
from api.delivery.models import OutboxItem, OutboxState
from api.delivery.sender import Parcel, Permanent, Sender, SendResult, Temporary, Unknown
from api.delivery.service import ParcelWritten
from reference.clock import Clock

UNKNOWN_FATE = "unknown"
_TAKEN_FOR = timedelta(seconds=60)
_AT_ONCE = 20
_FIRST_PAUSE_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 900.0
_GIVEN_UP_AFTER = timedelta(hours=24)
_NET_SECONDS = 5.0
_log = logging.getLogger(__name__)


def pause_seconds(attempt: int, jitter: float) -> float:
    """Seconds before the next attempt: doubling from 2 s to 15 min, half of it shaken by `jitter` (0 to 1)."""
    whole = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2.0 ** (attempt - 1))
    return float(whole * (0.5 + jitter / 2))


async def deliver_due(
    database: Database,
    senders: Mapping[str, Sender],
    clock: Clock,
    *,
    jitter: Callable[[], float] = random.random,
) -> int:
    """Send what is due now, at most one of each conversation, those side by side; returns how many were tried."""
    now = clock.now()
    async with database.write() as session:
        claimed = dict(await repository.claim_due(session, now=now, claimed_until=now + _TAKEN_FOR, limit=_AT_ONCE))
        rows = await repository.with_words(session, list(claimed)) if claimed else []
    errands = [
        _Errand(database, senders.get(item.channel), clock, _parcel(item, message, conversation), jitter)
        for item, message, conversation in rows
    ]
    doubtful = {item.id for item, _, _ in rows if claimed[item.id] or item.provider_status == UNKNOWN_FATE}
    await asyncio.gather(*(errand.run(look_first=errand.parcel.id in doubtful) for errand in errands))
    return len(errands)


class Outbox:
    """Delivers for ever: at once when something is written in this process, and by looking every few seconds."""

    def __init__(
        self,
        database: Database,
        senders: Mapping[str, Sender],
        clock: Clock,
        *,
        net_seconds: float = _NET_SECONDS,
    ) -> None:
        """`senders` by the outbox's channel: `sms`, `on_call`. `net_seconds` is the look beneath the bell."""
        self._database = database
        self._senders = senders
        self._clock = clock
        self._net_seconds = net_seconds
        self._rung = asyncio.Event()
        database.listen(ParcelWritten, self._ring)

    async def run(self) -> None:
        """Until cancelled, or something breaks."""
        while True:
            self._rung.clear()
            while await deliver_due(self._database, self._senders, self._clock):
                pass
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._rung.wait(), timeout=self._net_seconds)

    async def _ring(self, _written: ParcelWritten) -> None:
        self._rung.set()


class _Errand:
    def __init__(
        self, database: Database, sender: Sender | None, clock: Clock, parcel: Parcel, jitter: Callable[[], float]
    ) -> None:
        self.parcel = parcel
        self._database = database
        self._sender = sender
        self._clock = clock
        self._jitter = jitter

    async def run(self, *, look_first: bool) -> None:
        try:
            result = await self._brought(look_first=look_first)
        except Temporary as failure:
            await self._again(failure.retry_after, failure.code)
        except Permanent as failure:
            await self._failed(failure.code)
        except Exception as failure:
            if not isinstance(failure, Unknown):
                _log.error("a sender of %s broke: %s", self.parcel.channel, type(failure).__name__)
            await self._again(None, None, fate=UNKNOWN_FATE)
        else:
            await self._sent(result)

    async def _brought(self, *, look_first: bool) -> SendResult:
        if self._sender is None:
            raise Temporary(code="no_sender")
        if look_first and (found := await self._sender.find(self.parcel)) is not None:
            return found
        return await self._sender.send(self.parcel)

    async def _sent(self, result: SendResult) -> None:
        async with self._database.write() as session:
            item = await repository.item_for_change(session, self.parcel.id)
            if item is None:
                return
            item.state, item.claimed_until = OutboxState.SENT.value, None
            item.provider_id, item.provider_status = result.provider_id, result.status.value
            if item.message_id is not None:
                await move_status(session, item.message_id, result.status)

    async def _again(self, retry_after: float | None, code: str | None, *, fate: str | None = None) -> None:
        pause = max(pause_seconds(self.parcel.attempt, self._jitter()), retry_after or 0.0)
        async with self._database.write() as session:
            item = await repository.item_for_change(session, self.parcel.id)
            if item is None:
                return
            now = self._clock.now()
            item.state, item.claimed_until, item.error_code = OutboxState.PENDING.value, None, code
            # Once in doubt, in doubt until somebody looked: a later "not now" says nothing about the earlier attempt.
            item.provider_status = fate or item.provider_status
            item.next_attempt_at = now + timedelta(seconds=pause)
            too_old = item.next_attempt_at - item.created_at > _GIVEN_UP_AFTER
        if too_old:
            await self._failed("too_old")

    async def _failed(self, code: str) -> None:
        _log.error("%s %s could not be delivered: %s", self.parcel.channel, self.parcel.id, code)
        async with self._database.write() as session:
            item = await repository.item_for_change(session, self.parcel.id)
            if item is None:
                return
            item.state, item.claimed_until, item.error_code = OutboxState.FAILED.value, None, code
            if item.message_id is not None:
                await move_status(session, item.message_id, Status.FAILED)


def _parcel(item: OutboxItem, message: Message | None, conversation: Conversation | None) -> Parcel:
    return Parcel(
        id=item.id,
        channel=item.channel,
        text=message.text if message else item.text or "",
        destination_sealed=item.destination_sealed or (conversation.number_sealed if conversation else None),
        conversation_id=item.conversation_id,
        message_id=item.message_id,
        attempt=item.attempts,
    )
