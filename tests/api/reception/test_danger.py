"""Danger: answered first, step by step, whoever owns the conversation and whatever is broken behind it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from api.delivery.models import OutboxItem
from tests.api.bot_stand_in import answer
from tests.api.house import House
from tests.api.people import hire

NUMBER = "+447700900123"


async def test_a_frightened_message_hears_999_first_and_stands_at_the_top_of_the_queue(house: House) -> None:
    chat = await house.chat()
    received = await house.writes(chat, "he's no breathin, he's gone blue")
    assert received.replies[0].text.startswith("CALL 999")
    assert [reply.author for reply in received.replies] == ["service"] * 3
    handoff = await house.handoff(chat.id)
    assert handoff is not None
    assert handoff.emergency
    assert house.bot.turns == []


async def test_it_goes_on_step_by_step_with_the_bot_stopped(house: House) -> None:
    house.bot.down = True
    chat = await house.chat()
    for text, said in [
        ("he'll no wake up", "coach/call_999"),
        ("naw", "coach/cpr"),
        ("aye", "coach/give_naloxone"),
        ("12 Glebe St", "coach/stay"),
        ("aye", "coach/wears_off"),
        ("aye", "coach/tell_the_crew"),
    ]:
        await house.writes(chat, text)
        assert (await house.last_said(chat.id))[0] == said
    assert await house.facts(chat.id) == {"location": "12 Glebe St"}
    assert (await house.conversation(chat.id)).coach_flow is None


async def test_what_was_said_in_the_first_two_messages_is_not_asked_a_second_time(house: House) -> None:
    chat = await house.chat()
    await house.writes(chat, "he's gone blue")
    assert await house.last_said(chat.id) == ["coach/call_999", "coach/ask_breathing"]
    await house.writes(chat, "he'll no wake up")
    assert await house.last_said(chat.id) == ["coach/cpr", "coach/ask_naloxone"]


async def test_a_text_gets_the_999_line_as_one_text_of_its_own(house: House) -> None:
    received = await house.texts(NUMBER, "he's no breathin")
    assert len(received.replies[0].text) <= 160
    assert received.replies[0].text.startswith("CALL 999 NOW")


async def test_with_nobody_on_shift_the_on_call_number_is_paged_once_with_no_content(house: House) -> None:
    chat = await house.chat()
    await house.writes(chat, "he's no breathin")
    await house.writes(chat, "naw")
    async with house.parts.database.read() as session:
        pages = (await session.execute(select(OutboxItem).where(OutboxItem.channel == "on_call"))).scalars().all()
    assert len(pages) == 1
    assert pages[0].text == house.parts.voice.say("oncall/page", channel="sms").text


async def test_the_coach_goes_on_after_an_officer_takes_the_person_until_the_officer_writes(house: House) -> None:
    karen = await hire(house.parts.database, house.clock, present=True)
    chat = await house.chat()
    await house.writes(chat, "he'll no wake up")
    handoff = await house.handoff(chat.id)
    assert handoff is not None
    deeds = house.deeds
    async with house.parts.database.write() as session:
        await deeds.claim(session, handoff.id, karen.staff)
    await house.writes(chat, "naw")
    assert (await house.last_said(chat.id))[0] == "coach/cpr"
    async with house.parts.database.write() as session:
        await deeds.speak_as_officer(session, handoff.id, karen.staff, text="I'm here.")
    await house.writes(chat, "aye")
    assert await house.last_said(chat.id) == []
    assert house.bot.turns == []


async def test_a_new_emergency_while_an_officer_writes_still_hears_999_once(house: House) -> None:
    karen = await hire(house.parts.database, house.clock, present=True)
    chat = await house.chat()
    await house.writes(chat, "person")
    handoff = await house.handoff(chat.id)
    assert handoff is not None
    async with house.parts.database.write() as session:
        await house.deeds.claim(session, handoff.id, karen.staff)
    async with house.parts.database.write() as session:
        await house.deeds.speak_as_officer(session, handoff.id, karen.staff, text="Hello.")
    await house.writes(chat, "he's not breathing")
    assert await house.last_said(chat.id) == ["coach/call_999"]
    await house.writes(chat, "he's still not breathing")
    assert await house.last_said(chat.id) == []
    handoff = await house.handoff(chat.id)
    assert handoff is not None
    assert handoff.emergency


async def test_what_may_be_danger_is_asked_about_and_a_no_lets_the_first_words_go_on(house: House) -> None:
    chat = await house.chat()
    await house.writes(chat, "she took something")
    assert await house.last_said(chat.id) == ["safety/check"]
    assert house.bot.turns == []
    await house.writes(chat, "no")
    assert house.bot.texts == ["she took something"]
    assert await house.handoff(chat.id) is None


@pytest.mark.parametrize(
    ("asked_about", "said"), [("she took something", "coach/call_999"), ("he's in a bad way", "coach/danger_999")]
)
async def test_what_may_be_danger_and_is_becomes_an_emergency_of_its_kind(
    house: House, asked_about: str, said: str
) -> None:
    chat = await house.chat()
    await house.writes(chat, asked_about)
    assert await house.last_said(chat.id) == ["safety/check"]
    await house.writes(chat, "don't know")
    assert (await house.last_said(chat.id))[0] == said
    handoff = await house.handoff(chat.id)
    assert handoff is not None
    assert handoff.emergency


async def test_something_urgent_is_offered_a_person_who_then_is_asked_at_high_priority(house: House) -> None:
    chat = await house.chat()
    await house.writes(chat, "I want to die")
    assert await house.last_said(chat.id) == ["safety/urgent_suicide", "safety/offer_person"]
    assert await house.handoff(chat.id) is None
    await house.writes(chat, "aye")
    handoff = await house.handoff(chat.id)
    assert handoff is not None
    assert handoff.level == "urgent"
    assert (await house.last_said(chat.id)) == ["safety/person_asked", "handoff/nobody_free"]
    assert (await house.facts(chat.id))["consent_to_share"] is True


async def test_the_question_of_the_assistant_is_closed_by_the_coach(house: House) -> None:
    async def asks(_turn: dict[str, object]) -> dict[str, object]:
        return answer("Which area?", open_question="needs/ask_place")

    house.bot.script = asks
    chat = await house.chat()
    await house.writes(chat, "I need help finding support")
    assert (await house.conversation(chat.id)).open_question == "needs/ask_place"
    await house.writes(chat, "wait, she's not breathing")
    assert (await house.conversation(chat.id)).open_question is None


async def test_a_question_about_danger_is_not_answered_by_tomorrows_message(house: House) -> None:
    chat = await house.chat()
    await house.writes(chat, "he's no breathin")
    house.clock.forward(hours=9)
    await house.writes(chat, "what is naloxone")
    assert house.bot.texts == ["what is naloxone"]


@pytest.mark.parametrize("text", ["what does an overdose look like", "my son gets out of HMP Kilmarnock on Friday"])
async def test_what_is_no_danger_goes_to_the_assistant(house: House, text: str) -> None:
    chat = await house.chat()
    await house.writes(chat, text)
    assert house.bot.texts == [text]
