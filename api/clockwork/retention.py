"""Lets go of what has been kept for as long as the settings allow: a batch at a time, until nothing is left to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service as audit
from api.conversations import repository as conversations
from api.conversations.models import Conversation
from api.conversations.repeats import MAY_REPEAT_FOR
from api.database.engine import Database
from api.privacy import ageing
from api.privacy.erasure import Because, Eraser
from api.settings import Settings
from reference.clock import Clock

LET_GO = "retention.let_go"
"""The audit's word for what a round has let go of: how many of what, and nothing else."""

_A_BATCH = 100
_BATCHES = 20
"""At most so many of one class a round; what is left waits for the next."""
_BREATH_SECONDS = 0.02
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Keeping:
    """How long each class of data is kept."""

    conversations: timedelta
    helped: timedelta
    plans: timedelta
    referrals: timedelta
    callback_numbers: timedelta
    deliveries: timedelta
    texts_at_twilio: timedelta
    corrections: timedelta
    spooled: timedelta
    staff_sessions: timedelta
    audit: timedelta

    @classmethod
    def by(cls, settings: Settings) -> Keeping:
        """As `GATESIDE_KEEP_*_DAYS` say."""
        return cls(**{each.name: timedelta(days=getattr(settings, f"keep_{each.name}_days")) for each in fields(cls)})


class Retention:
    """The duty of the clock that lets go. Any number of workers may have it."""

    def __init__(
        self,
        database: Database,
        eraser: Eraser,
        clock: Clock,
        keeping: Keeping,
        *,
        drop_spooled: Callable[[timedelta], int],
    ) -> None:
        """`drop_spooled` takes away what has waited on this machine's disk for longer than it is told."""
        self._database = database
        self._eraser = eraser
        self._clock = clock
        self._keeping = keeping
        self._drop_spooled = drop_spooled

    async def one_round(self) -> dict[str, int]:
        """Let go of what is over; returns how many of each class. What fails of one doesn't hold up the others."""
        now, keeping = self._clock.now(), self._keeping
        one_batch: dict[str, Callable[[AsyncSession, int], Awaitable[int]]] = {
            "alerts": _of(ageing.drop_alerts, before=now - keeping.helped),
            "callback_numbers": _of(ageing.drop_callback_numbers, before=now - keeping.callback_numbers),
            "referrals": _of(ageing.drop_referrals, before=now - keeping.referrals),
            "corrections": _of(ageing.drop_corrections, before=now - keeping.corrections),
            "texts_at_twilio": _of(ageing.owe_old_texts, before=now - keeping.texts_at_twilio, now=now),
            "deliveries": _of(ageing.drop_deliveries, before=now - keeping.deliveries, now=now),
            "past_texts": _of(ageing.drop_past_texts, before=now - MAY_REPEAT_FOR),
            "settled_copies": _of(ageing.drop_settled_copies),
            "staff_sessions": _of(ageing.drop_sessions, before=now - keeping.staff_sessions),
            "audit": _of(ageing.drop_audit, before=now - keeping.audit),
        }
        counted = {"conversations": await self._unharmed("conversations", self._conversations)}
        for name, batch in one_batch.items():
            counted[name] = await self._unharmed(name, partial(self._in_batches, batch))
        counted["spooled"] = await asyncio.to_thread(self._drop_spooled, keeping.spooled)
        told = {name: count for name, count in counted.items() if count}
        if told:
            async with self._database.write() as session:
                await audit.record(session, self._clock, actor=audit.SYSTEM, action=LET_GO, detail=told)
        return counted

    async def _in_batches(self, batch: Callable[[AsyncSession, int], Awaitable[int]]) -> int:
        count = 0
        for _ in range(_BATCHES):
            async with self._database.write() as session:
                some = await batch(session, _A_BATCH)
            count += some
            if some < _A_BATCH:
                break
            # Others' messages come first.
            await asyncio.sleep(_BREATH_SECONDS)
        return count

    async def _conversations(self) -> int:
        """Each in a transaction of its own, looked at again once it is locked: somebody may just have come back."""
        now, keeping = self._clock.now(), self._keeping
        over = ageing.conversations_over(
            quiet_since=now - keeping.conversations,
            helped_before=now - keeping.helped,
            plans_before=now - keeping.plans,
        )
        async with self._database.read() as session:
            ids = (await session.execute(over.limit(_A_BATCH * _BATCHES))).scalars().all()
        count = 0
        for conversation_id in ids:
            async with self._database.write() as session:
                conversation = await conversations.conversation_for_change(session, conversation_id)
                still = over.where(Conversation.id == conversation_id)
                if conversation is None or (await session.execute(still)).first() is None:
                    continue
                await self._eraser.erase(session, conversation, because=Because.TIME, actor=audit.SYSTEM)
                count += 1
            await asyncio.sleep(_BREATH_SECONDS if count % _A_BATCH == 0 else 0)
        return count

    async def _unharmed(self, name: str, work: Callable[[], Awaitable[int]]) -> int:
        try:
            return await work()
        except Exception as error:
            _log.error("what is over could not be let go of (%s): %s", name, type(error).__name__)
            return 0


def _of(drop: Callable[..., Awaitable[int]], **when: datetime) -> Callable[[AsyncSession, int], Awaitable[int]]:
    return lambda session, limit: drop(session, limit=limit, **when)
