"""What is sent first: not at night, not to somebody else, and on a phone that others may hold nothing that tells."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta, timezone
from pathlib import Path

import pytest

from api.conversations.holders import noted_holder_of
from api.conversations.models import Conversation
from api.conversations.repository import conversation_for_change, note_fact
from api.conversations.service import open_text_conversation, open_webchat
from api.delivery.unprompted import (
    AGREED,
    DISCREET,
    NEUTRAL,
    QuietHours,
    Reason,
    Verdict,
    first_words,
    gives_away,
    may_be_sent_first,
)
from tests.api.clocks import FixedClock
from tests.api.house import House, build_house
from voice import Voice

NIGHT = QuietHours(time(21), time(9))
NOON = datetime(2026, 11, 25, 12, tzinfo=timezone.utc)


@pytest.fixture
async def house(tmp_path: Path, database_url: str, clock: FixedClock) -> AsyncIterator[House]:
    house = build_house(tmp_path, database_url, clock)
    clock.set(NOON)
    yield house
    await house.parts.close()


async def _phone(house: House) -> Conversation:
    async with house.parts.database.write() as session:
        return await open_text_conversation(session, clock=house.clock, fingerprint="f" * 64, sealed="sealed")


async def _verdict(house: House, conversation: Conversation) -> Verdict:
    async with house.parts.database.read() as session:
        found = await session.get(Conversation, conversation.id)
        assert found is not None
        return await may_be_sent_first(session, found, clock=house.clock, quiet=NIGHT)


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-11-25T20:59:59+00:00", None),
        ("2026-11-25T21:00:00+00:00", "2026-11-26T09:00:00+00:00"),
        ("2026-11-26T03:00:00+00:00", "2026-11-26T09:00:00+00:00"),
        ("2026-11-26T09:00:00+00:00", None),
        ("2026-07-01T20:30:00+00:00", "2026-07-02T08:00:00+00:00"),
        ("2026-03-28T22:00:00+00:00", "2026-03-29T08:00:00+00:00"),
        ("2026-10-24T22:00:00+00:00", "2026-10-25T09:00:00+00:00"),
    ],
)
def test_the_night_is_quiet_by_the_clock_in_scotland_also_when_it_changes(now: str, ends: str | None) -> None:
    expected = datetime.fromisoformat(ends) if ends else None
    assert NIGHT.end_after(datetime.fromisoformat(now)) == expected


def test_hours_within_a_day_and_none_at_all_are_understood_too() -> None:
    siesta = QuietHours(time(13), time(14))
    assert siesta.end_after(NOON) is None
    assert siesta.end_after(NOON + timedelta(minutes=90)) == NOON + timedelta(hours=2)
    assert QuietHours(time(9), time(9)).end_after(NOON) is None


async def test_on_a_phone_nothing_tells_what_it_is_about_until_the_person_agreed(house: House) -> None:
    phone = await _phone(house)
    assert await _verdict(house, phone) == Verdict(discreet=True)
    async with house.parts.database.write() as session:
        await note_fact(session, phone.id, AGREED, True, now=NOON)
    assert await _verdict(house, phone) == Verdict(discreet=False)
    async with house.parts.database.write() as session:
        (await noted_holder_of(session, phone.id)).keep_word("bluebell", NOON)
    assert await _verdict(house, phone) == Verdict(discreet=False)
    house.clock.forward(minutes=31)
    assert await _verdict(house, phone) == Verdict(discreet=True)


async def test_nothing_goes_at_night_after_stop_or_to_another_holder(house: House) -> None:
    phone = await _phone(house)
    house.clock.set(NOON + timedelta(hours=10))
    verdict = await _verdict(house, phone)
    assert (verdict.reason, verdict.not_before) == (Reason.QUIET, NOON + timedelta(hours=21))
    async with house.parts.database.write() as session:
        (await noted_holder_of(session, phone.id)).doubted_at = NOON
    assert (await _verdict(house, phone)) == Verdict(Reason.OTHER_HOLDER)
    async with house.parts.database.write() as session:
        found = await conversation_for_change(session, phone.id)
        assert found is not None
        found.opted_out_at = NOON
    assert (await _verdict(house, phone)) == Verdict(Reason.OPTED_OUT)


async def test_a_webchat_is_read_where_it_is_open_at_any_hour(house: House) -> None:
    async with house.parts.database.write() as session:
        chat, _ = await open_webchat(session, clock=house.clock)
    house.clock.set(NOON + timedelta(hours=12))
    assert await _verdict(house, chat) == Verdict()


def test_the_discreet_twin_is_said_where_there_is_one_and_else_the_neutral_text() -> None:
    voice = Voice.load()
    neutral = voice.say(NEUTRAL, channel="sms")
    assert first_words(voice, "commands/help", Verdict(discreet=True), channel="sms") == neutral
    assert first_words(voice, "commands/help", Verdict(), channel="sms").content_id == "commands/help"


def test_no_text_that_is_sent_first_gives_anything_away() -> None:
    voice = Voice.load()
    sent_first = [block for block in voice.library if block.id.endswith(DISCREET) or block.id.startswith("sms_first/")]
    assert NEUTRAL in [block.id for block in sent_first]
    for block in sent_first:
        for audience in (None, "family", "self", "worker"):
            values = {name: str(value) for name, value in (block.values or {}).items()}
            assert not gives_away(voice.text(block, channel="sms", audience=audience, values=values)), block.id
    assert gives_away("Are you out of Prison yet?")
    assert gives_away("Gateside here")
    assert not gives_away("How are things today?")
