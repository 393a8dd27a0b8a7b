"""What the provider reports counts whenever it comes, however often, and in whatever order."""

from __future__ import annotations

import itertools
from uuid import uuid4

import pytest

from api.conversations.models import Author, Status
from api.database.engine import Database
from api.delivery.sender import Parcel, SendResult, Unknown
from tests.api.callers import phone, write
from tests.api.clocks import FixedClock
from tests.api.delivery.pigeon import Pigeon, deliver, failures, lying_there, report, say, statuses


@pytest.mark.parametrize(
    "order", [*itertools.permutations((Status.SENT, Status.SENT, Status.DELIVERED, Status.DELIVERED, None), 5)][::11]
)
async def test_delivered_stands_in_whatever_order_and_however_often_it_is_told(
    database: Database, clock: FixedClock, pigeon: Pigeon, order: tuple[Status | None, ...]
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")
    await deliver(database, clock, pigeon)
    for status in order:
        assert await report(database, clock, "SM1", status)
    assert await statuses(database, chat) == ["delivered"]


async def test_a_report_that_is_quicker_than_the_answer_to_the_attempt_counts(
    database: Database, clock: FixedClock
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")

    class Hasty(Pigeon):
        async def send(self, parcel: Parcel) -> SendResult:
            assert await report(database, clock, "SM1", Status.DELIVERED, parcel_id=parcel.id)
            return await super().send(parcel)

    await deliver(database, clock, Hasty())
    assert await statuses(database, chat) == ["delivered"]
    assert (await lying_there(database))[0].state == "sent"


async def test_a_report_settles_an_attempt_whose_answer_was_lost_and_nothing_is_sent_again(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one", "two")
    pigeon.moods = [Unknown()]
    await deliver(database, clock, pigeon)
    (first, _) = await lying_there(database)
    assert await report(database, clock, "SM77", Status.SENT, parcel_id=first.id)
    clock.forward(hours=1)
    await deliver(database, clock, pigeon, times=3)
    assert (pigeon.brought, pigeon.asked_about) == (["two"], [])
    assert await statuses(database, chat) == ["sent", "sent"]


async def test_a_report_about_nobodys_text_changes_nothing(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")
    await deliver(database, clock, pigeon)
    assert not await report(database, clock, "SM99", Status.FAILED, "30003")
    assert not await report(database, clock, "SM99", Status.FAILED, "30003", parcel_id=uuid4())
    assert await statuses(database, chat) == ["sent"]


async def test_what_the_network_could_not_deliver_is_sent_anew_while_it_is_the_last_word(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")
    await deliver(database, clock, pigeon)
    for number in (1, 2):
        for _ in range(2):
            assert await report(database, clock, f"SM{number}", Status.FAILED, "30008")
        await deliver(database, clock, pigeon)
        assert len(pigeon.brought) == number
        clock.forward(minutes=2)
        await deliver(database, clock, pigeon, times=2)
        assert pigeon.brought == ["one"] * (number + 1)
        assert await report(database, clock, f"SM{number}", Status.SENT)
    assert await statuses(database, chat) == ["sent"]
    await report(database, clock, "SM3", Status.FAILED, "30008")
    assert (await statuses(database, chat), await failures(database, chat)) == (["failed"], ["texts/failed_network"])
    clock.forward(days=1)
    await deliver(database, clock, pigeon)
    assert len(pigeon.brought) == 3


async def test_what_was_sent_anew_and_arrived_is_delivered(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")
    await deliver(database, clock, pigeon)
    await report(database, clock, "SM1", Status.FAILED, "30003")
    clock.forward(minutes=20)
    await deliver(database, clock, pigeon)
    await report(database, clock, "SM2", Status.DELIVERED)
    await report(database, clock, "SM1", Status.FAILED, "30003")
    assert (await statuses(database, chat), await failures(database, chat)) == (["delivered"], [None])


@pytest.mark.parametrize("who", [Author.PERSON, Author.OFFICER])
async def test_what_has_been_overtaken_is_not_sent_anew(
    database: Database, clock: FixedClock, pigeon: Pigeon, who: Author
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")
    await deliver(database, clock, pigeon)
    await report(database, clock, "SM1", Status.FAILED, "30008")
    if who is Author.PERSON:
        await write(database, clock, chat, "hello?")
    else:
        await say(database, clock, chat, "two", author=who)
    await deliver(database, clock, pigeon, times=2)
    clock.forward(minutes=5)
    await deliver(database, clock, pigeon, times=2)
    assert pigeon.brought[1:] == ([] if who is Author.PERSON else ["two"])
    assert (await statuses(database, chat))[0] == "failed"
    assert (await failures(database, chat))[0] == "texts/failed_network"
