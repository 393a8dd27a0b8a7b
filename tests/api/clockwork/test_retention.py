"""What has been kept for as long as the settings allow goes by itself, and nothing goes that is still needed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.app import retention_of
from api.audit import service as audit
from api.audit.models import AuditEntry
from api.conversations import repository as conversations
from api.conversations.models import Conversation, Message
from api.corrections.models import Correction
from api.database.base import new_id
from api.delivery.models import OutboxItem, SentText
from api.handoffs.models import Handoff
from api.privacy.models import ProviderCopy
from api.reception.arrivals import Arrival, WebSender
from api.reception.spooling import note_of
from api.referrals.models import Referral
from api.release_plans.models import CheckIn, ReleasePlan
from api.staff.models import StaffSession
from tests.api.clocks import FixedClock
from tests.api.delivering import deliver_due
from tests.api.house import House
from tests.api.people import hire

NUMBER = "+447700900322"


async def _round(house: House, **days: float) -> dict[str, int]:
    """One round, so many days later; only what it let go of."""
    house.clock.forward(**days)
    counted = await retention_of(house.parts).one_round()
    return {name: count for name, count in counted.items() if count}


async def _rows(house: House, table: type[Any]) -> Sequence[Any]:
    async with house.parts.database.read() as session:
        return (await session.execute(select(table))).scalars().all()


async def _set(house: House, table: type[Any], **values: object) -> None:
    async with house.parts.database.write() as session:
        await session.execute(update(table).values(**values))


async def test_a_conversation_that_no_officer_took_part_in_goes_when_it_has_been_quiet_long_enough(
    house: House,
) -> None:
    chat = await house.chat()
    await house.writes(chat, "what is naloxone")
    assert await _round(house, days=89) == {}
    await house.writes(chat, "and where do I get it")
    assert await _round(house, days=89) == {}
    assert await _round(house, days=2) == {"conversations": 1}
    assert [list(await _rows(house, table)) for table in (Conversation, Message)] == [[], []]
    await house.parts.owed.forget_all()
    assert house.bot.forgotten == [str(chat.id)]


async def test_a_round_is_audited_by_numbers_alone(house: House) -> None:
    await house.chat()
    await house.chat()
    await _round(house, days=91)
    (entry,) = await _rows(house, AuditEntry)
    assert (entry.actor, entry.action, entry.subject) == ("system", "retention.let_go", None)
    assert entry.detail == {"conversations": 2}


async def test_with_an_officer_it_is_kept_from_the_day_it_was_closed(house: House) -> None:
    chat = await house.chat()
    await house.writes(chat, "person")
    assert await _round(house, days=400) == {}
    await _set(house, Handoff, closed_at=house.clock.now(), callback_number_sealed="sealed")
    assert await _round(house, days=15) == {"callback_numbers": 1}
    assert await _round(house, days=340) == {}
    assert await _round(house, days=11) == {"conversations": 1}
    assert list(await _rows(house, Handoff)) == []


async def test_a_plan_is_kept_while_anything_of_it_is_open_and_a_worklist_until_somebody_closed_it(
    house: House,
) -> None:
    chat = await house.chat()
    now = house.clock.now()
    async with house.parts.database.write() as session:
        session.add(
            ReleasePlan(
                conversation_id=chat.id, release_date=now.date(), hour=10, created_at=now, updated_at=now
            )
        )  # fmt: skip
        await session.flush()
        session.add(
            CheckIn(conversation_id=chat.id, day=120, due_at=now + timedelta(days=120), act_at=now, topic="roof")
        )
    assert await _round(house, days=100) == {}
    await _set(house, CheckIn, state="worklist")
    assert await _round(house, days=300) == {}
    await _set(house, CheckIn, state="closed")
    assert await _round(house) == {"conversations": 1}
    assert [list(await _rows(house, table)) for table in (ReleasePlan, CheckIn)] == [[], []]


async def test_nothing_goes_while_a_text_is_still_to_go_out(house: House) -> None:
    await house.texts(NUMBER, "what is naloxone")
    assert "conversations" not in await _round(house, days=91)
    assert len(await _rows(house, OutboxItem)) == 1


async def test_how_texts_went_goes_first_and_twilios_copies_before_that(house: House) -> None:
    await house.texts(NUMBER, "what is naloxone", sid="SM" + "a" * 32)
    await deliver_due(house.parts.database, house.parts.senders, house.clock)
    assert len(house.twilio.messages) == 1
    assert await _round(house, days=6) == {}
    assert await _round(house, days=2) == {"texts_at_twilio": 2}
    await house.parts.owed.delete_copies()
    assert house.twilio.messages == []
    assert await _round(house, days=1) == {}
    assert await _round(house, days=22) == {"deliveries": 1, "settled_copies": 1}
    assert [list(await _rows(house, table)) for table in (OutboxItem, SentText)] == [[], []]
    # That a copy is gone is remembered for as long as the text itself is kept.
    assert [copy.provider_id for copy in await _rows(house, ProviderCopy)] == ["SM" + "a" * 32]
    assert len(await _rows(house, Message)) == 2
    assert await _round(house, days=91) == {"conversations": 1}
    assert list(await _rows(house, ProviderCopy)) == []


async def test_the_rest_goes_each_in_its_own_time(house: House) -> None:
    chat = await house.chat()
    received = await house.writes(chat, "blurg")
    karen = await hire(house.parts.database, house.clock, present=True)
    now = house.clock.now()
    async with house.parts.database.write() as session:
        session.add(
            Correction(
                message_id=received.message.id, conversation_id=chat.id, guessed=[], offered=["naloxone"],
                chosen="naloxone", model=None, offered_on=now.date(),
            )
        )  # fmt: skip
        session.add(_referral(now))
        session.add(
            Handoff(
                state="closed", reason="danger", emergency=True, opened_at=now, ranked_at=now, closed_at=now,
                claimed_by=karen.id,
            )
        )  # fmt: skip
    await _set(house, Conversation, last_person_at=now + timedelta(days=400))
    await _set(house, StaffSession, expires_at=now)
    assert await _round(house, days=31) == {"staff_sessions": 1}
    assert await _round(house, days=60) == {"corrections": 1}
    assert await _round(house, days=275) == {"alerts": 1, "referrals": 1}


async def test_what_was_done_is_kept_for_its_years_and_the_database_refuses_sooner(house: House) -> None:
    database = house.parts.database
    # The database's own refusal goes by the machine's clock.
    today = datetime.now(timezone.utc)
    for age in (1100, 400, 1):
        async with database.write() as session:
            await audit.record(session, FixedClock(today - timedelta(days=age)), actor="cli", action="staff.invited")
    house.clock.set(today)
    assert await _round(house) == {"audit": 1}
    house.clock.set(today + timedelta(days=1200))
    assert await _round(house) == {}
    kept = {(today - entry.at).days for entry in await _rows(house, AuditEntry)}
    assert {400, 1} <= kept


async def test_what_lies_on_the_disk_for_too_long_is_not_kept_for_ever(house: House) -> None:
    spool = house.parts.spool
    spool.put(note_of(Arrival(WebSender(new_id(), "hash"), "a", "waiting")))
    folder = house.parts.settings.home / "spool"
    (folder / ".half").write_text("broken off")
    assert await _round(house) == {}
    _make_older(folder, timedelta(days=2))
    assert await _round(house) == {"spooled": 1}
    assert not (folder / ".half").exists()
    _make_older(folder, timedelta(days=31))
    assert await _round(house) == {"spooled": 1}
    assert not spool


async def test_somebody_who_comes_back_while_their_time_runs_out_keeps_everything(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await house.chat()
    house.clock.forward(days=91)
    locked = conversations.conversation_for_change

    async def writes_first(session: AsyncSession, conversation_id: UUID) -> Conversation | None:
        found = await locked(session, conversation_id)
        assert found is not None
        found.last_person_at = house.clock.now()
        await session.flush()
        return found

    monkeypatch.setattr(conversations, "conversation_for_change", writes_first)
    assert await _round(house) == {}
    assert [one.id for one in await _rows(house, Conversation)] == [chat.id]


def _make_older(folder: Path, age: timedelta) -> None:
    for file in folder.iterdir():
        before = file.stat().st_mtime - age.total_seconds()
        os.utime(file, (before, before))


def _referral(now: datetime) -> Referral:
    return Referral(
        service_code="police-d", came_by="page", about="worried", level="none", request_key="key", created_at=now,
        call_by=now,
    )  # fmt: skip
