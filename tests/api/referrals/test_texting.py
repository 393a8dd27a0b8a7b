"""The number that was referred gets one neutral text at most, and nothing more until it answers."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from api.delivery.unprompted import QuietHours, gives_away
from api.referrals.texting import FirstText
from tests.api.clocks import FixedClock
from tests.api.referrals.conftest import Caller
from voice import Voice

NUMBER = "+447700900123"
MORNING = datetime(2026, 11, 26, 9, 5, tzinfo=timezone.utc)


@pytest.fixture
def first_text(caller: Caller, clock: FixedClock) -> FirstText:
    parts = caller.house.parts
    return FirstText(voice=parts.voice, clock=clock, numbers=parts.numbers, quiet=QuietHours.of(parts.settings))


async def _round(caller: Caller, first_text: FirstText) -> int:
    async with caller.house.parts.database.write() as session:
        await first_text.note_answers(session)
        return await first_text.send_due(session)


async def _texts(caller: Caller) -> list[str]:
    [own] = [one for one in await caller.conversations() if one.channel == "sms"] or [None]
    return [one.text for one in await caller.house.said(own.id) if one.author == "service"] if own else []


async def test_it_waits_for_the_morning_names_the_call_and_goes_once(
    caller: Caller, first_text: FirstText, clock: FixedClock
) -> None:
    await caller.refers(text_first=True, when="afternoon")
    assert await _round(caller, first_text) == 0
    assert await _texts(caller) == []

    clock.set(MORNING)
    assert [await _round(caller, first_text), await _round(caller, first_text)] == [1, 0]
    [text] = await _texts(caller)
    assert "between 1pm and 3pm" in text
    assert not gives_away(text)
    assert (await caller.handoffs())[0].state == "callback_scheduled"


async def test_however_often_a_number_is_referred_it_gets_no_second_text(
    caller: Caller, first_text: FirstText, clock: FixedClock
) -> None:
    clock.set(MORNING)
    for worry in ("one", "two", "three"):
        await caller.refers(text_first=True, worry=worry)
        await _round(caller, first_text)
    clock.forward(days=30)
    await caller.refers(text_first=True, worry="four")
    await _round(caller, first_text)

    assert len(await _texts(caller)) == 1


@pytest.mark.parametrize("phone", ["01382 223023", "07700 900123"])
async def test_a_landline_and_a_family_that_was_not_asked_get_none(
    caller: Caller, first_text: FirstText, clock: FixedClock, phone: str
) -> None:
    clock.set(MORNING)
    await caller.refers(phone=phone, text_first=phone.startswith("01"))

    assert await _round(caller, first_text) == 0
    assert [one.channel for one in await caller.conversations()] == ["phone"]


async def test_a_number_that_has_said_stop_gets_none_and_is_not_told_of(
    caller: Caller, first_text: FirstText, clock: FixedClock
) -> None:
    clock.set(MORNING)
    await caller.house.texts(NUMBER, "STOP")
    before = await _texts(caller)
    answer = await caller.refers(text_first=True)

    assert answer.status_code == 201
    assert await _round(caller, first_text) == 0
    assert await _texts(caller) == before


async def test_an_answer_is_seen_by_officers_and_by_nobody_who_referred(
    caller: Caller, first_text: FirstText, clock: FixedClock
) -> None:
    clock.set(MORNING)
    told = (await caller.refers(text_first=True, tell_me=True)).json()
    await _round(caller, first_text)
    clock.forward(minutes=10)
    await caller.house.texts(NUMBER, "who is this")
    await _round(caller, first_text)

    [referral] = await caller.referrals()
    assert referral.answered_at == clock.now()
    assert referral.conversation_id is not None
    facts = await caller.house.facts(referral.conversation_id)
    assert (facts["referral"]["text"], facts["referral"]["answered"]) == (True, True)
    bearer = {"Authorization": f"Bearer {caller.key}"}
    asked = await caller.http.get(f"/api/v1/referrals/reached/{told['code']}", headers=bearer)
    assert asked.json() == {"reached": False}


async def test_the_text_leads_to_a_person_in_one_word(caller: Caller, first_text: FirstText, clock: FixedClock) -> None:
    clock.set(MORNING)
    await caller.refers(text_first=True)
    await _round(caller, first_text)
    wrote = await caller.house.texts(NUMBER, "PERSON")

    asked = await caller.house.handoff(wrote.conversation_id)
    assert asked is not None
    assert asked.state in ("waiting", "callback_scheduled")


@pytest.mark.parametrize("content_id", ["referral_text/call_at", "referral_text/call_soon"])
def test_nothing_in_it_tells_whoever_holds_the_phone_what_it_is_about(content_id: str) -> None:
    voice = Voice.load()
    block = voice.library.blocks[content_id]
    assert not gives_away(voice.say(content_id, channel="sms", values=block.values).text)
