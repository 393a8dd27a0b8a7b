"""What is said arrives: in order, once, again when it failed, and what is known of it only moves forward."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from api.conversations import repository as conversations
from api.conversations.models import Author, Conversation, Status
from api.database.engine import Database
from api.delivery.models import OutboxItem
from api.delivery.sender import Parcel, Permanent, SendResult, Temporary, Unknown
from api.delivery.service import ON_CALL, note_provider_status, page_on_call, speak
from api.delivery.worker import Outbox, deliver_due, pause_seconds
from api.live import InProcessLive
from tests.api.callers import phone, said, webchat
from tests.api.clocks import FixedClock


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

    async def find(self, parcel: Parcel) -> SendResult | None:
        self.asked_about.append(parcel.id)
        return SendResult("SMfound") if parcel.id in self.went_after_all else None


@pytest.fixture
def pigeon() -> Pigeon:
    return Pigeon()


async def _say(database: Database, clock: FixedClock, chat: UUID, *texts: str) -> None:
    async with database.write() as session:
        conversation = await conversations.conversation_for_change(session, chat)
        assert conversation is not None
        for text in texts:
            await speak(
                session,
                conversation,
                author=Author.SERVICE,
                text=text,
                clock=clock,
                epoch=conversation.owner_epoch,
            )


async def _deliver(database: Database, clock: FixedClock, pigeon: Pigeon, *, times: int = 1) -> None:
    for _ in range(times):
        await deliver_due(database, {"sms": pigeon, ON_CALL: pigeon}, clock, jitter=lambda: 1.0)


async def _statuses(database: Database, chat: UUID) -> list[str]:
    return [message.status for message in await said(database, chat)]


async def _outbox(database: Database) -> list[OutboxItem]:
    async with database.read() as session:
        return list((await session.execute(select(OutboxItem).order_by(OutboxItem.seq))).scalars())


async def test_what_is_said_arrives_in_the_order_it_was_said(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat, other = await phone(database, clock), await phone(database, clock)
    await _say(database, clock, chat, "one", "two")
    await _say(database, clock, other, "hello")
    await _deliver(database, clock, pigeon)
    assert sorted(pigeon.brought) == ["hello", "one"]
    await _deliver(database, clock, pigeon, times=3)
    assert pigeon.brought[2:] == ["two"]
    assert await _statuses(database, chat) == ["sent", "sent"]


async def test_what_did_not_go_holds_back_what_was_said_after_it_and_goes_again_after_a_pause(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await _say(database, clock, chat, "one", "two")
    pigeon.moods = [Temporary()]
    await _deliver(database, clock, pigeon, times=3)
    assert pigeon.brought == []
    clock.forward(seconds=2)
    await _deliver(database, clock, pigeon, times=2)
    assert pigeon.brought == ["one", "two"]


async def test_a_channel_that_says_when_to_come_back_is_believed(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await _say(database, clock, chat, "one")
    pigeon.moods = [Temporary(retry_after=120)]
    await _deliver(database, clock, pigeon)
    clock.forward(seconds=119)
    await _deliver(database, clock, pigeon)
    assert pigeon.brought == []
    clock.forward(seconds=1)
    await _deliver(database, clock, pigeon)
    assert pigeon.brought == ["one"]


async def test_what_can_never_go_is_marked_failed_and_holds_nothing_back(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await _say(database, clock, chat, "one", "two")
    pigeon.moods = [Permanent("21610")]
    await _deliver(database, clock, pigeon, times=2)
    assert await _statuses(database, chat) == ["failed", "sent"]
    assert (await _outbox(database))[0].error_code == "21610"


@pytest.mark.parametrize(("went", "brought"), [(True, []), (False, ["one"])])
async def test_after_a_broken_line_it_is_looked_up_before_it_is_sent_again(
    database: Database, clock: FixedClock, pigeon: Pigeon, went: bool, brought: list[str]
) -> None:
    chat = await phone(database, clock)
    await _say(database, clock, chat, "one")
    pigeon.moods = [Unknown()]
    await _deliver(database, clock, pigeon)
    if went:
        pigeon.went_after_all = {(await _outbox(database))[0].id}
    clock.forward(minutes=1)
    await _deliver(database, clock, pigeon)
    assert len(pigeon.asked_about) == 1
    assert pigeon.brought == brought
    assert await _statuses(database, chat) == ["sent"]


async def test_what_a_crashed_worker_held_is_looked_up_and_goes_once_its_time_is_over(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await _say(database, clock, chat, "one")

    def crash(_parcel: Parcel) -> None:
        raise asyncio.CancelledError

    pigeon.during = crash
    with pytest.raises(asyncio.CancelledError):
        await _deliver(database, clock, pigeon)
    pigeon.during = lambda _parcel: None
    await _deliver(database, clock, pigeon)
    assert pigeon.brought == []
    clock.forward(seconds=60)
    await _deliver(database, clock, pigeon)
    assert (len(pigeon.asked_about), pigeon.brought) == (1, ["one"])


async def test_two_workers_never_bring_the_same_parcel(database: Database, clock: FixedClock, pigeon: Pigeon) -> None:
    chats = [await phone(database, clock) for _ in range(8)]
    for number, chat in enumerate(chats):
        await _say(database, clock, chat, f"message {number}")
    await asyncio.gather(*(_deliver(database, clock, pigeon) for _ in range(4)))
    await _deliver(database, clock, pigeon)
    assert sorted(pigeon.brought) == [f"message {number}" for number in range(8)]


async def test_nothing_is_locked_while_a_channel_takes_its_time(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await _say(database, clock, chat, "one")
    begun, slow = asyncio.Event(), asyncio.Event()

    class Slow(Pigeon):
        async def send(self, parcel: Parcel) -> SendResult:
            begun.set()
            await slow.wait()
            return await super().send(parcel)

    errand = asyncio.create_task(_deliver(database, clock, Slow()))
    async with asyncio.timeout(5):
        await begun.wait()
        await _say(database, clock, chat, "two")
    slow.set()
    await errand


async def test_it_gives_up_after_a_day(database: Database, clock: FixedClock, pigeon: Pigeon) -> None:
    chat = await phone(database, clock)
    await _say(database, clock, chat, "one")
    pigeon.moods = [Temporary() for _ in range(500)]
    started = clock.now()
    while (await _statuses(database, chat)) != ["failed"]:
        clock.forward(hours=4)
        assert clock.now() - started < timedelta(hours=29)
        await _deliver(database, clock, pigeon)
    assert clock.now() - started >= timedelta(hours=20)


async def test_a_wiped_conversations_parcel_in_flight_does_no_harm(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await _say(database, clock, chat, "one")

    class Wiping(Pigeon):
        async def send(self, parcel: Parcel) -> SendResult:
            async with database.write() as session:
                await session.execute(delete(Conversation))
            return SendResult("SM1")

    await _deliver(database, clock, Wiping())
    assert await _outbox(database) == []


async def test_a_page_goes_to_the_sealed_number(database: Database, clock: FixedClock, pigeon: Pigeon) -> None:
    seen: list[Parcel] = []
    pigeon.during = seen.append
    async with database.write() as session:
        await page_on_call(session, sealed_number="sealed", text="Please open the console.", clock=clock)
    await _deliver(database, clock, pigeon)
    assert [(p.channel, p.destination_sealed, p.conversation_id) for p in seen] == [(ON_CALL, "sealed", None)]


async def test_late_doubled_and_disordered_reports_only_move_a_status_forward(
    database: Database, clock: FixedClock, pigeon: Pigeon, live: InProcessLive
) -> None:
    chat = await phone(database, clock)
    await _say(database, clock, chat, "one")
    await _deliver(database, clock, pigeon)
    async with live.subscribe(f"conversation:{chat}") as events:
        for status in (Status.DELIVERED, Status.SENT, Status.DELIVERED, Status.FAILED):
            async with database.write() as session:
                assert await note_provider_status(session, "SM1", status)
        _, event = await anext(events)
        assert (event["type"], event["status"]) == ("status", "delivered")
    assert await _statuses(database, chat) == ["delivered"]
    assert (await _outbox(database))[0].state == "sent"
    async with database.write() as session:
        assert not await note_provider_status(session, "SMunknown", Status.DELIVERED)


async def test_an_opt_out_told_later_marks_the_message_failed(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await _say(database, clock, chat, "one")
    await _deliver(database, clock, pigeon)
    async with database.write() as session:
        await note_provider_status(session, "SM1", Status.FAILED, "21610")
    assert await _statuses(database, chat) == ["failed"]


async def test_what_is_said_goes_at_once_without_waiting_for_the_next_look(
    database: Database, clock: FixedClock
) -> None:
    chat = await phone(database, clock)
    both = asyncio.Event()

    class Noticed(Pigeon):
        async def send(self, parcel: Parcel) -> SendResult:
            result = await super().send(parcel)
            if len(self.brought) == 2:
                both.set()
            return result

    pigeon = Noticed()
    worker = asyncio.create_task(Outbox(database, {"sms": pigeon}, clock, net_seconds=3600).run())
    async with asyncio.timeout(5):
        await _say(database, clock, chat, "one", "two")
        await both.wait()
    assert pigeon.brought == ["one", "two"]
    worker.cancel()


async def test_words_for_a_webchat_are_sent_once_they_are_stored(
    database: Database, clock: FixedClock, pigeon: Pigeon, live: InProcessLive
) -> None:
    chat = await webchat(database, clock)
    async with live.subscribe(f"conversation:{chat}") as events:
        await _say(database, clock, chat, "one")
        _, event = await anext(events)
    assert (event["message"]["text"], event["message"]["status"]) == ("one", "sent")
    assert (await _statuses(database, chat), await _outbox(database)) == (["sent"], [])


def test_pauses_double_up_to_a_quarter_of_an_hour() -> None:
    assert [pause_seconds(n, 1.0) for n in (1, 2, 3, 9, 10, 50)] == [2, 4, 8, 512, 900, 900]
    assert pause_seconds(3, 0.0) == 4
