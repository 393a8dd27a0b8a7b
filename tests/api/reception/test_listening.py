"""What the coach, an officer or a command answers is heard all the same, so that nobody repeats their story."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from api.conversations import repository as conversations
from api.conversations.models import Fact
from api.handoffs.brief import build_brief
from api.handoffs.models import Handoff
from api.live.events import QUEUE_TOPIC
from api.reception.listening import TRIES
from api.reception.models import Purpose, Turn, TurnState
from tests.api.bot_stand_in import answer, entity, told
from tests.api.house import Chat, House
from tests.api.people import hire

RATTLING = "got libbed fae barlinnie yesterday, nae script and im rattlin for a hit"
YESTERDAY = "2026-11-24"
NUMBER = "+447700900123"


def _hears_where_he_got_out(text: str) -> dict[str, Any]:
    if "libbed" not in text:
        return told()
    return told(
        entity("release", "past", "got libbed", of=text),
        entity("prison", "barlinnie", of=text),
        entity("date", YESTERDAY, "yesterday", of=text),
        audience="self",
    )


async def _with_officer(house: House, chat: Chat) -> Handoff:
    karen = await hire(house.parts.database, house.clock, present=True)
    await house.writes(chat, "person")
    handoff = await house.handoff(chat.id)
    assert handoff is not None
    async with house.parts.database.write() as session:
        await house.deeds.claim(session, handoff.id, karen.staff)
        await house.deeds.speak_as_officer(session, handoff.id, karen.staff, text="Hello.")
    return handoff


async def _settled(house: House, message_id: UUID) -> None:
    async with asyncio.timeout(5):
        while (await house.turn(message_id)).state != TurnState.SETTLED.value:  # type: ignore[union-attr]  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def _fact(house: House, chat: Chat, name: str) -> Fact:
    async with house.parts.database.read() as session:
        return next(fact for fact in await conversations.facts_of(session, chat.id) if fact.name == name)


async def test_a_man_released_yesterday_who_is_answered_by_the_coach_is_known_to_the_officer(house: House) -> None:
    house.bot.ear = _hears_where_he_got_out
    chat = await house.chat()
    received = await house.writes(chat, RATTLING)
    assert house.bot.turns == []
    assert await house.facts(chat.id) == {"audience": "self", "prison": "barlinnie", "release_date": YESTERDAY}
    prison = await _fact(house, chat, "prison")
    assert (prison.message_id, prison.words) == (received.message.id, "barlinnie")
    await house.writes(chat, "aye")
    handoff = await house.handoff(chat.id)
    assert handoff is not None
    async with house.parts.database.read() as session:
        brief = await build_brief(session, handoff, house.clock.now())
    assert (brief.audience, brief.prison) == ("self", "barlinnie")
    assert brief.release is not None
    assert (brief.release.date.isoformat(), brief.release.days_since) == (YESTERDAY, 1)
    assert not {"audience", "prison", "release_date", "relation", "consent_to_share"} & set(brief.not_asked)


async def test_listening_says_nothing_and_closes_no_question(house: House) -> None:
    house.bot.ear = _hears_where_he_got_out
    chat = await house.chat()
    await house.writes(chat, RATTLING, settle=False)
    said, before = await house.said(chat.id), await house.conversation(chat.id)
    await house.parts.turns.settle_all()
    after = await house.conversation(chat.id)
    assert [message.id for message in await house.said(chat.id)] == [message.id for message in said]
    assert (after.coach_flow, after.coach_step, after.open_question, after.owner_epoch) == (
        before.coach_flow, before.coach_step, before.open_question, before.owner_epoch,
    )  # fmt: skip


async def test_words_to_an_officer_reach_the_open_brief(house: House) -> None:
    house.bot.ear = _hears_where_he_got_out
    chat = await house.chat()
    handoff = await _with_officer(house, chat)
    await house.writes(chat, "well I got libbed fae barlinnie yesterday", settle=False)
    async with house.parts.live.subscribe(QUEUE_TOPIC) as events:
        await house.parts.turns.settle_all()
        async with asyncio.timeout(5):
            _, event = await anext(events)
    assert (event["change"], event["handoff_id"]) == ("ranked", str(handoff.id))
    assert (await house.facts(chat.id))["prison"] == "barlinnie"
    assert house.bot.turns == []


async def test_a_release_date_that_is_overheard_moves_somebody_up_the_queue(house: House) -> None:
    house.bot.ear = _hears_where_he_got_out
    chat = await house.chat()
    await house.writes(chat, "person")
    waiting = await house.handoff(chat.id)
    assert waiting is not None
    stood = waiting.ranked_at
    await house.writes(chat, RATTLING)
    waiting = await house.handoff(chat.id)
    assert waiting is not None
    assert (await house.facts(chat.id))["release_date"] == YESTERDAY
    # An hour for what is urgent, and half an hour for the first days out.
    assert stood - waiting.ranked_at == timedelta(minutes=90)


async def test_a_release_date_told_to_the_assistant_while_waiting_counts_at_once(house: House) -> None:
    async def understands(turn: dict[str, Any]) -> dict[str, Any]:
        text = turn["text"]
        found = [entity("release", "past", "got out", of=text), entity("date", YESTERDAY, "yesterday", of=text)]
        return answer("The first days…", entities=found)

    house.bot.script = understands
    chat = await house.chat()
    await house.writes(chat, "person")
    waiting = await house.handoff(chat.id)
    assert waiting is not None
    stood = waiting.ranked_at
    await house.writes(chat, "he got out yesterday")
    waiting = await house.handoff(chat.id)
    assert waiting is not None
    assert stood - waiting.ranked_at == timedelta(minutes=30)


async def test_an_answer_waits_for_no_listening(house: House) -> None:
    house.bot.ear_gate = asyncio.Event()
    chat = await house.chat()
    await house.writes(chat, "person", settle=False)
    received = await house.writes(chat, "what is naloxone", settle=False)
    settling = asyncio.create_task(house.parts.turns.settle_all())
    await _settled(house, received.message.id)
    assert (await house.last_said(chat.id)) == ["naloxone/what_it_is"]
    house.bot.ear_gate.set()
    await settling
    assert house.bot.listened == ["person"]


async def test_however_many_are_listened_to_there_is_room_for_answers(house: House) -> None:
    house.bot.ear_gate = asyncio.Event()
    for _ in range(6):
        await house.writes(await house.chat(), RATTLING, settle=False)
    await house.parts.turns.start_due()
    chat = await house.chat()
    received = await house.writes(chat, "what is naloxone", settle=False)
    settling = asyncio.create_task(house.parts.turns.settle_all())
    await _settled(house, received.message.id)
    house.bot.ear_gate.set()
    await settling
    assert house.bot.listened == [RATTLING] * 6


async def test_the_newest_word_stands_though_an_older_message_is_heard_later(house: House) -> None:
    async def understands(_turn: dict[str, Any]) -> dict[str, Any]:
        return answer("Noted.", entities=[entity("prison", "low moss"), entity("substance", "valium")])

    house.bot.script = understands
    house.bot.ear = lambda text: told(entity("prison", "barlinnie"), entity("substance", "heroin"))
    house.bot.ear_gate = asyncio.Event()
    chat = await house.chat()
    await house.writes(chat, "person", settle=False)
    received = await house.writes(chat, "no, it was Low Moss", settle=False)
    settling = asyncio.create_task(house.parts.turns.settle_all())
    await _settled(house, received.message.id)
    house.bot.ear_gate.set()
    await settling
    facts = await house.facts(chat.id)
    assert facts["prison"] == "low moss"
    assert set(facts["substances"]) == {"heroin", "valium"}


async def test_a_listening_whose_process_died_is_taken_again(house: House) -> None:
    house.bot.ear = _hears_where_he_got_out
    chat = await house.chat()
    received = await house.writes(chat, RATTLING, settle=False)
    async with house.parts.database.write() as session:
        await session.execute(
            update(Turn).values(
                state=TurnState.RUNNING.value, claimed_until=house.clock.now() + timedelta(seconds=45), attempts=1
            )
        )
    await house.parts.turns.settle_all()
    assert house.bot.listened == []
    house.clock.forward(minutes=1)
    await house.parts.turns.settle_all()
    assert (await house.facts(chat.id))["prison"] == "barlinnie"
    turn = await house.turn(received.message.id)
    assert turn is not None
    assert (turn.purpose, turn.state) == (Purpose.LISTEN.value, TurnState.SETTLED.value)


async def test_with_the_bot_gone_it_is_tried_again_and_then_let_go_without_a_word(house: House) -> None:
    house.bot.ear = lambda _text: {"understood": "nonsense"}
    chat = await house.chat()
    received = await house.writes(chat, RATTLING)
    said = len(await house.said(chat.id))
    for _ in range(TRIES + 2):
        house.clock.forward(minutes=10)
        await house.parts.turns.settle_all()
    turn = await house.turn(received.message.id)
    assert turn is not None
    assert turn.state == TurnState.DROPPED.value
    assert house.bot.listened == [RATTLING] * TRIES
    assert len(await house.said(chat.id)) == said


async def test_words_that_went_to_the_coach_first_get_their_answer_after_all(house: House) -> None:
    house.bot.ear = lambda _text: told(entity("person", "sister"), audience="family")
    chat = await house.chat()
    received = await house.writes(chat, "she took something")
    assert house.bot.listened == ["she took something"]
    await house.writes(chat, "no")
    assert house.bot.texts == ["she took something"]
    turn = await house.turn(received.message.id)
    assert turn is not None
    assert (turn.purpose, turn.state) == (Purpose.ANSWER.value, TurnState.SETTLED.value)


async def test_whoever_is_listened_to_while_they_wipe_leaves_nothing(house: House) -> None:
    house.bot.ear = _hears_where_he_got_out
    house.bot.ear_gate = asyncio.Event()
    chat = await house.chat()
    await house.writes(chat, RATTLING, settle=False)
    settling = asyncio.create_task(house.parts.turns.settle_all())
    await house.writes(chat, "delete my data", settle=False)
    await house.writes(chat, "delete", settle=False)
    house.bot.ear_gate.set()
    await settling
    async with house.parts.database.read() as session:
        assert await conversations.conversation_by_id(session, chat.id) is None
        assert list(await conversations.facts_of(session, chat.id)) == []


async def test_pictures_are_not_listened_to(house: House) -> None:
    chat = await house.chat()
    await _with_officer(house, chat)
    await house.writes(chat, "😢😢")
    assert house.bot.listened == ["person"]


async def test_a_man_who_mentions_his_mother_to_an_officer_is_still_himself(house: House) -> None:
    house.bot.ear = _hears_where_he_got_out
    chat = await house.chat()
    await house.writes(chat, RATTLING)
    await _with_officer(house, chat)
    house.bot.ear = lambda _text: told(entity("person", "mum"), audience="family")
    await house.writes(chat, "my mum is letting me stay")
    assert (await house.facts(chat.id))["audience"] == "self"
    house.bot.ear = lambda _text: told(audience="worker", intent="identify_worker")
    await house.writes(chat, "I'm his support worker, he gave me the phone")
    assert (await house.facts(chat.id))["audience"] == "worker"


@pytest.mark.parametrize("text", ["person", "my daughter wants to talk to somebody"])
async def test_who_asks_for_a_person_and_hears_what_is_passed_on_has_agreed_to_it(house: House, text: str) -> None:
    async def hands_over(turn: dict[str, Any]) -> dict[str, Any]:
        async with house.parts.database.write() as session:
            conversation = await conversations.conversation_for_change(session, chat.id)
            message = await conversations.messages_after(session, chat.id)
            assert conversation is not None
            await house.parts.requests.record(
                session, conversation, message[0].id, kind="handoff", reason="asked", skill=None
            )
        return answer("I pass on what you told me.", content_id="privacy/consent_to_share")

    house.bot.script = hands_over
    chat = await house.chat()
    received = await house.writes(chat, text)
    agreed = await _fact(house, chat, "consent_to_share")
    assert (agreed.value, agreed.message_id, agreed.noted_at) == (True, received.message.id, house.clock.now())
    assert (await house.last_said(chat.id)).count("privacy/consent_to_share") == 1


async def test_what_is_passed_on_is_said_once_and_in_an_emergency_not_at_all(house: House) -> None:
    chat = await house.chat()
    await house.writes(chat, "person")
    await house.writes(chat, "person")
    assert "privacy/consent_to_share" not in await house.last_said(chat.id)
    frightened = await house.chat()
    await house.writes(frightened, "he's no breathin")
    await house.writes(frightened, "person")
    assert "consent_to_share" not in await house.facts(frightened.id)
