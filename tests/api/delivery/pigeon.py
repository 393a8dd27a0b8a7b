"""A channel for tests, and short ways to say, deliver and look."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select

from api.conversations import repository as conversations
from api.conversations.models import Author, Message, Status
from api.database.engine import Database
from api.delivery.courier import UNLIMITED, Courier
from api.delivery.models import OutboxItem
from api.delivery.pace import Pace
from api.delivery.sender import Parcel, SendResult, Trace
from api.delivery.service import ON_CALL, note_provider_status, speak
from api.delivery.worker import Outbox
from tests.api.callers import conversation, said
from tests.api.clocks import FixedClock
from tests.api.delivering import deliver_due


class Pigeon:
    """A channel that remembers what it brought, and fails as it is told."""

    def __init__(self) -> None:
        self.brought: list[str] = []
        self.moods: list[Exception] = []
        self.during: Callable[[Parcel], None] = lambda _parcel: None
        self.went_after_all: set[UUID] = set()
        self.asked_about: list[UUID] = []

    async def send(self, parcel: Parcel) -> SendResult:
        await asyncio.sleep(0)
        self.during(parcel)
        if self.moods:
            raise self.moods.pop(0)
        self.brought.append(parcel.text)
        return SendResult(f"SM{len(self.brought)}")

    async def find(self, parcel: Parcel, trace: Trace) -> SendResult | None:
        self.asked_about.append(parcel.id)
        return SendResult("SMfound") if parcel.id in self.went_after_all else None


def endless(database: Database, clock: FixedClock, pigeon: Pigeon) -> Outbox:
    return Outbox(database, Courier(database, {"sms": pigeon}, clock, pace=Pace(look_every=3600)), clock)


async def say(
    database: Database,
    clock: FixedClock,
    chat: UUID,
    *texts: str,
    author: Author = Author.SERVICE,
    reply_to: UUID | None = None,
) -> list[Message]:
    async with database.write() as session:
        conversation = await conversations.conversation_for_change(session, chat)
        assert conversation is not None
        spoken = [
            await speak(
                session,
                conversation,
                author=author,
                text=text,
                clock=clock,
                epoch=conversation.owner_epoch,
                reply_to=reply_to,
            )
            for text in texts
        ]
        return [message for message in spoken if message is not None]


async def deliver(
    database: Database, clock: FixedClock, pigeon: Pigeon, *, times: int = 1, daily_cap: int = UNLIMITED
) -> None:
    senders = {"sms": pigeon, ON_CALL: pigeon}
    for _ in range(times):
        await deliver_due(database, senders, clock, jitter=lambda: 1.0, daily_cap=daily_cap)


async def report(
    database: Database,
    clock: FixedClock,
    provider_id: str,
    status: Status | None,
    code: str | None = None,
    *,
    parcel_id: UUID | None = None,
) -> bool:
    async with database.write() as session:
        return await note_provider_status(session, provider_id, status, code, clock=clock, parcel_id=parcel_id)


async def endanger(database: Database, chat: UUID) -> None:
    """Danger was read in what they wrote."""
    async with database.write() as session:
        (await session.merge(await conversation(database, chat))).safety = "emergency"


async def statuses(database: Database, chat: UUID) -> list[str]:
    return [message.status for message in await said(database, chat)]


async def lying_there(database: Database) -> list[OutboxItem]:
    async with database.read() as session:
        return list((await session.execute(select(OutboxItem).order_by(OutboxItem.seq))).scalars())


async def failures(database: Database, chat: UUID) -> list[str | None]:
    return [message.failure for message in await said(database, chat)]
