"""Somebody is rung back: at a time they chose, with their consent, and nobody forgets it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from api.audit.models import AuditEntry
from api.conversations import repository as conversations
from api.database.engine import Database
from api.handoffs import repository
from api.handoffs.callbacks import CONSENT, Callbacks
from api.handoffs.models import Handoff
from api.handoffs.officers import Handoffs
from api.handoffs.service import Queue
from api.handoffs.watch import Watch
from api.live import InProcessLive
from api.problems import Conflict, NotFound, Unprocessable
from tests.api.callers import said, webchat
from tests.api.clocks import FixedClock
from tests.api.handoffs.conftest import Wait
from tests.api.handoffs.deeds import as_it_is_now, chat_of, claim
from tests.api.people import Colleague

NUMBER = "07700 900123"


async def _book(
    database: Database, callbacks: Callbacks, clock: FixedClock, start: datetime | None, **more: object
) -> Handoff:
    chat = await webchat(database, clock)
    async with database.write() as session:
        person = await conversations.conversation_for_change(session, chat)
        assert person is not None
        return await callbacks.book(session, person, start=start, **more)  # type: ignore[arg-type]


async def _first_slot(database: Database, callbacks: Callbacks) -> datetime:
    async with database.read() as session:
        return (await callbacks.slots(session))[0].start


async def test_a_slot_takes_as_many_as_there_is_room_for_and_then_is_offered_no_more(
    database: Database, handoffs: Handoffs, clock: FixedClock
) -> None:
    callbacks = handoffs.callbacks
    first = await _first_slot(database, callbacks)
    for _ in range(4):
        booked = await _book(database, callbacks, clock, first)
        assert (booked.state, booked.callback_at) == ("callback_scheduled", first)
        assert booked.callback_until == first + timedelta(hours=2)
    assert await _first_slot(database, callbacks) > first
    with pytest.raises(Conflict, match="cannot be chosen"):
        await _book(database, callbacks, clock, first)
    with pytest.raises(Conflict):
        await _book(database, callbacks, clock, first + timedelta(minutes=1))


async def test_a_number_is_kept_only_with_consent_and_sealed(
    database: Database, handoffs: Handoffs, clock: FixedClock, karen: Colleague, wait: Wait
) -> None:
    callbacks = handoffs.callbacks
    with pytest.raises(Unprocessable, match="consent"):
        await _book(database, callbacks, clock, None, number=NUMBER)
    with pytest.raises(Unprocessable, match="no"):
        await _book(database, callbacks, clock, None, number="12", consent=True)
    booked = await _book(database, callbacks, clock, None, number=NUMBER, consent=True)
    assert booked.callback_number_sealed is not None
    assert "900123" not in booked.callback_number_sealed
    async with database.read() as session:
        facts = {fact.name: fact.value for fact in await conversations.facts_of(session, chat_of(booked))}
    assert facts[CONSENT] is True
    with pytest.raises(Conflict):
        async with database.write() as session:
            await callbacks.number(session, booked.id, karen.staff)
    await claim(database, handoffs, booked, karen)
    async with database.write() as session:
        assert await callbacks.number(session, booked.id, karen.staff) == "+447700900123"
    async with database.read() as session:
        shown = await session.execute(select(AuditEntry).where(AuditEntry.action == "handoff.number_shown"))
        assert [(entry.actor, entry.detail) for entry in shown.scalars()] == [(str(karen.id), {})]
    other = await wait()
    await claim(database, handoffs, other, karen)
    with pytest.raises(NotFound):
        async with database.write() as session:
            await callbacks.number(session, other.id, karen.staff)


async def test_staff_are_reminded_once_and_a_call_that_nobody_made_goes_on_the_list_and_the_person_hears(
    database: Database, handoffs: Handoffs, queue: Queue, clock: FixedClock, karen: Colleague, live: InProcessLive
) -> None:
    watch = Watch(queue)
    first = await _first_slot(database, handoffs.callbacks)
    booked = await _book(database, handoffs.callbacks, clock, first)

    async def look() -> tuple[int, int]:
        async with database.write() as session:
            reminded = await watch.remind_of_callbacks(session)
        async with database.write() as session:
            missed = await watch.note_missed_callbacks(session)
        return len(reminded), len(missed)

    clock.set(first - timedelta(minutes=16))
    assert await look() == (0, 0)
    clock.forward(minutes=1)
    async with live.subscribe("queue") as events:
        assert await look() == (1, 0)
        assert (await anext(events))[1]["change"] == "callback_soon"
    assert await look() == (0, 0)
    clock.set(first)
    async with database.write() as session:
        assert await queue.bring_back_callbacks(session) == [booked.id]
    clock.set(first + timedelta(hours=2))
    assert await look() == (0, 0)
    clock.forward(seconds=1)
    assert await look() == (0, 1)
    assert await look() == (0, 0)
    assert (await said(database, chat_of(booked)))[-1].content_id == "queue/callback_missed"
    async with database.read() as session:
        assert [one.id for one in await repository.missed_callbacks(session, limit=10)] == [booked.id]
    await claim(database, handoffs, booked, karen)
    async with database.read() as session:
        assert await repository.missed_callbacks(session, limit=10) == []


async def test_a_call_that_is_being_made_is_not_missed(
    database: Database, handoffs: Handoffs, queue: Queue, clock: FixedClock, karen: Colleague
) -> None:
    first = await _first_slot(database, handoffs.callbacks)
    booked = await _book(database, handoffs.callbacks, clock, first)
    clock.set(first + timedelta(minutes=30))
    await claim(database, handoffs, booked, karen)
    clock.forward(hours=3)
    async with database.write() as session:
        assert await Watch(queue).note_missed_callbacks(session) == []


async def test_who_asks_for_a_person_before_the_call_waits_now_and_keeps_their_age(
    database: Database, handoffs: Handoffs, clock: FixedClock, wait: Wait
) -> None:
    booked = await _book(database, handoffs.callbacks, clock, await _first_slot(database, handoffs.callbacks))
    clock.forward(minutes=5)
    again = await wait(conversation_id=booked.conversation_id)
    assert (again.id, again.state, again.opened_at, again.callback_at) == (
        booked.id, "waiting", booked.opened_at, None,
    )  # fmt: skip
    assert (await as_it_is_now(database, booked)).callback_until is None
