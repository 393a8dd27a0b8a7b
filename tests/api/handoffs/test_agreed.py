"""What officer and person agreed is said to the person, however the conversation was closed, and once."""

from __future__ import annotations

from uuid import UUID

import pytest

from api.conversations.holders import noted_holder_of
from api.handoffs.agreements import SAID
from api.handoffs.models import Handoff
from api.handoffs.transitions import Outcome
from tests.api.clocks import FixedClock
from tests.api.house import House
from tests.api.people import Colleague, hire

AGREED = "You ring the clinic tomorrow."
PHONE = "+447700900456"


@pytest.fixture
async def karen(house: House, clock: FixedClock) -> Colleague:
    return await hire(house.parts.database, clock, "Karen Muir", present=True)


async def _with(house: House, karen: Colleague, conversation_id: UUID | None) -> Handoff:
    """They asked for a person, and it is Karen."""
    handoff = await house.handoff(conversation_id)
    assert handoff is not None
    async with house.parts.database.write() as session:
        return await house.deeds.claim(session, handoff.id, karen.staff)


async def _goodbye(house: House, karen: Colleague, handoff: Handoff) -> None:
    async with house.parts.database.write() as session:
        await house.deeds.end(session, handoff.id, karen.staff)


async def _written_up(house: House, karen: Colleague, handoff: Handoff) -> None:
    async with house.parts.database.write() as session:
        await house.deeds.wrap_up(session, handoff.id, karen.staff, outcome=Outcome.SAFE, note="fine", agreed=AGREED)


async def _texted_and_parted(house: House, karen: Colleague) -> UUID | None:
    """They texted with Karen, who said goodbye and wrote down what was agreed."""
    received = await house.texts(PHONE, "person")
    handoff = await _with(house, karen, received.conversation_id)
    await _goodbye(house, karen, handoff)
    await _written_up(house, karen, handoff)
    return received.conversation_id


async def _told(house: House, conversation_id: UUID | None) -> list[str]:
    return [one.text for one in await house.said(conversation_id) if AGREED in one.text]


async def test_a_chat_shows_what_was_agreed_as_soon_as_it_is_written_down_after_the_goodbye(
    house: House, karen: Colleague
) -> None:
    chat = await house.chat()
    await house.writes(chat, "person")
    handoff = await _with(house, karen, chat.id)
    await _goodbye(house, karen, handoff)
    assert await _told(house, chat.id) == []
    await _written_up(house, karen, handoff)

    (told,) = await _told(house, chat.id)
    assert told == f"Karen wrote down what the two of you agreed on Wednesday 25 November: {AGREED}"
    await house.writes(chat, "hello again")
    assert await _told(house, chat.id) == [told]


async def test_who_texts_is_told_what_was_agreed_with_their_next_text_and_never_out_of_the_blue(
    house: House, karen: Colleague, clock: FixedClock
) -> None:
    parted = await _texted_and_parted(house, karen)
    assert await _told(house, parted) == []

    clock.forward(hours=20)
    await house.texts(PHONE, "hello again")
    assert len(await _told(house, parted)) == 1
    assert (await house.last_said(parted)).count(SAID) == 1
    await house.texts(PHONE, "and another thing")
    assert len(await _told(house, parted)) == 1


async def test_in_danger_what_was_agreed_waits_for_a_calmer_message(house: House, karen: Colleague) -> None:
    parted = await _texted_and_parted(house, karen)

    await house.texts(PHONE, "he is not breathing")
    assert await _told(house, parted) == []


async def test_on_a_phone_with_a_word_of_its_own_nobody_else_is_told_what_was_agreed(
    house: House, karen: Colleague, clock: FixedClock
) -> None:
    parted = await _texted_and_parted(house, karen)
    assert parted is not None
    async with house.parts.database.write() as session:
        (await noted_holder_of(session, parted)).keep_word("heron", clock.now())

    clock.forward(hours=2)
    await house.texts(PHONE, "who is this")
    assert await _told(house, parted) == []
    await house.texts(PHONE, "heron")
    assert len(await _told(house, parted)) == 1


async def test_who_asks_for_a_person_again_is_told_what_was_agreed_and_the_next_officer_reads_it(
    house: House, karen: Colleague, clock: FixedClock
) -> None:
    parted = await _texted_and_parted(house, karen)

    clock.forward(hours=3)
    await house.texts(PHONE, "person")
    assert len(await _told(house, parted)) == 1


async def test_what_the_goodbye_said_is_not_said_again(house: House, karen: Colleague) -> None:
    chat = await house.chat()
    await house.writes(chat, "person")
    await _written_up(house, karen, await _with(house, karen, chat.id))
    await house.writes(chat, "hello again")
    assert len(await _told(house, chat.id)) == 1
