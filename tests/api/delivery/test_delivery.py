"""What is said arrives: in order, once, again when it failed, and what is known of it only moves forward."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete

from api.conversations.models import Conversation, Status
from api.database.engine import Database
from api.delivery.courier import Courier
from api.delivery.pace import Pace
from api.delivery.sender import Parcel, Permanent, SendResult, Temporary, Trace, Unknown
from api.delivery.service import ON_CALL, page_on_call
from api.live import InProcessLive
from tests.api.callers import phone, webchat
from tests.api.clocks import FixedClock
from tests.api.delivery.pigeon import Pigeon, deliver, endanger, endless, lying_there, report, say, statuses


async def test_what_is_said_arrives_in_the_order_it_was_said(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat, other = await phone(database, clock), await phone(database, clock)
    await say(database, clock, chat, "one", "two")
    await say(database, clock, other, "hello")
    await deliver(database, clock, pigeon)
    assert sorted(pigeon.brought) == ["hello", "one"]
    await deliver(database, clock, pigeon, times=3)
    assert pigeon.brought[2:] == ["two"]
    assert await statuses(database, chat) == ["sent", "sent"]


async def test_what_did_not_go_holds_back_what_was_said_after_it_and_goes_again_after_a_pause(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one", "two")
    pigeon.moods = [Temporary()]
    await deliver(database, clock, pigeon, times=3)
    assert pigeon.brought == []
    clock.forward(seconds=2)
    await deliver(database, clock, pigeon, times=2)
    assert pigeon.brought == ["one", "two"]


async def test_a_channel_that_says_when_to_come_back_is_believed(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")
    pigeon.moods = [Temporary(retry_after=120)]
    await deliver(database, clock, pigeon)
    clock.forward(seconds=120)
    await deliver(database, clock, pigeon)
    assert pigeon.brought == []
    clock.forward(seconds=2)
    await deliver(database, clock, pigeon)
    assert pigeon.brought == ["one"]


async def test_what_can_never_go_is_marked_failed_and_holds_nothing_back(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one", "two")
    pigeon.moods = [Permanent("21617")]
    await deliver(database, clock, pigeon, times=2)
    assert await statuses(database, chat) == ["failed", "sent"]
    assert (await lying_there(database))[0].error_code == "21617"


@pytest.mark.parametrize(("went", "brought"), [(True, []), (False, ["one"])])
async def test_after_a_broken_line_it_is_looked_up_before_it_is_sent_again(
    database: Database, clock: FixedClock, pigeon: Pigeon, went: bool, brought: list[str]
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")
    pigeon.moods = [Unknown()]
    await deliver(database, clock, pigeon)
    if went:
        pigeon.went_after_all = {(await lying_there(database))[0].id}
    clock.forward(minutes=3)
    await deliver(database, clock, pigeon)
    assert len(pigeon.asked_about) == 1
    assert pigeon.brought == brought
    assert await statuses(database, chat) == ["sent"]


async def test_what_may_still_be_taken_is_looked_for_with_growing_rests_and_once_more_before_it_goes_again(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    pigeon.moods = [Unknown()]
    await say(database, clock, await phone(database, clock), "one")
    began, looked = clock.now(), []
    while not pigeon.brought:
        before = len(pigeon.asked_about)
        await deliver(database, clock, pigeon)
        if len(pigeon.asked_about) > before:
            looked.append((clock.now() - began).total_seconds())
        clock.forward(seconds=1)
    assert looked == [12, 26, 44, 70, 112, 120]


async def test_in_danger_a_text_that_is_not_there_after_ten_seconds_goes_again(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    pigeon.moods = [Unknown()]
    chat = await phone(database, clock)
    await endanger(database, chat)
    await say(database, clock, chat, "CALL 999 NOW")
    await deliver(database, clock, pigeon)
    clock.forward(seconds=9)
    await deliver(database, clock, pigeon, times=2)
    assert (pigeon.asked_about, pigeon.brought) == ([], [])
    clock.forward(seconds=3)
    await deliver(database, clock, pigeon)
    assert (len(pigeon.asked_about), pigeon.brought) == (1, ["CALL 999 NOW"])


async def test_what_goes_before_something_urgent_does_not_make_it_wait_out_a_doubt(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "before")

    class Noticed(Pigeon):
        async def send(self, parcel: Parcel) -> SendResult:
            # Danger is read while the line to the provider breaks.
            await endanger(database, chat)
            await say(database, clock, chat, "CALL 999 NOW")
            raise Unknown

    await deliver(database, clock, Noticed())
    clock.forward(seconds=12)
    await deliver(database, clock, pigeon, times=2)
    assert pigeon.brought == ["before", "CALL 999 NOW"]


async def test_what_a_crashed_worker_held_is_looked_up_and_goes_once_its_time_is_over(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")

    def crash(_parcel: Parcel) -> None:
        raise asyncio.CancelledError

    pigeon.during = crash
    with pytest.raises(asyncio.CancelledError):
        await deliver(database, clock, pigeon)
    pigeon.during = lambda _parcel: None
    await deliver(database, clock, pigeon)
    assert pigeon.brought == []
    clock.forward(seconds=60)
    await deliver(database, clock, pigeon)
    assert (len(pigeon.asked_about), pigeon.brought) == (1, [])
    clock.forward(seconds=90)
    await deliver(database, clock, pigeon)
    assert (len(pigeon.asked_about), pigeon.brought) == (2, ["one"])


async def test_what_a_crashed_worker_held_is_not_sent_as_long_as_it_cannot_be_looked_for(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")
    await Courier(database, {"sms": pigeon}, clock).claim(20)

    class Blind(Pigeon):
        async def find(self, parcel: Parcel, trace: Trace) -> SendResult | None:
            raise Temporary

    for _ in range(3):
        clock.forward(minutes=2)
        await deliver(database, clock, Blind())
    assert await statuses(database, chat) == ["stored"]
    clock.forward(minutes=3)
    await deliver(database, clock, pigeon)
    assert (len(pigeon.asked_about), pigeon.brought) == (1, ["one"])


async def test_a_worker_that_was_held_up_begins_nothing_that_another_may_have_taken_over(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")
    slow = Courier(database, {"sms": pigeon}, clock)
    (held,) = (await slow.claim(20)).taken
    clock.forward(seconds=151)
    await deliver(database, clock, pigeon)
    assert pigeon.brought == ["one"]
    await slow.bring(held)
    assert pigeon.brought == ["one"]
    assert [item.state for item in await lying_there(database)] == ["sent"]


async def test_what_a_worker_was_held_up_with_is_put_back_and_nobody_has_to_look_for_it(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")
    slow = Courier(database, {"sms": pigeon}, clock, jitter=lambda: 0.0)
    (held,) = (await slow.claim(20)).taken
    clock.forward(seconds=31)
    await slow.bring(held)
    assert pigeon.brought == []
    await deliver(database, clock, pigeon)
    assert (pigeon.brought, pigeon.asked_about) == (["one"], [])


async def test_what_a_slow_worker_learns_too_late_changes_nothing(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")
    slow = Courier(database, {"sms": pigeon}, clock, jitter=lambda: 0.0)
    (held,) = (await slow.claim(20)).taken
    clock.forward(seconds=61)
    (taken_over,) = (await Courier(database, {"sms": pigeon}, clock).claim(20)).taken
    for failure in (Temporary(), Permanent("21211"), Unknown()):
        await slow.put_down(held, failure)
    assert [item.state for item in await lying_there(database)] == ["sending"]
    clock.forward(seconds=10)
    pigeon.went_after_all = {taken_over.parcel.id}
    await slow.bring(taken_over)
    assert await statuses(database, chat) == ["sent"]


async def test_two_workers_never_bring_the_same_parcel(database: Database, clock: FixedClock, pigeon: Pigeon) -> None:
    chats = [await phone(database, clock) for _ in range(8)]
    for number, chat in enumerate(chats):
        await say(database, clock, chat, f"message {number}")
    await asyncio.gather(*(deliver(database, clock, pigeon) for _ in range(4)))
    await deliver(database, clock, pigeon)
    assert sorted(pigeon.brought) == [f"message {number}" for number in range(8)]


async def test_nothing_is_locked_while_a_channel_takes_its_time(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")
    begun, slow = asyncio.Event(), asyncio.Event()

    class Slow(Pigeon):
        async def send(self, parcel: Parcel) -> SendResult:
            begun.set()
            await slow.wait()
            return await super().send(parcel)

    errand = asyncio.create_task(deliver(database, clock, Slow()))
    async with asyncio.timeout(30):
        await begun.wait()
        await say(database, clock, chat, "two")
    slow.set()
    await errand


async def test_it_gives_up_after_a_day(database: Database, clock: FixedClock, pigeon: Pigeon) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")
    pigeon.moods = [Temporary() for _ in range(500)]
    started = clock.now()
    while (await statuses(database, chat)) != ["failed"]:
        clock.forward(hours=4)
        assert clock.now() - started < timedelta(hours=29)
        await deliver(database, clock, pigeon)
    assert clock.now() - started >= timedelta(hours=20)


async def test_a_wiped_conversations_parcel_in_flight_does_no_harm(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")

    class Wiping(Pigeon):
        async def send(self, parcel: Parcel) -> SendResult:
            async with database.write() as session:
                await session.execute(delete(Conversation))
            return SendResult("SM1")

    await deliver(database, clock, Wiping())
    assert await lying_there(database) == []


async def test_a_page_goes_to_the_sealed_number(database: Database, clock: FixedClock, pigeon: Pigeon) -> None:
    seen: list[Parcel] = []
    pigeon.during = seen.append
    async with database.write() as session:
        await page_on_call(session, sealed_number="sealed", text="Please open the console.", clock=clock)
    await deliver(database, clock, pigeon)
    assert [(p.channel, p.destination_sealed, p.conversation_id) for p in seen] == [(ON_CALL, "sealed", None)]


async def test_late_doubled_and_disordered_reports_only_move_a_status_forward(
    database: Database, clock: FixedClock, pigeon: Pigeon, live: InProcessLive
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")
    await deliver(database, clock, pigeon)
    async with live.subscribe(f"conversation:{chat}") as events:
        for status in (Status.DELIVERED, Status.SENT, Status.DELIVERED, Status.FAILED):
            assert await report(database, clock, "SM1", status)
        _, event = await anext(events)
        assert (event["type"], event["status"]) == ("status", "delivered")
    assert await statuses(database, chat) == ["delivered"]
    assert (await lying_there(database))[0].state == "sent"
    assert not await report(database, clock, "SMunknown", Status.DELIVERED)


async def test_an_opt_out_told_later_marks_the_message_failed(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")
    await deliver(database, clock, pigeon)
    await report(database, clock, "SM1", Status.FAILED, "21610")
    assert await statuses(database, chat) == ["failed"]


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
    worker = asyncio.create_task(endless(database, clock, pigeon).run())
    async with asyncio.timeout(30):
        await say(database, clock, chat, "one", "two")
        await both.wait()
    assert pigeon.brought == ["one", "two"]
    worker.cancel()


async def test_words_for_a_webchat_are_sent_once_they_are_stored(
    database: Database, clock: FixedClock, pigeon: Pigeon, live: InProcessLive
) -> None:
    chat = await webchat(database, clock)
    async with live.subscribe(f"conversation:{chat}") as events:
        await say(database, clock, chat, "one")
        _, event = await anext(events)
    assert (event["message"]["text"], event["message"]["status"]) == ("one", "sent")
    assert (await statuses(database, chat), await lying_there(database)) == (["sent"], [])


def test_pauses_double_up_to_a_quarter_of_an_hour_and_to_a_minute_in_danger() -> None:
    pace = Pace()
    assert [pace.pause(n, 1.0) for n in (1, 2, 3, 9, 10, 50, 5000)] == [2, 4, 8, 512, 900, 900, 900]
    assert [pace.pause(n, 1.0, urgent=True) for n in (1, 5, 6, 50)] == [2, 32, 60, 60]


def test_any_part_of_a_pause_can_be_waited_but_never_less_than_was_asked_for() -> None:
    pace = Pace()
    assert [pace.pause(3, jitter) for jitter in (0.0, 0.25, 1.0)] == [0, 2, 8]
    assert [pace.pause(3, jitter, at_least=30) for jitter in (0.0, 1.0)] == [30, 38]
