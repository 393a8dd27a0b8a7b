"""Whom "next person" gives: skills are preferred near the head, nobody starves, nobody gets more than they take."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.database.engine import Database
from api.handoffs.next_person import MATCH_IS_WORTH, Candidate, in_order_for
from api.handoffs.officers import Handoffs
from api.problems import Conflict
from api.staff import presence
from api.staff.presence import Availability
from tests.api.clocks import FixedClock
from tests.api.handoffs.conftest import Wait
from tests.api.people import Colleague, hire

NINE = datetime(2026, 11, 25, 21, 0, tzinfo=timezone.utc)
PEOPLE = st.lists(
    st.builds(
        Candidate,
        id=st.integers(0, 2**64).map(lambda n: UUID(int=n)),
        emergency=st.booleans(),
        ranked_at=st.integers(-90, 0).map(lambda minutes: NINE + timedelta(minutes=minutes)),
        skill=st.sampled_from([None, "alcohol", "justice"]),
    ),
    unique_by=lambda one: one.id,
    max_size=12,
)


@given(waiting=PEOPLE)
def test_nobody_is_passed_by_somebody_more_than_ten_minutes_behind_and_no_emergency_by_anybody_calmer(
    waiting: list[Candidate],
) -> None:
    heads = sorted(waiting, key=lambda one: (not one.emergency, one.ranked_at, one.id))
    ordered = list(in_order_for(frozenset({"alcohol"}), heads, [one for one in heads if one.skill == "alcohol"]))
    assert {one.id for one in ordered} == {one.id for one in waiting}
    assert len(ordered) == len(waiting)
    for place, one in enumerate(ordered):
        for later in ordered[place + 1 :]:
            assert one.emergency or not later.emergency
            if one.emergency == later.emergency:
                assert one.ranked_at - later.ranked_at <= MATCH_IS_WORTH


async def _skilled(database: Database, clock: FixedClock, who: Colleague, *skills: str) -> None:
    async with database.write() as session:
        await presence.set_skills(session, clock, who.id, skills, actor="test")


async def test_who_wants_this_officers_skill_comes_before_who_asked_a_little_earlier_but_not_much_earlier(
    database: Database, wait: Wait, handoffs: Handoffs, clock: FixedClock, karen: Colleague
) -> None:
    await _skilled(database, clock, karen, "bereavement")
    long_ago = await wait()
    clock.forward(minutes=15)
    lately = await wait()
    clock.forward(minutes=5)
    bereaved = await wait(skill="bereavement")
    taken = []
    for _ in range(3):
        async with database.write() as session:
            handoff = await handoffs.claim_next(session, karen.staff)
        assert handoff is not None
        taken.append(handoff.id)
    assert taken == [long_ago.id, bereaved.id, lately.id]


async def test_an_officer_gets_no_more_people_than_they_take_except_in_an_emergency(
    database: Database, wait: Wait, handoffs: Handoffs, clock: FixedClock, karen: Colleague
) -> None:
    async with database.write() as session:
        await presence.set_capacity(session, clock, karen.id, 1, actor="test")
    await wait()
    second = await wait()

    async def next_person() -> UUID | None:
        async with database.write() as session:
            taken = await handoffs.claim_next(session, karen.staff)
        return taken.id if taken else None

    await next_person()
    with pytest.raises(Conflict, match="as many as you take"):
        await next_person()
    emergency = await wait(level="emergency")
    assert await next_person() == emergency.id
    async with database.write() as session:
        assert (await handoffs.claim(session, second.id, karen.staff)).id == second.id


async def test_nobody_is_given_to_an_officer_on_a_break(
    database: Database, wait: Wait, handoffs: Handoffs, clock: FixedClock, karen: Colleague
) -> None:
    await wait()
    async with database.write() as session:
        await presence.say(session, clock, karen.id, Availability.ON_BREAK)
    with pytest.raises(Conflict, match="on a break"):
        async with database.write() as session:
            await handoffs.claim_next(session, karen.staff)
    async with database.write() as session:
        await presence.say(session, clock, karen.id, Availability.AVAILABLE)
        assert await handoffs.claim_next(session, karen.staff) is not None


async def test_the_board_tells_who_is_there_on_a_break_and_away_by_themselves(
    database: Database, clock: FixedClock, karen: Colleague, ross: Colleague
) -> None:
    await hire(database, clock, "Never Came")
    async with database.write() as session:
        await presence.say(session, clock, ross.id, Availability.ON_BREAK)

    async def board() -> dict[str, str]:
        async with database.read() as session:
            everybody = await presence.everybody_who_takes_people(session, clock.now(), presence_seconds=45)
            there = await presence.there_now(session, clock.now(), presence_seconds=45)
        shown = {one.staff.first_name: one.availability.value for one in everybody}
        assert [staff.first_name for staff, _ in there] == [name for name, now in shown.items() if now == "available"]
        return shown

    assert await board() == {"Karen": "available", "Never": "away", "Ross": "on_break"}
    clock.forward(seconds=46)
    assert await board() == {"Karen": "away", "Never": "away", "Ross": "on_break"}
