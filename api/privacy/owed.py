"""What is still owed after a wipe, done again and again until it is: at the assistant, at the provider, on the disk."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, delete, exists, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from api.assistant.client import Assistant, AssistantFailed
from api.conversations.models import Author, Message
from api.database.engine import Database
from api.delivery.models import OutboxItem, SentText
from api.privacy.models import Forgetting, ProviderCopy, ProviderSweep
from reference.clock import Clock

LAST_TURN_OVER_AFTER = timedelta(minutes=1)
LAST_TEXT_GONE_AFTER = timedelta(minutes=3)
"""So long after a wipe a text that was on its way has reached the provider, or never will."""

_AT_ONCE = 50
_HELD = timedelta(minutes=2)
"""A worker that died holding something lets others have it after this."""
_FIRST_PAUSE = timedelta(seconds=20)
_LONGEST_PAUSE = timedelta(hours=6)
_SAID_ALOUD_AFTER = 8
_LOG_PATIENCE_MS = 200
_log = logging.getLogger(__name__)


class NotYet(Exception):
    """The provider did not do it, or nobody knows; it is asked again. Carries no text and no number."""

    def __init__(self, why: str, *, for_all: bool = False) -> None:
        """`for_all`: others need not be tried now either."""
        super().__init__(why)
        self.for_all = for_all


class TextProvider(Protocol):
    """Whoever carries texts, and keeps copies of them. Both raise NotYet."""

    async def delete(self, provider_id: str) -> None:
        """Have a text gone there; one that is gone already is no error."""

    async def texts_with(self, number_sealed: str) -> Sequence[str]:
        """What the provider calls this service's texts to and from a number."""


class Owed:
    """Settles what is owed. Any number of workers may do it side by side: everything asked for twice is harmless."""

    def __init__(self, database: Database, assistant: Assistant, provider: TextProvider | None, clock: Clock) -> None:
        """Without a `provider` (no account is connected) what it owes waits."""
        self._database = database
        self._assistant = assistant
        self._provider = provider
        self._clock = clock

    async def one_round(self) -> None:
        """Settle what can be settled now."""
        await self.forget_all()
        await self.sweep_numbers()
        await self.delete_copies()

    async def forget_all(self) -> int:
        """Have the assistant forget everybody who was wiped; returns how many it has forgotten for good.

        A turn that was on its way when somebody wiped may still reach the assistant afterwards, so it is asked
        again until no such turn can be left. On SQLite the log of changes, which still holds the old words, is emptied
        in the same breath: a wipe is over when both are done.
        """
        async with self._database.read() as session:
            oldest = select(Forgetting).order_by(Forgetting.asked_at).limit(100)
            waiting = (await session.execute(oldest)).scalars().all()
        if not waiting:
            return 0
        log_is_empty = await self._empty_log()
        forgotten = 0
        for forgetting in waiting:
            try:
                await self._assistant.forget(forgetting.conversation_id)
            except AssistantFailed as failure:
                _log.warning("the assistant could not be asked to forget yet: %s", failure)
                break
            if not log_is_empty or self._clock.now() - forgetting.asked_at < LAST_TURN_OVER_AFTER:
                continue
            async with self._database.write() as session:
                await session.execute(
                    delete(Forgetting).where(Forgetting.conversation_id == forgetting.conversation_id)
                )
            forgotten += 1
        return forgotten

    async def delete_copies(self) -> int:
        """Have the provider delete its copies of what was wiped or is old enough; returns how many are gone now."""
        if self._provider is None:
            return 0
        gone = 0
        for copy in await self._taken():
            try:
                await self._provider.delete(copy.provider_id)
            except NotYet as failure:
                _say_aloud(copy, failure)
                if failure.for_all:
                    break
                continue
            async with self._database.write() as session:
                await _note_gone(session, copy.provider_id, self._clock)
            gone += 1
        return gone

    async def sweep_numbers(self) -> int:
        """Look at the provider's for texts of wiped numbers that nobody here knows by name; returns numbers done."""
        if self._provider is None:
            return 0
        now, done = self._clock.now(), 0
        async with self._database.write() as session:
            due = select(ProviderSweep).where(ProviderSweep.next_try_at <= now).order_by(ProviderSweep.asked_at)
            sweeps = (await session.execute(due.limit(_AT_ONCE).with_for_update(skip_locked=True))).scalars().all()
            for sweep in sweeps:
                sweep.attempts += 1
                sweep.next_try_at = now + max(_pause(sweep.attempts), _HELD)
        for sweep in sweeps:
            try:
                found = await self._provider.texts_with(sweep.number_sealed)
            except NotYet as failure:
                _say_aloud(sweep, failure)
                if failure.for_all:
                    break
                continue
            async with self._database.write() as session:
                await _owe(session, found, self._clock)
                if now - sweep.asked_at >= LAST_TEXT_GONE_AFTER:
                    await session.execute(delete(ProviderSweep).where(ProviderSweep.id == sweep.id))
                    done += 1
        return done

    async def _taken(self) -> Sequence[ProviderCopy]:
        now = self._clock.now()
        async with self._database.write() as session:
            due = (
                select(ProviderCopy)
                .where(ProviderCopy.gone_at.is_(None), ProviderCopy.next_try_at <= now)
                .order_by(ProviderCopy.next_try_at)
                .limit(_AT_ONCE)
                .with_for_update(skip_locked=True)
            )
            taken = (await session.execute(due)).scalars().all()
            for copy in taken:
                copy.attempts += 1
                copy.next_try_at = now + max(_pause(copy.attempts), _HELD)
        return taken

    async def _empty_log(self) -> bool:
        """Move SQLite's log into the file and cut it to nothing; False if somebody was reading and it has to wait."""
        if not self._database.is_sqlite:
            return True
        async with self._database.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            driver = raw.driver_connection
            assert driver is not None
            await driver.execute(f"PRAGMA busy_timeout={_LOG_PATIENCE_MS}")
            try:
                async with driver.execute("PRAGMA wal_checkpoint(TRUNCATE)") as cursor:
                    row = await cursor.fetchone()
            finally:
                await driver.execute("PRAGMA busy_timeout=15000")
        return row is not None and row[0] == 0


