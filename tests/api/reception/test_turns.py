"""The assistant's turns: in order, with a deadline, never twice, never for an owner who is gone."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from api.reception.models import Turn, TurnState
from tests.api.bot_stand_in import answer, entity
from tests.api.house import House
from tests.api.people import hire

HELD_DEADLINE = 0.05


@pytest.fixture
def impatient(house: House) -> House:
    """Gives the holding answer after a twentieth of a second."""
    house.parts.turns._deadline = HELD_DEADLINE
    return house


async def _until(condition: Any) -> None:
    async with asyncio.timeout(10):
        while not await condition():  # noqa: ASYNC110 - what is awaited stands in the database
            await asyncio.sleep(0.01)


async def test_an_ordinary_message_is_answered_by_the_assistant_with_what_is_known(house: House) -> None:
    chat = await house.chat()
    await house.writes(chat, "what is naloxone")
    assert [message.text for message in await house.said(chat.id)] == ["what is naloxone", "You said: what is naloxone"]
    (turn,) = house.bot.turns
    assert turn["metadata"] == {"channel": "web", "audience": None, "facts": {}, "open_question": None}


async def test_messages_are_answered_one_at_a_time_in_their_order(house: House) -> None:
    chat = await house.chat()
    running = 0

    async def slow(turn: dict[str, Any]) -> dict[str, Any]:
        nonlocal running
        running += 1
        assert running == 1
        await asyncio.sleep(0.01)
        running -= 1
        return answer(f"to {turn['text']}")

    house.bot.script = slow
    for text in ("one", "two", "three"):
        await house.writes(chat, text, settle=False)
    await house.parts.turns.settle_all()
    said = [message.text for message in await house.said(chat.id) if message.author == "assistant"]
    assert said == ["to one", "to two", "to three"]


async def test_several_conversations_are_answered_at_once(house: House) -> None:
    house.bot.gate = asyncio.Event()
    chats = [await house.chat() for _ in range(3)]
    for chat in chats:
        await house.writes(chat, "hello", settle=False)
    await house.parts.turns.start_due()

    async def all_asked() -> bool:
        return len(house.bot.turns) == 3

    await _until(all_asked)
    house.bot.gate.set()
    await house.parts.turns.settle_all()


async def test_the_same_message_twice_is_one_message_and_one_turn(house: House) -> None:
    chat = await house.chat()
    first = await house.writes(chat, "hello", client_id="same")
    again = await house.writes(chat, "hello", client_id="same")
    assert again.message.id == first.message.id
    assert [reply.text for reply in again.replies] == ["You said: hello"]
    assert len(house.bot.turns) == 1


async def test_with_the_bot_gone_the_holding_answer_comes_at_once_and_the_reply_when_it_is_back(house: House) -> None:
    house.bot.down = True
    chat = await house.chat()
    await house.writes(chat, "what is naloxone")
    assert await house.last_said(chat.id) == ["reception/holding"]
    house.bot.down = False
    house.clock.forward(minutes=1)
    await house.parts.turns.settle_all()
    assert await house.last_said(chat.id) == ["reception/holding", "naloxone/what_it_is"]


async def test_somebody_in_danger_gets_the_urgent_holding_answer(house: House) -> None:
    house.bot.down = True
    chat = await house.chat()
    await house.writes(chat, "I want to die")
    await house.writes(chat, "can i get naloxone")
    assert await house.last_said(chat.id) == ["reception/holding_urgent"]


async def test_a_late_reply_is_given_when_nobody_has_said_anything_since(impatient: House) -> None:
    house = impatient
    house.bot.gate = asyncio.Event()
    chat = await house.chat()
    received = await house.writes(chat, "what is naloxone", settle=False)
    settling = asyncio.create_task(house.parts.turns.settle_all())

    async def held() -> bool:
        return (await house.turn(received.message.id)).state == TurnState.HELD.value  # type: ignore[union-attr]

    await _until(held)
    assert await house.last_said(chat.id) == ["reception/holding"]
    house.bot.gate.set()
    await settling
    assert await house.last_said(chat.id) == ["reception/holding", "naloxone/what_it_is"]


async def test_a_late_reply_is_dropped_when_the_person_has_moved_on_and_its_question_with_it(impatient: House) -> None:
    house = impatient
    house.bot.gate = asyncio.Event()

    async def asks(turn: dict[str, Any]) -> dict[str, Any]:
        return answer(f"to {turn['text']}", open_question="needs/ask_place")

    house.bot.script = asks
    chat = await house.chat()
    first = await house.writes(chat, "one", settle=False)
    settling = asyncio.create_task(house.parts.turns.settle_all())

    async def held() -> bool:
        return (await house.turn(first.message.id)).state == TurnState.HELD.value  # type: ignore[union-attr]

    await _until(held)
    await house.writes(chat, "two", settle=False)
    house.bot.gate.set()
    await settling
    said = [message.text for message in await house.said(chat.id) if message.author == "assistant"]
    assert said == ["to two"]
    assert (await house.turn(first.message.id)).state == TurnState.DROPPED.value  # type: ignore[union-attr]
    assert house.bot.turns[1]["metadata"]["open_question"] is None


async def test_who_waits_behind_a_slow_turn_gets_a_holding_answer_and_not_two_in_a_row(impatient: House) -> None:
    house = impatient
    house.bot.down = True
    chat = await house.chat()
    await house.writes(chat, "one", settle=False)
    await house.writes(chat, "two", settle=False)
    house.clock.forward(seconds=1)
    await house.parts.turns.hold_overdue()
    said = [message.content_id for message in await house.said(chat.id) if message.author != "person"]
    assert said == ["reception/holding"]


async def test_a_turn_whose_process_died_is_taken_again_under_the_same_message_id(house: House) -> None:
    chat = await house.chat()
    received = await house.writes(chat, "hello", settle=False)
    async with house.parts.database.write() as session:
        await session.execute(
            update(Turn).values(
                state=TurnState.RUNNING.value, claimed_until=house.clock.now() + timedelta(seconds=45), attempts=1
            )
        )
    await house.parts.turns.settle_all()
    assert house.bot.turns == []
    house.clock.forward(minutes=1)
    await house.parts.turns.settle_all()
    assert [turn["message_id"] for turn in house.bot.turns] == [str(received.message.id)]
    assert await house.last_said(chat.id) == ["naloxone/what_it_is"]


async def test_a_reply_for_an_owner_who_is_gone_is_never_said(house: House) -> None:
    karen = await hire(house.parts.database, house.clock, present=True)
    chat = await house.chat()
    await house.writes(chat, "person")
    house.bot.gate = asyncio.Event()
    await house.writes(chat, "and one more thing", settle=False)
    settling = asyncio.create_task(house.parts.turns.settle_all())

    async def asked() -> bool:
        return bool(house.bot.turns)

    await _until(asked)
    handoff = await house.handoff(chat.id)
    assert handoff is not None
    async with house.parts.database.write() as session:
        await house.deeds.claim(session, handoff.id, karen.staff)
    house.bot.gate.set()
    await settling
    assert await house.last_said(chat.id) == ["handoff/officer_joined"]


async def test_while_an_officer_has_the_person_the_assistant_is_not_asked(house: House) -> None:
    karen = await hire(house.parts.database, house.clock, present=True)
    chat = await house.chat()
    await house.writes(chat, "person")
    handoff = await house.handoff(chat.id)
    assert handoff is not None
    async with house.parts.database.write() as session:
        await house.deeds.claim(session, handoff.id, karen.staff)
    received = await house.writes(chat, "are you there")
    assert received.awaited == ()
    assert house.bot.turns == []


async def test_while_waiting_in_the_queue_the_assistant_goes_on_helping(house: House) -> None:
    await hire(house.parts.database, house.clock, present=True)
    chat = await house.chat()
    await house.writes(chat, "person")
    assert (await house.conversation(chat.id)).owner == "queue"
    await house.writes(chat, "what is naloxone")
    assert await house.last_said(chat.id) == ["naloxone/what_it_is"]


async def test_what_the_message_tells_is_remembered_with_the_words_it_stands_in(house: House) -> None:
    async def understands(_turn: dict[str, Any]) -> dict[str, Any]:
        found = [
            entity("person", "son"), entity("prison", "kilmarnock", "HMP Kilmarnock"),
            entity("release", "future", "gets out"), entity("date", "2026-11-27", "Friday"),
            entity("substance", "heroin", "smack"),
        ]  # fmt: skip
        return {**answer("The first days…", entities=found), "audience": "family"}

    house.bot.script = understands
    chat = await house.chat()
    await house.writes(chat, "my son gets out of HMP Kilmarnock on Friday and I'm scared he'll be back on the smack")
    assert await house.facts(chat.id) == {
        "audience": "family",
        "relation": "son",
        "prison": "kilmarnock",
        "release_date": "2026-11-27",
        "substances": ["heroin"],
    }


async def test_an_empty_answer_is_a_failure_and_never_silence(house: House) -> None:
    async def nothing(_turn: dict[str, Any]) -> dict[str, Any]:
        return {**answer("x"), "replies": []}

    house.bot.script = nothing
    chat = await house.chat()
    await house.writes(chat, "hello")
    assert await house.last_said(chat.id) == ["reception/holding"]
