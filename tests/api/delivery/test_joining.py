"""Several replies to one message go as few texts, and cost no part more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.conversations.models import Author, Status
from api.database.engine import Database
from api.delivery.failures import Joining
from api.delivery.joining import how_many_join
from api.delivery.sender import Temporary
from tests.api.callers import phone, said, write
from tests.api.clocks import FixedClock
from tests.api.delivery.pigeon import Pigeon, deliver, endanger, report, say, statuses
from voice.segments import measure

TWO_PARTS = Joining(parts=2, between="\n\n")


@pytest.mark.parametrize(
    ("texts", "together"),
    [
        (["a"], 1),
        (["a" * 79, "b" * 79], 2),
        (["a" * 100, "b" * 100], 2),
        # 306 characters fit two parts; the two line breaks count.
        (["a" * 152, "b" * 152], 2),
        (["a" * 153, "b" * 152], 1),
        (["a" * 160, "b" * 160], 1),
        (["a" * 50, "b" * 50, "c" * 50], 3),
        (["a" * 150, "b" * 100, "c" * 100], 2),
        (["a" * 306, "b"], 1),
        (["a" * 400, "b"], 1),
        # A euro takes two: 76 of them and 76 letters are 228, with the breaks 230.
        (["€" * 76, "b" * 76], 2),
        (["€" * 76, "€" * 76], 2),
        (["€" * 77, "€" * 76], 1),
        # One emoji makes the other 110 letters UCS-2 as well: 112 of 134, two parts as before.
        (["🙂" * 5, "b" * 110], 2),
        (["🙂" * 5, "b" * 150], 1),
        (["ж" * 66, "ж" * 66], 2),
        (["ж" * 67, "ж" * 66], 1),
        (["🙂" * 33, "🙂" * 33], 2),
    ],
)
def test_texts_join_while_they_fit(texts: list[str], together: int) -> None:
    assert how_many_join(texts, TWO_PARTS) == together


@given(st.lists(st.text(min_size=1, max_size=200), min_size=1, max_size=5))
def test_joining_never_costs_a_part_more(texts: list[str]) -> None:
    count = how_many_join(texts, TWO_PARTS)
    assert 1 <= count <= len(texts)
    joined = measure(TWO_PARTS.between.join(texts[:count])).segments
    assert joined <= sum(measure(text).segments for text in texts[:count])
    assert count == 1 or joined <= 2


async def test_the_replies_to_one_message_travel_together_and_share_their_fate(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    heard = await write(database, clock, chat, "hello")
    await say(database, clock, chat, "one", "two", author=Author.ASSISTANT, reply_to=heard.id)
    await say(database, clock, chat, "something else")
    await deliver(database, clock, pigeon, times=3)
    assert pigeon.brought == ["one\n\ntwo", "something else"]
    await report(database, clock, "SM1", Status.DELIVERED)
    assert (await statuses(database, chat))[1:] == ["delivered", "delivered", "sent"]
    assert [message.text for message in await said(database, chat)][1:3] == ["one", "two"]


async def test_what_was_joined_stays_so_at_every_attempt(database: Database, clock: FixedClock, pigeon: Pigeon) -> None:
    chat = await phone(database, clock)
    heard = await write(database, clock, chat, "hello")
    await say(database, clock, chat, "one", "two", reply_to=heard.id)
    pigeon.moods = [Temporary()]
    await deliver(database, clock, pigeon)
    await say(database, clock, chat, "three", reply_to=heard.id)
    clock.forward(seconds=2)
    await deliver(database, clock, pigeon, times=2)
    assert pigeon.brought == ["one\n\ntwo", "three"]


async def test_an_officers_words_and_danger_are_never_joined(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    heard = await write(database, clock, chat, "hello")
    await say(database, clock, chat, "one", "two", author=Author.OFFICER, reply_to=heard.id)
    await endanger(database, chat)
    await say(database, clock, chat, "CALL 999 NOW", "Are they breathing?", reply_to=heard.id)
    await deliver(database, clock, pigeon, times=4)
    assert pigeon.brought == ["one", "two", "CALL 999 NOW", "Are they breathing?"]
