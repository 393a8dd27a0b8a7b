"""People wait in one honest queue."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from api.conversations import repository as conversations
from api.conversations.models import Owner
from api.conversations.phone_numbers import NumberSafe
from api.database.engine import Database
from api.delivery.models import OutboxItem
from api.handoffs import repository
from api.handoffs.models import Handoff
from api.handoffs.officers import Handoffs
from api.handoffs.priority import rank
from api.handoffs.service import Queue
from api.handoffs.transitions import Outcome, State
from api.live import InProcessLive
from api.staff.presence import CAPACITY
from tests.api.callers import conversation, webchat
from tests.api.clocks import FixedClock
from tests.api.handoffs.conftest import ON_CALL, SAFEGUARDING, Wait
from tests.api.people import hire

NINE = datetime(2026, 11, 25, 21, 0, tzinfo=timezone.utc)


async def _order(database: Database) -> list[UUID]:
    async with database.read() as session:
        return [handoff.id for handoff in await repository.waiting(session)]


async def _pages(database: Database) -> list[OutboxItem]:
    async with database.read() as session:
        found = await session.execute(select(OutboxItem).where(OutboxItem.channel == "on_call"))
        return list(found.scalars())


async def test_danger_comes_first_then_the_days_after_release_then_who_waits_longest(
    database: Database, wait: Wait, clock: FixedClock
) -> None:
    first = await wait()
    clock.forward(minutes=1)
    second = await wait()
    clock.forward(minutes=1)
    released = await wait(release_date="2026-11-20")
    clock.forward(minutes=1)
    urgent = await wait(level="urgent")
    clock.forward(minutes=1)
    emergency = await wait(level="emergency")
    assert await _order(database) == [emergency.id, urgent.id, released.id, first.id, second.id]


@given(
    waited=st.integers(min_value=91, max_value=60 * 24 * 30),
    level=st.sampled_from(["none", "urgent"]),
    days_out=st.integers(min_value=-400, max_value=400),
)
def test_nobody_who_waited_over_ninety_minutes_is_passed_by_a_newcomer_short_of_an_emergency(
    waited: int, level: str, days_out: int
) -> None:
    old = rank(opened_at=NINE - timedelta(minutes=waited), level="none", release_date=None, now=NINE)
    new = rank(opened_at=NINE, level=level, release_date=NINE.date() - timedelta(days=days_out), now=NINE)
    assert (not old.emergency, old.ranked_at) < (not new.emergency, new.ranked_at)


@pytest.mark.parametrize(
    ("released", "worth"),
    [(date(2026, 11, 28), 0), (date(2026, 11, 27), 30), (date(2026, 11, 25), 30), (date(2026, 11, 11), 30),
     (date(2026, 11, 10), 0), (None, 0)],
)  # fmt: skip
def test_the_days_around_release_are_worth_half_an_hour(released: date | None, worth: int) -> None:
    ranked = rank(opened_at=NINE, level="none", release_date=released, now=NINE)
    assert ranked.ranked_at == NINE - timedelta(minutes=worth)


def test_the_day_is_scotlands_day_not_the_servers() -> None:
    summer_night = datetime(2026, 7, 14, 23, 30, tzinfo=timezone.utc)
    ranked = rank(opened_at=summer_night, level="none", release_date=date(2026, 7, 17), now=summer_night)
    assert ranked.ranked_at < summer_night


async def test_asking_twice_is_one_place_at_its_age_and_can_only_raise_its_level(
    database: Database, wait: Wait, clock: FixedClock
) -> None:
    first = await wait()
    asked_at = clock.now()
    clock.forward(minutes=20)
    assert first.conversation_id is not None
    again = await wait(conversation_id=first.conversation_id, level="emergency")
    calmer = await wait(conversation_id=first.conversation_id, level="none")
    assert first.id == again.id == calmer.id
    assert (calmer.level, calmer.emergency, calmer.opened_at) == ("emergency", True, asked_at)


async def test_the_queue_owns_those_whom_an_officer_has_room_for_and_the_assistant_stays_with_the_rest(
    database: Database, wait: Wait, clock: FixedClock, queue: Queue, handoffs: Handoffs
) -> None:
    alone = await wait()
    assert alone.conversation_id is not None
    assert (await conversation(database, alone.conversation_id)).owner == Owner.ASSISTANT.value
    karen = await hire(database, clock, present=True)
    async with database.write() as session:
        await queue.settle_owners(session)
    settled = await conversation(database, alone.conversation_id)
    assert (settled.owner, settled.owner_epoch) == (Owner.QUEUE.value, 1)
    for _ in range(CAPACITY):
        async with database.write() as session:
            await handoffs.claim_next(session, karen.staff)
        last = await wait()
    assert last.conversation_id is not None
    assert (await conversation(database, last.conversation_id)).owner == Owner.ASSISTANT.value


async def test_of_a_long_queue_the_head_gets_its_new_owner_first(database: Database, wait: Wait) -> None:
    later, head = await wait(), await wait(level="urgent")
    for next_one in (head, later):
        async with database.write() as session:
            changed = await repository.set_owner_of_waiting(session, owner="queue", instead_of="assistant", limit=1)
        assert list(changed) == [next_one.conversation_id]


async def test_the_place_told_is_the_place_held(
    database: Database, wait: Wait, clock: FixedClock, queue: Queue
) -> None:
    places = [await wait() for _ in range(3)]
    urgent = await wait(level="urgent")
    async with database.read() as session:
        standings = []
        for handoff in [*places, urgent]:
            assert handoff.conversation_id is not None
            person = await conversations.conversation_by_id(session, handoff.conversation_id)
            assert person is not None
            standings.append(await queue.standing(session, person))
    assert [one.position for one in standings] == [2, 3, 4, 1]
    assert {(one.officers_available, one.estimate_minutes) for one in standings} == {(0, None)}


async def test_who_has_not_asked_is_told_the_place_they_would_get(
    database: Database, wait: Wait, clock: FixedClock, queue: Queue
) -> None:
    await wait()
    await wait()
    newcomer = await webchat(database, clock)
    async with database.read() as session:
        person = await conversations.conversation_by_id(session, newcomer)
        assert person is not None
        assert (await queue.standing(session, person)).position == 3


async def test_an_estimate_is_given_only_when_there_is_something_to_judge_by(
    database: Database, wait: Wait, clock: FixedClock, queue: Queue, handoffs: Handoffs
) -> None:
    karen = await hire(database, clock, present=True)

    async def estimate() -> int | None:
        async with database.read() as session:
            person = await conversations.conversation_by_id(session, newcomer)
            assert person is not None
            return (await queue.standing(session, person)).estimate_minutes

    newcomer = await webchat(database, clock)
    for served in range(5):
        assert await estimate() is None, f"{served} conversations are too few to judge by"
        handoff = await wait()
        async with database.write() as session:
            await handoffs.claim(session, handoff.id, karen.staff)
        clock.forward(seconds=30)
        async with database.write() as session:
            await handoffs.wrap_up(session, handoff.id, karen.staff, outcome=Outcome.SAFE, note="fine")
    clock.forward(seconds=-150)
    assert await estimate() == 5


async def test_a_person_can_give_up_their_place_but_an_emergency_is_only_closed_by_staff(
    database: Database, wait: Wait, queue: Queue
) -> None:
    ordinary, emergency = await wait(), await wait(level="emergency")
    left = []
    for handoff in (ordinary, emergency):
        assert handoff.conversation_id is not None
        async with database.write() as session:
            person = await conversations.conversation_for_change(session, handoff.conversation_id)
            assert person is not None
            left.append(await queue.leave(session, person))
    assert left == [True, False]
    assert await _order(database) == [emergency.id]


async def test_a_callback_takes_somebody_out_of_the_line_but_never_an_emergency(
    database: Database, wait: Wait, queue: Queue, clock: FixedClock
) -> None:
    when = clock.now() + timedelta(hours=12)
    states = []
    for handoff in (await wait(), await wait(level="emergency")):
        assert handoff.conversation_id is not None
        async with database.write() as session:
            person = await conversations.conversation_for_change(session, handoff.conversation_id)
            assert person is not None
            booked = await queue.book_callback(session, person, reason="asked", when=when)
            states.append((booked.state, booked.callback_at))
    assert states == [("callback_scheduled", when), ("waiting", when)]


async def test_an_emergency_that_finds_nobody_pages_the_on_call_number_once_without_a_word_about_anybody(
    database: Database, wait: Wait, numbers: NumberSafe
) -> None:
    emergency = await wait(level="emergency", location="12 Glebe Street")
    await wait(conversation_id=emergency.conversation_id, level="emergency")
    (page,) = await _pages(database)
    assert page.destination_sealed is not None
    assert page.text is not None
    assert numbers.open(page.destination_sealed) == ON_CALL
    assert ON_CALL not in page.destination_sealed
    assert page.conversation_id is None
    assert "Glebe" not in page.text


async def test_with_somebody_on_shift_the_page_goes_out_when_a_minute_has_passed_unclaimed(
    database: Database, wait: Wait, clock: FixedClock, queue: Queue
) -> None:
    waiting_long = await wait()
    clock.forward(minutes=30)
    await hire(database, clock, present=True)
    await wait(conversation_id=waiting_long.conversation_id, level="emergency")

    async def pages_after(**time: float) -> int:
        clock.forward(**time)
        async with database.write() as session:
            return await queue.page_unclaimed_emergencies(session)

    assert [await pages_after(seconds=s) for s in (0, 59, 1, 60)] == [0, 0, 1, 0]
    assert await pages_after(minutes=5) == 1
    assert await pages_after(minutes=60) == 0
    assert len(await _pages(database)) == 2


async def test_who_writes_again_is_ranked_anew_and_the_consoles_hear_of_it(
    database: Database, wait: Wait, clock: FixedClock, queue: Queue, live: InProcessLive
) -> None:
    handoff = await wait()
    assert handoff.conversation_id is not None
    async with live.subscribe("queue") as events:
        async with database.write() as session:
            person = await conversations.conversation_for_change(session, handoff.conversation_id)
            assert person is not None
            await conversations.note_fact(session, person.id, "release_date", "2026-11-27", now=clock.now())
            await queue.person_wrote(session, person, level="urgent")
        _, event = await anext(events)
    assert event == {"type": "queue", "handoff_id": str(handoff.id), "change": "message", "emergency": False}
    async with database.read() as session:
        now_ranked = await repository.handoff_by_id(session, handoff.id)
    assert now_ranked is not None
    assert now_ranked.ranked_at == handoff.opened_at - timedelta(minutes=90)


async def test_a_waiting_person_hears_their_new_place_live(
    database: Database, wait: Wait, clock: FixedClock, live: InProcessLive
) -> None:
    first = await wait()
    async with live.subscribe(f"conversation:{first.conversation_id}") as events:
        await wait(level="emergency")
        _, event = await anext(events)
    assert event == {"type": "owner", "owner": "assistant", "officer": None, "position": 2}


async def test_one_conversation_has_one_open_place_whatever_the_code_does(
    database: Database, wait: Wait, clock: FixedClock
) -> None:
    handoff = await wait()

    async def a_second_place() -> None:
        async with database.write() as session:
            session.add(
                Handoff(
                    conversation_id=handoff.conversation_id,
                    state=State.WAITING.value,
                    reason="bug",
                    opened_at=clock.now(),
                    ranked_at=clock.now(),
                )
            )

    with pytest.raises(Exception, match=r"(?i)unique"):
        await a_second_place()
    async with database.read() as session:
        assert (await session.execute(select(func.count()).select_from(Handoff))).scalar_one() == 1


async def test_a_child_in_touch_is_told_to_the_safeguarding_lead_at_once_and_again_until_an_officer_has_them(
    database: Database, wait: Wait, clock: FixedClock, queue: Queue, numbers: NumberSafe, handoffs: Handoffs
) -> None:
    officer = await hire(database, clock, present=True)
    child = await wait(reason="young_person", first_name="Skye")
    (page,) = await _pages(database)
    assert page.destination_sealed is not None
    assert numbers.open(page.destination_sealed) == SAFEGUARDING
    assert page.text is not None
    assert "Skye" not in page.text

    async def told_after(**time: float) -> int:
        clock.forward(**time)
        async with database.write() as session:
            return await queue.safeguarding.remind(session)

    assert [await told_after(minutes=m) for m in (4, 1, 1)] == [0, 1, 0]
    await wait(conversation_id=child.conversation_id, reason="young_person")
    assert len(await _pages(database)) == 2
    async with database.write() as session:
        await handoffs.claim(session, child.id, officer.staff)
    assert await told_after(minutes=10) == 0


async def test_a_child_known_from_before_is_told_of_when_they_ask_again_for_whatever_reason(
    database: Database, wait: Wait
) -> None:
    await wait(young_person=True)
    await wait()
    assert len(await _pages(database)) == 1
