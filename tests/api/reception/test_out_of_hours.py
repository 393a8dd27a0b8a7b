"""By night: an honest word on when officers are there, a place that is kept, and a call at a time one chooses."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from api.conversations.models import Conversation
from api.reception.officers import opening_of
from tests.api.house import House
from tests.api.people import hire

THREE_IN_THE_MORNING = datetime(2026, 11, 26, 3, 0, tzinfo=timezone.utc)


async def test_who_asks_for_a_person_at_night_is_told_when_officers_are_there_and_keeps_a_place(house: House) -> None:
    house.clock.set(THREE_IN_THE_MORNING)
    chat = await house.chat()
    await house.writes(chat, "person")
    assert await house.last_said(chat.id) == ["queue/closed_now", "privacy/consent_to_share"]
    (told,) = [message for message in await house.said(chat.id) if message.content_id == "queue/closed_now"]
    assert "Thursday 26 November from 9am" in told.text
    assert await house.handoff(chat.id) is not None


async def test_an_officer_who_is_there_at_night_is_there(house: House) -> None:
    house.clock.set(THREE_IN_THE_MORNING)
    await hire(house.parts.database, house.clock, present=True)
    chat = await house.chat()
    await house.writes(chat, "person")
    assert (await house.last_said(chat.id))[0] == "handoff/waiting_position"


async def test_a_chosen_slot_is_said_back_by_day_and_clock(house: House) -> None:
    house.clock.set(THREE_IN_THE_MORNING)
    chat = await house.chat()
    officers = house.parts.officers
    async with house.parts.database.write() as session:
        slots = await officers.slots(session)
        conversation = await session.get_one(type(await house.conversation(chat.id)), chat.id)
        (told,) = await officers.call_back(
            session, conversation, reply_to=None, slot=slots[0].start, number="07700 900123", consent=True
        )
    assert told.content_id == "queue/callback_booked"
    assert "Thursday 26 November, between 9am and 11am" in told.text
    booked = await house.handoff(chat.id)
    assert booked is not None
    assert booked.state == "callback_scheduled"


async def test_an_action_that_asks_for_a_person_at_night_is_told_when_officers_are_there(house: House) -> None:
    house.clock.set(THREE_IN_THE_MORNING)
    chat = await house.chat()
    async with house.parts.database.read() as session:
        conversation = await session.get_one(Conversation, chat.id)
        told = opening_of(await house.parts.officers.standing(session, conversation))
    assert told == {"opens_on": "2026-11-26", "opens_at": "9am"}
    house.clock.set(THREE_IN_THE_MORNING + timedelta(hours=7))
    async with house.parts.database.read() as session:
        conversation = await session.get_one(Conversation, chat.id)
        assert opening_of(await house.parts.officers.standing(session, conversation)) == {}
