"""Reports count right, by days in Scotland, and nobody can be found in them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.conversations import repository as conversations
from api.conversations.models import Conversation
from api.conversations.service import open_webchat, store_person_message
from api.database.engine import Database
from api.handoffs.models import Handoff
from api.insight.over_time import Period, Report, report
from api.insight.small_numbers import SMALLEST_TOLD, told_apart
from tests.api.clocks import FixedClock


async def comes(database: Database, clock: FixedClock, at: datetime, **facts: Any) -> Conversation:
    """Somebody comes and writes at an instant."""
    async with database.write() as session:
        conversation, _ = await open_webchat(session, clock=clock)
        stored = await store_person_message(
            session, conversation, text="hello", channel_id="1", safety={"level": "none"}, clock=clock
        )
        stored.message.sent_at = conversation.created_at = conversation.last_person_at = at
        for name, value in facts.items():
            await conversations.note_fact(session, conversation.id, name, value, now=at)
    return conversation


async def helped(database: Database, conversation: Conversation, *, minutes: int, **more: Any) -> None:
    """They asked for a person and had an officer's first words after so many minutes."""
    opened = conversation.created_at
    fields = {"outcome": "safe", "naloxone": "not_raised", "level": "none", "emergency": False, **more}
    async with database.write() as session:
        session.add(
            Handoff(
                conversation_id=conversation.id,
                state="closed",
                reason="asked",
                opened_at=opened,
                ranked_at=opened,
                answered_at=opened + timedelta(minutes=minutes),
                answer_by=opened + timedelta(minutes=10),
                closed_at=opened + timedelta(hours=1),
                **fields,
            )
        )


async def told(database: Database, clock: FixedClock, days: int = 7) -> Report:
    async with database.read() as session:
        return await report(session, Period.lately(days, clock.now()), clock.now())


async def test_contacts_waits_outcomes_needs_and_areas_are_counted(database: Database, clock: FixedClock) -> None:
    for number in range(10):
        person = await comes(
            database,
            clock,
            clock.now() - timedelta(hours=number),
            needs=["naloxone", "housing"] if number < 5 else ["naloxone"],
            place="fife",
            audience="family",
        )
        await helped(database, person, minutes=number + 3, outcome="safe" if number < 5 else "referred")
    shown = await told(database, clock)
    assert (shown.contacts, shown.asked_for_a_person) == (10, 10)
    assert shown.needs == {"naloxone": 10, "housing": 5}
    assert shown.areas == {"fife": 10}
    assert shown.outcomes == {"safe": 5, "referred": 5}
    (ordinary,) = (wait for wait in shown.waits if wait.level == "none")
    assert (ordinary.answered, ordinary.median, ordinary.nine_in_ten) == (10, 7, 11)
    assert shown.targets == {"hit": None, "missed": None}, "two are too late, so eight in time would give them away"


async def test_a_day_ends_at_midnight_in_scotland_in_summer_too(database: Database, clock: FixedClock) -> None:
    clock.set(datetime(2026, 7, 10, 12, tzinfo=timezone.utc))
    for minute in range(5):
        await comes(database, clock, datetime(2026, 7, 8, 23, 5 + minute, tzinfo=timezone.utc))
    shown = await told(database, clock, days=3)
    assert [count for _, count in shown.steps] == [0, 5, 0]
    assert shown.steps[1][0] == date(2026, 7, 9)


async def test_what_lies_before_the_period_is_not_in_it(database: Database, clock: FixedClock) -> None:
    await comes(database, clock, clock.now() - timedelta(days=8))
    assert (await told(database, clock)).contacts == 0


async def test_who_only_opened_the_window_is_no_contact(database: Database, clock: FixedClock) -> None:
    async with database.write() as session:
        await open_webchat(session, clock=clock)
    assert (await told(database, clock)).contacts == 0


async def test_contact_after_release_counts_to_the_second_day(database: Database, clock: FixedClock) -> None:
    released = clock.now().date() - timedelta(days=5)
    noon = datetime(released.year, released.month, released.day, 12, tzinfo=timezone.utc)
    for number in range(12):
        days = 2 if number < 6 else 3
        await comes(database, clock, noon + timedelta(days=days), release_date=released.isoformat())
    await comes(database, clock, clock.now(), release_date=clock.now().date().isoformat())
    shown = (await told(database, clock)).after_release
    assert (shown.released, shown.in_touch) == (12, 6), "whose second day is still to come is not counted yet"


async def test_fewer_than_five_are_never_counted_out(database: Database, clock: FixedClock) -> None:
    for number in range(9):
        await comes(database, clock, clock.now() - timedelta(hours=number), place="fife" if number < 4 else "highland")
    shown = await told(database, clock)
    assert shown.contacts == 9
    assert shown.areas == {"highland": None, "fife": None}


@given(st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 20)))
def test_what_is_left_out_cannot_be_had_back_from_the_sum(counts: dict[str, int]) -> None:
    shown = told_apart(counts)
    hidden = [name for name, count in shown.items() if count is None]
    assert all(count is None or count == 0 or count >= SMALLEST_TOLD for count in shown.values())
    assert all(shown[name] in (None, counts[name]) for name in counts)
    if hidden and any(counts[name] >= SMALLEST_TOLD for name in counts):
        assert len(hidden) >= 2


@pytest.mark.parametrize(("days", "by_week", "steps"), [(7, False, 7), (14, False, 14), (28, True, 4), (91, True, 13)])
async def test_long_periods_are_told_by_the_week(
    database: Database, clock: FixedClock, days: int, by_week: bool, steps: int
) -> None:
    shown = await told(database, clock, days=days)
    assert (shown.by_week, len(shown.steps)) == (by_week, steps)
