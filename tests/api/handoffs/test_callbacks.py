"""Somebody is rung back: at a time they chose, with their consent, and nobody forgets it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from api.audit.models import AuditEntry
from api.conversations import repository as conversations
from api.database.engine import Database
from api.handoffs import repository
from api.handoffs.callbacks import CONSENT, Callbacks, CallResult
from api.handoffs.models import Handoff
from api.handoffs.officers import Handoffs
from api.handoffs.service import Queue
from api.handoffs.transitions import Outcome
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
        assert await Watch(queue).bring_back_callbacks(session) == [booked.id]
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


async def test_an_officer_books_the_same_slots_as_the_person_and_they_fill_up_for_both(
    database: Database, handoffs: Handoffs, clock: FixedClock, karen: Colleague, wait: Wait
) -> None:
    callbacks = handoffs.callbacks
    first = await _first_slot(database, callbacks)
    for _ in range(3):
        await _book(database, callbacks, clock, first)
    handoff = await wait()
    await claim(database, handoffs, handoff, karen)
    async with database.write() as session:
        booked = await callbacks.by_officer(session, handoff.id, karen.staff, start=first, number=NUMBER, consent=True)
    assert (booked.state, booked.callback_at, booked.callback_until) == (
        "callback_scheduled", first, first + timedelta(hours=2),
    )  # fmt: skip
    assert booked.callback_number_sealed is not None
    told = (await said(database, chat_of(booked)))[-1]
    assert told.content_id == "queue/callback_booked"
    assert await _first_slot(database, callbacks) > first
    other = await wait()
    await claim(database, handoffs, other, karen)
    with pytest.raises(Conflict, match="cannot be chosen"):
        async with database.write() as session:
            await callbacks.by_officer(session, other.id, karen.staff, start=first)


async def test_somebody_who_was_not_reached_stays_on_the_list_with_every_try_until_an_outcome_is_written(
    database: Database, handoffs: Handoffs, clock: FixedClock, karen: Colleague, ross: Colleague
) -> None:
    callbacks = handoffs.callbacks
    booked = await _book(database, callbacks, clock, await _first_slot(database, callbacks))

    async def listed() -> list[tuple[object, list[str]]]:
        async with database.read() as session:
            calls = await repository.calls_to_make(session, limit=10)
            tries = await repository.calls_tried(session, [one.id for one in calls])
        return [(one.id, [attempt.result for attempt, _ in tries.get(one.id, [])]) for one in calls]

    assert await listed() == [(booked.id, [])]
    await claim(database, handoffs, booked, karen)
    async with database.write() as session:
        again = (await callbacks.slots(session))[1].start
        rung = await callbacks.tried(session, booked.id, karen.staff, result=CallResult.NO_ANSWER, start=again)
    assert (rung.state, rung.callback_at, rung.claimed_by) == ("callback_scheduled", again, None)
    assert (await said(database, chat_of(booked)))[-1].content_id == "queue/callback_tried"
    assert await listed() == [(booked.id, ["no_answer"])]
    await claim(database, handoffs, booked, ross)
    async with database.write() as session:
        spoken = await callbacks.tried(session, booked.id, ross.staff, result=CallResult.REACHED)
    assert (spoken.state, spoken.answered_at) == ("active", clock.now())
    assert await listed() == [(booked.id, ["no_answer", "reached"])]
    async with database.write() as session:
        await handoffs.wrap_up(session, booked.id, ross.staff, outcome=Outcome.SAFE, note="spoke for a while")
    assert await listed() == []


async def test_a_number_that_was_wrong_is_rung_no_more_and_only_who_has_the_person_writes_a_call_down(
    database: Database, handoffs: Handoffs, clock: FixedClock, karen: Colleague, ross: Colleague
) -> None:
    callbacks = handoffs.callbacks
    booked = await _book(database, callbacks, clock, None, number=NUMBER, consent=True)
    await claim(database, handoffs, booked, karen)
    with pytest.raises(Conflict):
        async with database.write() as session:
            await callbacks.tried(session, booked.id, ross.staff, result=CallResult.WRONG_NUMBER)
    later = clock.now() + timedelta(minutes=1)
    with pytest.raises(Unprocessable, match="future"):
        async with database.write() as session:
            await callbacks.tried(session, booked.id, karen.staff, result=CallResult.NO_ANSWER, tried_at=later)
    async with database.write() as session:
        rung = await callbacks.tried(session, booked.id, karen.staff, result=CallResult.WRONG_NUMBER)
    assert rung.callback_number_sealed is None
    assert (await said(database, chat_of(booked)))[-1].content_id == "queue/callback_wrong_number"


async def test_a_call_without_a_time_is_missed_after_a_day_and_the_person_waits_in_the_queue(
    database: Database, handoffs: Handoffs, queue: Queue, clock: FixedClock
) -> None:
    booked = await _book(database, handoffs.callbacks, clock, None)
    clock.forward(hours=23, minutes=59)
    async with database.write() as session:
        assert await Watch(queue).note_missed_callbacks(session) == []
    clock.forward(minutes=1)
    async with database.write() as session:
        assert await Watch(queue).note_missed_callbacks(session) == [booked.id]
    missed = await as_it_is_now(database, booked)
    assert (missed.state, missed.opened_at) == ("waiting", booked.opened_at)
    assert (await said(database, chat_of(booked)))[-1].content_id == "queue/callback_missed"