def still_kept(provider_id: str | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether the text that the provider calls so is still kept here."""
    sent = exists().where(SentText.provider_id == provider_id)
    carried = exists().where(OutboxItem.provider_id == provider_id)
    came_in = exists().where(Message.channel_id == provider_id, Message.author == Author.PERSON.value)
    return or_(sent, carried, came_in)


async def _note_gone(session: AsyncSession, provider_id: str, clock: Clock) -> None:
    """While the text itself is kept, it is remembered that its copy is gone; afterwards nothing is."""
    copy = await session.get(ProviderCopy, provider_id, with_for_update=True)
    if copy is None:
        return
    if (await session.execute(select(literal(1)).where(still_kept(provider_id)))).first() is None:
        await session.delete(copy)
    else:
        copy.gone_at = clock.now()


async def _owe(session: AsyncSession, provider_ids: Sequence[str], clock: Clock) -> None:
    """Owe the deletion of those that belong to nothing that is kept here."""
    now = clock.now()
    for provider_id in provider_ids:
        if await session.get(ProviderCopy, provider_id) is not None:
            continue
        if (await session.execute(select(literal(1)).where(still_kept(provider_id)))).first() is None:
            session.add(ProviderCopy(provider_id=provider_id, asked_at=now, next_try_at=now))
            await session.flush()


def _pause(attempts: int) -> timedelta:
    doubled: int = 2 ** min(attempts - 1, 12)
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * doubled)


def _say_aloud(owed: ProviderCopy | ProviderSweep, failure: NotYet) -> None:
    level = logging.ERROR if owed.attempts >= _SAID_ALOUD_AFTER else logging.INFO
    _log.log(level, "the provider still keeps what was wiped, after %s attempts: %s", owed.attempts, failure)
