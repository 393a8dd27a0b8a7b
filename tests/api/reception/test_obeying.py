"""What the few words do that are heard at any time."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from api.conversations.models import Conversation, Fact, Message
from api.delivery.models import OutboxItem
from api.handoffs.models import Handoff
from api.reception.models import Turn
from tests.api.clocks import FixedClock
from tests.api.house import House, build_house
from tests.api.people import hire

NUMBER = "+447700900123"


async def _rows(house: House) -> dict[str, int]:
    async with house.parts.database.read() as session:
        return {
            table.__tablename__: int((await session.execute(select(func.count()).select_from(table))).scalar_one())
            for table in (Conversation, Message, Fact, Turn, OutboxItem)
        }


async def test_stop_is_confirmed_once_where_twilio_does_not_and_then_nothing_more_is_said(
    tmp_path: Path, database_url: str, clock: FixedClock
) -> None:
    house = build_house(tmp_path, database_url, clock, twilio_answers_stop=False)
    first = await house.texts(NUMBER, "hello")
    await house.texts(NUMBER, "STOP")
    assert await house.last_said(first.conversation_id) == ["commands/stopped"]
    await house.texts(NUMBER, "what is naloxone")
    assert await house.last_said(first.conversation_id) == []
    assert house.bot.texts == ["hello"]
    await house.parts.close()


async def test_stop_that_the_carrier_has_answered_is_not_answered_again(house: House) -> None:
    received = await house.texts(NUMBER, "STOP", by_carrier=True)
    assert await house.last_said(received.conversation_id) == []
    assert (await house.conversation(received.conversation_id)).opted_out_at is not None


async def test_danger_is_answered_even_to_somebody_who_stopped_the_texts(house: House) -> None:
    received = await house.texts(NUMBER, "STOP")
    await house.texts(NUMBER, "he's no breathin")
    assert (await house.last_said(received.conversation_id))[0] == "coach/call_999"


async def test_start_brings_the_texts_back(house: House) -> None:
    received = await house.texts(NUMBER, "STOP")
    await house.texts(NUMBER, "START")
    assert await house.last_said(received.conversation_id) == ["commands/started_again"]
    await house.texts(NUMBER, "what is naloxone")
    assert house.bot.texts == ["what is naloxone"]


async def test_info_says_who_we_are_and_999(house: House) -> None:
    received = await house.texts(NUMBER, "INFO")
    assert await house.last_said(received.conversation_id) == ["commands/help"]


async def test_help_alone_may_be_a_cry_so_danger_is_asked_about_first(house: House) -> None:
    received = await house.texts(NUMBER, "HELP")
    assert await house.last_said(received.conversation_id) == ["safety/check", "commands/help"]
    await house.texts(NUMBER, "no")
    assert await house.last_said(received.conversation_id) == ["commands/help"]
    assert house.bot.turns == []


async def test_person_works_with_the_bot_gone(house: House) -> None:
    house.bot.down = True
    chat = await house.chat()
    await house.writes(chat, "Person")
    assert await house.last_said(chat.id) == ["handoff/nobody_free", "privacy/consent_to_share"]
    assert await house.handoff(chat.id) is not None


async def test_where_they_stand_is_told_when_somebody_is_there(house: House) -> None:
    await hire(house.parts.database, house.clock, present=True)
    chat = await house.chat()
    await house.writes(chat, "person")
    assert await house.last_said(chat.id) == ["handoff/waiting_position", "privacy/consent_to_share"]


async def test_leaving_the_queue_and_having_no_place_in_it(house: House) -> None:
    chat = await house.chat()
    await house.writes(chat, "person")
    await house.writes(chat, "leave the queue")
    assert await house.last_said(chat.id) == ["handoff/left_queue"]
    await house.writes(chat, "leave the queue")
    assert await house.last_said(chat.id) == ["handoff/not_in_queue"]


async def test_the_person_can_ask_for_the_assistant_back(house: House) -> None:
    karen = await hire(house.parts.database, house.clock, present=True)
    chat = await house.chat()
    await house.writes(chat, "person")
    handoff = await house.handoff(chat.id)
    assert handoff is not None
    async with house.parts.database.write() as session:
        await house.deeds.claim(session, handoff.id, karen.staff)
    await house.writes(chat, "back to the assistant")
    assert await house.last_said(chat.id) == ["commands/back_to_assistant"]
    await house.writes(chat, "what is naloxone")
    assert house.bot.texts == ["what is naloxone"]


async def test_wiping_asks_once_and_leaves_nothing_but_the_wish_to_be_forgotten(house: House) -> None:
    chat = await house.chat()
    await house.writes(chat, "hello")
    await house.writes(chat, "delete my data")
    assert await house.last_said(chat.id) == ["commands/delete_confirm"]
    received = await house.writes(chat, "Delete")
    assert received.wiped
    assert received.replies[0].text
    assert set((await _rows(house)).values()) == {0}
    await house.parts.owed.forget_all()
    assert house.bot.forgotten == [str(chat.id)]


async def test_keeping_it_after_all(house: House) -> None:
    chat = await house.chat()
    await house.writes(chat, "delete my data")
    await house.writes(chat, "keep")
    assert await house.last_said(chat.id) == ["commands/delete_kept"]
    assert len(await house.said(chat.id)) == 4


async def test_wiping_during_an_emergency_leaves_the_officers_an_alert_without_content(house: House) -> None:
    chat = await house.chat()
    await house.writes(chat, "he's no breathin")
    await house.writes(chat, "delete everything")
    await house.writes(chat, "delete")
    assert (await _rows(house))["messages"] == 0
    async with house.parts.database.read() as session:
        (alert,) = (await session.execute(select(Handoff))).scalars().all()
    assert alert.emergency
    assert alert.conversation_id is None
    assert alert.closed_at is None


async def test_the_assistant_is_asked_to_forget_until_it_has(house: House) -> None:
    chat = await house.chat()
    await house.writes(chat, "delete my data")
    await house.writes(chat, "delete")
    house.bot.down = True
    assert await house.parts.owed.forget_all() == 0
    house.bot.down = False
    house.clock.forward(minutes=2)
    assert await house.parts.owed.forget_all() == 1
    assert await house.parts.owed.forget_all() == 0
