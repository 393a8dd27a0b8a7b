"""What the assistant's actions ask for during a turn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from api.conversations import repository
from tests.api.bot_stand_in import answer
from tests.api.house import House
from tests.api.people import hire


def _asks_for_a_person(house: House, *, then_fails: bool = False) -> None:
    async def script(turn: dict[str, Any]) -> dict[str, Any]:
        async with house.parts.database.write() as session:
            conversation = await repository.conversation_for_change(session, UUID(turn["conversation_id"]))
            assert conversation is not None
            for _ in range(2):
                await house.parts.requests.record(
                    session, conversation, UUID(turn["message_id"]), kind="handoff", reason="asked", skill=None
                )
        if then_fails:
            return {"nonsense": True}
        return answer("You are next in the queue.", content_id="handoff/waiting_position")

    house.bot.script = script


async def test_the_place_in_the_queue_and_the_goodbye_are_stored_together(house: House) -> None:
    await hire(house.parts.database, house.clock, present=True)
    _asks_for_a_person(house)
    chat = await house.chat()
    await house.writes(chat, "can I talk to somebody")
    assert await house.last_said(chat.id) == ["handoff/waiting_position"]
    assert (await house.conversation(chat.id)).owner == "queue"
    assert await house.handoff(chat.id) is not None


async def test_what_was_asked_for_in_a_turn_that_then_failed_is_done_all_the_same_and_told(house: House) -> None:
    _asks_for_a_person(house, then_fails=True)
    chat = await house.chat()
    await house.writes(chat, "can I talk to somebody")
    assert await house.handoff(chat.id) is not None
    assert await house.last_said(chat.id) == ["reception/holding", "handoff/nobody_free", "privacy/consent_to_share"]


async def test_somebody_who_asks_a_second_time_keeps_the_place(house: House) -> None:
    chat = await house.chat()
    await house.writes(chat, "person")
    first = await house.handoff(chat.id)
    await house.writes(chat, "person")
    second = await house.handoff(chat.id)
    assert first is not None
    assert second is not None
    assert first.id == second.id


async def test_who_asks_for_a_person_while_a_call_is_still_being_arranged_keeps_the_place(house: House) -> None:
    chat = await house.chat()

    async def script(turn: dict[str, Any]) -> dict[str, Any]:
        house.clock.forward(seconds=1)
        if turn["text"] == "can somebody ring me":
            await house.writes(chat, "person", settle=False)
            async with house.parts.database.write() as session:
                conversation = await repository.conversation_for_change(session, chat.id)
                assert conversation is not None
                await house.parts.requests.record(
                    session, conversation, UUID(turn["message_id"]), kind="callback", reason="callback", skill=None
                )
        return answer("")

    house.bot.script = script
    await house.writes(chat, "can somebody ring me")
    handoff = await house.handoff(chat.id)
    assert handoff is not None
    assert handoff.state == "waiting"
    assert "handoff/callback_noted" not in await house.last_said(chat.id)
