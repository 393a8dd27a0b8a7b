"""What is particular to texts: words that stop them, a word of one's own, pictures, another holder."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from api.audit.models import AuditEntry
from api.conversations.holders import PhoneHolder, holder_of
from api.conversations.models import Author, Conversation, Message
from api.delivery.models import OutboxItem, OutboxState
from api.delivery.service import speak_authored
from api.handoffs.brief import build_brief
from api.handoffs.models import Handoff
from api.reception.arrivals import Arrival, TextSender
from tests.api.house import ON_CALL, House

NUMBER = "+447700900123"
EMERGENCY = "he's no breathin, he's gone blue"


async def _sent_first(house: House, conversation_id: object) -> None:
    """Something is said unasked the next day, as a check-in is."""
    house.clock.forward(hours=25)
    async with house.parts.database.write() as session:
        conversation = await session.get(Conversation, conversation_id)
        assert conversation is not None
        words = house.parts.voice.say("sms_first/neutral", channel="sms")
        await speak_authored(session, conversation, words, clock=house.clock)


async def _waiting(house: House) -> list[str]:
    async with house.parts.database.read() as session:
        return list((await session.execute(select(OutboxItem.state).order_by(OutboxItem.created_at))).scalars())


async def _arrives(house: House, number: str, text: str, sid: str, **more: object) -> None:
    numbers = house.parts.numbers
    sender = TextSender(numbers.fingerprint(number), numbers.seal(number))
    await house.parts.reception.receive(Arrival(sender, sid, text, **more))  # type: ignore[arg-type]
    await house.parts.turns.settle_all()


# ---- words that stop and start


@pytest.mark.parametrize("word", ["STOP", "Stopall", "unsubscribe", "CANCEL", "end", "quit.", "REVOKE", "optout"])
async def test_nothing_waits_to_go_out_after_a_word_that_stops(house: House, word: str) -> None:
    received = await house.texts(NUMBER, "what is naloxone")
    assert OutboxState.PENDING.value in await _waiting(house)
    await house.texts(NUMBER, word)
    assert OutboxState.PENDING.value not in await _waiting(house)
    assert (await house.conversation(received.conversation_id)).opted_out_at is not None


async def test_a_word_that_only_twilio_knows_stops_as_well(house: House) -> None:
    await _arrives(house, NUMBER, "ARRET", "SM1", carrier_word="STOP")
    await house.texts(NUMBER, "what is naloxone")
    assert await _waiting(house) == []


async def test_an_answer_on_its_way_does_not_go_to_somebody_who_stopped_meanwhile(house: House) -> None:
    numbers = house.parts.numbers
    sender = TextSender(numbers.fingerprint(NUMBER), numbers.seal(NUMBER))
    await house.parts.reception.receive(Arrival(sender, "SM1", "what is naloxone"))
    received = await house.parts.reception.receive(Arrival(sender, "SM2", "STOP"))
    await house.parts.turns.settle_all()
    assert all(message.author == Author.PERSON.value for message in await house.said(received.conversation_id))


async def test_start_brings_the_texts_back(house: House) -> None:
    received = await house.texts(NUMBER, "STOP")
    await house.texts(NUMBER, "START", by_carrier=True)
    assert await house.last_said(received.conversation_id) == []
    await house.texts(NUMBER, "what is naloxone")
    assert await house.last_said(received.conversation_id) != []


@pytest.mark.parametrize("word", ["HELP", "info"])
async def test_help_is_answered_by_us_whatever_twilio_has_said(house: House, word: str) -> None:
    received = await house.texts(NUMBER, word, by_carrier=True)
    told = (await house.said(received.conversation_id))[-1]
    assert told.content_id == "commands/help"
    assert "999" in told.text
    assert "08080 10 10 11" in told.text
    assert "Gateside" in told.text


async def test_stop_in_an_open_emergency_pages_and_the_officer_sees_it(house: House) -> None:
    received = await house.texts(NUMBER, EMERGENCY)
    handoff = await house.handoff(received.conversation_id)
    assert handoff is not None
    await house.texts(NUMBER, "STOP")
    async with house.parts.database.read() as session:
        pages = (await session.execute(select(OutboxItem.text).where(OutboxItem.channel == "on_call"))).scalars().all()
        paged = select(AuditEntry.id).where(AuditEntry.action == "handoff.paged")
        assert len((await session.execute(paged)).all()) == 2
    words = house.parts.voice.say("oncall/texts_stopped", channel="sms").text
    assert words in pages
    assert ON_CALL not in words
    async with house.parts.database.write() as session:
        standing = await session.get(Handoff, handoff.id)
        assert standing is not None
        assert (await build_brief(session, standing, house.clock.now())).opted_out


# ---- a word of their own


async def test_a_word_of_ones_own_is_kept_hashed_and_opens_the_conversation(house: House) -> None:
    received = await house.texts(NUMBER, "My word is Bluebell")
    assert await house.last_said(received.conversation_id) == ["sms/word_set"]
    await house.texts(NUMBER, "what is naloxone")
    house.clock.forward(minutes=31)
    await house.texts(NUMBER, "hello what did we talk about")
    assert await house.last_said(received.conversation_id) == ["sms/shut"]
    heard_before = list(house.bot.texts)
    assert "hello what did we talk about" not in heard_before
    await house.texts(NUMBER, "bluebell")
    assert await house.last_said(received.conversation_id) == ["sms/word_opened"]
    await house.texts(NUMBER, "where can i get naloxone")
    assert house.bot.texts[-1] == "where can i get naloxone"
    async with house.parts.database.read() as session:
        assert received.conversation_id is not None
        holder = await holder_of(session, received.conversation_id)
        texts = (await session.execute(select(Message.text))).scalars().all()
    assert holder is not None
    assert "bluebell" not in f"{holder.word_hash}{texts}".lower()
    assert "bluebell" not in " ".join(house.bot.texts).lower()


async def test_before_the_word_only_danger_and_plain_words_are_heard(house: House) -> None:
    received = await house.texts(NUMBER, "my word is bluebell")
    house.clock.forward(minutes=31)
    for said, answered in (("info", "sms/help_shut"), ("person", "sms/shut"), ("my word is other", "sms/shut")):
        await house.texts(NUMBER, said)
        assert await house.last_said(received.conversation_id) == [answered], said
    house.clock.forward(minutes=11)
    await house.texts(NUMBER, "HELP")
    assert await house.last_said(received.conversation_id) == ["safety/check", "sms/help_shut"]
    await house.texts(NUMBER, "N")
    assert await house.handoff(received.conversation_id) is None
    await house.texts(NUMBER, EMERGENCY)
    assert (await house.last_said(received.conversation_id))[0] == "coach/call_999"
    for content_id in ("sms/shut", "sms/help_shut", "sms/word_opened"):
        text = house.parts.voice.say(content_id, channel="sms").text.lower()
        assert not any(word in text for word in ("prison", "drug", "helpline", "gateside", "08080")), content_id


async def test_a_word_can_be_forgotten_and_a_telling_one_is_not_taken(house: House) -> None:
    received = await house.texts(NUMBER, "my word is ok")
    assert await house.last_said(received.conversation_id) == ["sms/word_not_taken"]
    await house.texts(NUMBER, "my word is bluebell")
    await house.texts(NUMBER, "word off")
    assert await house.last_said(received.conversation_id) == ["sms/word_forgotten"]
    house.clock.forward(minutes=31)
    await house.texts(NUMBER, "where can i get naloxone")
    assert house.bot.texts[-1] == "where can i get naloxone"


async def test_a_text_that_comes_twice_sets_no_word_again(house: House) -> None:
    await house.texts(NUMBER, "my word is bluebell", sid="SM1")
    await house.texts(NUMBER, "my word is harebell")
    await house.texts(NUMBER, "my word is bluebell", sid="SM1")
    async with house.parts.database.read() as session:
        (holder,) = (await session.execute(select(PhoneHolder))).scalars().all()
    assert holder.opens("harebell")


# ---- pictures, and numbers from elsewhere


async def test_a_picture_is_spoken_of_now_and_then_and_stands_in_words(house: House) -> None:
    await _arrives(house, NUMBER, "", "MM1", pictures=1)
    async with house.parts.database.read() as session:
        (picture, told) = (await session.execute(select(Message).order_by(Message.seq))).scalars().all()
    assert "picture" in picture.text
    assert told.content_id == "sms/picture"
    assert house.bot.texts == []
    await _arrives(house, NUMBER, "what is naloxone", "MM2", pictures=1)
    assert house.bot.texts == ["what is naloxone"]
    assert (await house.last_said(picture.conversation_id)).count("sms/picture") == 0
    house.clock.forward(minutes=11)
    await _arrives(house, NUMBER, "and this", "MM3", pictures=1)
    assert (await house.last_said(picture.conversation_id)).count("sms/picture") == 1


async def test_danger_beside_a_picture_is_answered_first_and_alone(house: House) -> None:
    await _arrives(house, NUMBER, EMERGENCY, "MM1", pictures=2)
    async with house.parts.database.read() as session:
        said = (await session.execute(select(Message.content_id).order_by(Message.seq))).scalars().all()
    assert said[1] == "coach/call_999"
    assert "sms/picture" not in said


async def test_where_a_text_comes_from_is_told_once_after_what_matters(house: House) -> None:
    await _arrives(house, "+353871234567", EMERGENCY, "SM1", told_once="sms/abroad")
    async with house.parts.database.read() as session:
        said = (await session.execute(select(Message.content_id).order_by(Message.seq))).scalars().all()
    assert said[1] == "coach/call_999"
    assert said[-1] == "sms/abroad"
    await _arrives(house, "+353871234567", "no", "SM2", told_once="sms/abroad")
    async with house.parts.database.read() as session:
        said = (await session.execute(select(Message.content_id).order_by(Message.seq))).scalars().all()
    assert said.count("sms/abroad") == 1


# ---- another holder


@pytest.mark.parametrize("text", ["wrong number", "You've got the wrong number!", "this is my number now"])
async def test_a_number_that_has_passed_on_gets_nothing_personal_and_begins_anew(house: House, text: str) -> None:
    first = await house.texts(NUMBER, "my son john gets out of barlinnie on friday")
    await _sent_first(house, first.conversation_id)
    await house.texts(NUMBER, text, sid="SM1")
    assert await house.last_said(first.conversation_id) == ["sms/wrong_number"]
    async with house.parts.database.read() as session:
        assert first.conversation_id is not None
        holder = await holder_of(session, first.conversation_id)
    assert holder is not None
    assert holder.doubted_at is not None
    again = await house.texts(NUMBER, text, sid="SM1")
    assert again.conversation_id == first.conversation_id
    other = await house.texts(NUMBER, "what is naloxone")
    assert other.conversation_id != first.conversation_id
    old = await house.conversation(first.conversation_id)
    assert (old.number_fingerprint, old.number_sealed) == (None, None)
    assert other.conversation_id is not None
    assert await house.facts(other.conversation_id) == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [("who is this?", "sms/who_is_this"), ("not him", "sms/wrong_number"), ("wrong", "sms/wrong_number")],
)
async def test_doubtful_words_count_after_something_sent_first(house: House, text: str, told: str) -> None:
    first = await house.texts(NUMBER, "hello")
    await house.texts(NUMBER, text)
    assert told not in await house.last_said(first.conversation_id)
    await _sent_first(house, first.conversation_id)
    await house.texts(NUMBER, text)
    assert await house.last_said(first.conversation_id) == [told]


async def test_wrong_after_being_told_who_this_is_ends_it(house: House) -> None:
    first = await house.texts(NUMBER, "hello")
    await _sent_first(house, first.conversation_id)
    await house.texts(NUMBER, "who is this")
    await house.texts(NUMBER, "WRONG")
    assert await house.last_said(first.conversation_id) == ["sms/wrong_number"]


async def test_a_number_that_stopped_stays_stopped_with_its_next_holder(house: House) -> None:
    await house.texts(NUMBER, "wrong number")
    await house.texts(NUMBER, "STOP")
    other = await house.texts(NUMBER, "what is naloxone")
    assert (await house.conversation(other.conversation_id)).opted_out_at is not None
