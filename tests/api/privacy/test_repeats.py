"""What Twilio tells of once more, after its conversation was wiped or left, is nothing new."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from sqlalchemy import func, select

from api.app import create_app, retention_of
from api.conversations.models import Conversation, Message
from api.conversations.repeats import PastText
from api.reception.arrivals import HeardBefore
from tests.api.house import House

NUMBER = "+447700900321"
HELLO, ASKS, CONFIRMS = ("SM" + letter * 32 for letter in "abc")


async def _count(house: House, table: type[Conversation] | type[Message] | type[PastText]) -> int:
    async with house.parts.database.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def _wiped(house: House) -> None:
    await house.texts(NUMBER, "hello", sid=HELLO)
    await house.texts(NUMBER, "delete my data", sid=ASKS)
    # The answer to it is lost, and Twilio tells of it again while it is worked on.
    both = [house.texts(NUMBER, "delete", sid=CONFIRMS) for _ in range(2)]
    came = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(one).__name__ for one in came) == ["HeardBefore", "Received"]


async def test_a_text_told_of_again_after_a_wipe_begins_nothing(house: House) -> None:
    await _wiped(house)
    for sid, text in ((HELLO, "hello"), (ASKS, "delete my data"), (CONFIRMS, "delete")):
        with pytest.raises(HeardBefore):
            await house.texts(NUMBER, text, sid=sid)
    assert (await _count(house, Conversation), await _count(house, Message)) == (0, 0)
    new = await house.texts(NUMBER, "hello", sid="SM" + "d" * 32)
    assert (await house.said(new.conversation_id))[0].text == "hello"


async def test_what_is_kept_to_know_it_by_tells_nothing_and_is_gone_after_a_day(house: House) -> None:
    await _wiped(house)
    async with house.parts.database.read() as session:
        kept = (await session.execute(select(PastText.print))).scalars().all()
    assert len(kept) == 3
    assert not any(one in " ".join(kept) for one in (HELLO, ASKS, CONFIRMS, NUMBER.removeprefix("+44")))
    house.clock.forward(hours=25)
    await retention_of(house.parts).one_round()
    assert await _count(house, PastText) == 0


async def test_twilio_gets_an_empty_answer_to_what_it_tells_of_again(house: House) -> None:
    await _wiped(house)
    app = create_app(house.parts.settings, parts=house.parts)
    public = "https://gateside.example.org"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=public) as http:
        for path in ("messages", "fallback"):
            fields = {"MessageSid": HELLO, "From": NUMBER, "Body": "hello"}
            again = await house.twilio.call(http, public, f"/webhooks/twilio/{path}", fields)
            assert (again.status_code, "<Message" in again.text) == (200, False)
    assert await _count(house, Conversation) == 0


async def test_what_the_last_holder_texted_does_not_come_into_the_next_ones_conversation(house: House) -> None:
    await house.texts(NUMBER, "hello", sid=HELLO)
    await house.texts(NUMBER, "wrong number", sid=ASKS)
    begun = await house.texts(NUMBER, "what is naloxone", sid=CONFIRMS)
    for sid, text in ((HELLO, "hello"), (ASKS, "wrong number")):
        with pytest.raises(HeardBefore):
            await house.texts(NUMBER, text, sid=sid)
    again = await house.texts(NUMBER, "what is naloxone", sid=CONFIRMS)
    assert (again.conversation_id, again.message.seq) == (begun.conversation_id, 1)
