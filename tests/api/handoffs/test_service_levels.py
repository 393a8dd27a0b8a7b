"""What is promised by how grave it is, warned of before it is missed, and told to leads when it is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from api.audit.models import AuditEntry
from api.database.engine import Database
from api.delivery.models import OutboxItem
from api.handoffs.officers import Handoffs
from api.handoffs.rescue import RungBy
from api.handoffs.service import Queue
from api.handoffs.service_levels import Priority, ServiceLevels, target_state
from api.handoffs.transitions import Outcome
from api.handoffs.watch import Watch
from api.problems import Conflict, Unprocessable
from tests.api.clocks import FixedClock
from tests.api.handoffs.conftest import Wait
from tests.api.handoffs.deeds import as_it_is_now, claim, speak
from tests.api.people import Colleague


async def _look(database: Database, watch: Watch) -> int:
    async with database.write() as session:
        return len(await watch.keep_promises(session))


async def test_the_graver_the_sooner_and_a_promise_is_never_put_off(
    database: Database, wait: Wait, clock: FixedClock
) -> None:
    due = {}
    for name, said in (
        ("ordinary", {}),
        ("release", {"release_date": "2026-11-24"}),
        ("urgent", {"level": "urgent"}),
        ("emergency", {"level": "emergency"}),
    ):
        handoff = await wait(**said)
        assert handoff.answer_by is not None
        due[name] = handoff.answer_by - clock.now()
    assert due["emergency"] < due["urgent"] < due["release"] < due["ordinary"]
    first = await wait()
    clock.forward(minutes=10)
    worse = await wait(conversation_id=first.conversation_id, level="emergency")
    assert first.answer_by is not None
    assert worse.answer_by == clock.now() + due["emergency"]
    clock.forward(minutes=10)
    again = await wait(conversation_id=first.conversation_id, level="emergency")
    assert again.answer_by == worse.answer_by


async def test_a_promise_is_active_then_warned_of_then_missed_and_each_is_told_once(
    database: Database, wait: Wait, queue: Queue, clock: FixedClock
) -> None:
    watch = Watch(queue)
    handoff = await wait(level="urgent")
    told = []
    for minutes in (0, 5, 4, 1, 1):
        clock.forward(minutes=minutes)
        state = target_state(await as_it_is_now(database, handoff), clock.now())
        told.append((state.value if state else None, await _look(database, watch)))
    assert told == [("active", 0), ("active", 1), ("active", 0), ("active", 0), ("missed", 1)]
    async with database.read() as session:
        found = await session.execute(select(AuditEntry.action).where(AuditEntry.subject == str(handoff.id)))
        assert [action for action in found.scalars() if "service_level" in action] == [
            "handoff.service_level_warned",
            "handoff.service_level_missed",
        ]


async def test_an_officers_first_words_keep_it_a_claim_alone_does_not(
    database: Database, wait: Wait, queue: Queue, handoffs: Handoffs, clock: FixedClock, karen: Colleague
) -> None:
    kept, broken = await wait(level="urgent"), await wait(level="urgent")
    for handoff in (kept, broken):
        await claim(database, handoffs, handoff, karen)
    await speak(database, handoffs, kept, karen, "Hello")
    clock.forward(minutes=11)
    assert await _look(database, Watch(queue)) == 1
    await speak(database, handoffs, broken, karen, "Sorry")
    states = [target_state(await as_it_is_now(database, one), clock.now()) for one in (kept, broken)]
    assert [state.value for state in states if state] == ["hit", "missed"]


async def test_a_missed_emergency_pages_whoever_is_on_call(
    database: Database, wait: Wait, queue: Queue, clock: FixedClock, karen: Colleague
) -> None:
    await wait(level="emergency")
    clock.forward(minutes=2, seconds=1)
    assert await _look(database, Watch(queue)) == 1
    async with database.read() as session:
        pages = await session.execute(select(OutboxItem).where(OutboxItem.channel == "on_call"))
        assert len(pages.scalars().all()) == 1


def test_by_night_only_an_emergencys_clock_runs() -> None:
    levels = ServiceLevels.load()
    night = FixedClock().now() + timedelta(hours=4)
    assert levels.answer_by(Priority.EMERGENCY, night) - night == levels.target(Priority.EMERGENCY).answer_within
    assert levels.answer_by(Priority.URGENT, night) - night > timedelta(hours=7)


@pytest.mark.parametrize("change", ["emergency:", "warn_after: 60"])
def test_targets_that_cannot_be_kept_are_refused(tmp_path: Path, change: str) -> None:
    told = "service_levels:\n" + "".join(
        f"  {priority.value}: {{answer_within: 10, warn_after: 5}}\n" for priority in Priority
    )
    wrong = told.replace("emergency:", "somebody:") if change == "emergency:" else told.replace("warn_after: 5", change)
    (tmp_path / "levels.yml").write_text(wrong)
    with pytest.raises(ValueError, match=r"levels\.yml"):
        ServiceLevels.load(tmp_path / "levels.yml")


async def test_a_lead_is_told_of_an_ending_that_nobody_wrote_up(
    database: Database, wait: Wait, queue: Queue, handoffs: Handoffs, clock: FixedClock, karen: Colleague
) -> None:
    handoff = await wait(level="emergency")
    await claim(database, handoffs, handoff, karen)
    async with database.write() as session:
        await handoffs.end(session, handoff.id, karen.staff)
    asked = []
    for minutes in (19, 1, 1):
        clock.forward(minutes=minutes)
        async with database.write() as session:
            asked.append(list(await Watch(queue).ask_for_endings(session)))
    assert asked == [[], [handoff.id], []]


async def test_an_ambulance_is_written_down_with_who_when_where_and_the_reference(
    database: Database, wait: Wait, handoffs: Handoffs, clock: FixedClock, karen: Colleague
) -> None:
    handoff = await wait(level="emergency")
    async with database.write() as session:
        call = await handoffs.rescue.ambulance_called(
            session,
            handoff.id,
            karen.staff,
            rung_by=RungBy.OFFICER,
            rung_at=clock.now() - timedelta(minutes=2),
            place=" 12 Glebe Street ",
            reference="SAS 4711",
        )
    assert (call.rung_by, call.place, call.reference) == ("officer", "12 Glebe Street", "SAS 4711")
    with pytest.raises(Unprocessable):
        async with database.write() as session:
            await handoffs.rescue.ambulance_called(
                session, handoff.id, karen.staff, rung_by=RungBy.PERSON, rung_at=clock.now() + timedelta(minutes=1)
            )
    await claim(database, handoffs, handoff, karen)
    async with database.write() as session:
        await handoffs.wrap_up(
            session, handoff.id, karen.staff, outcome=Outcome.EMERGENCY_SERVICES_CALLED, note="Ambulance came."
        )
    with pytest.raises(Conflict):
        async with database.write() as session:
            await handoffs.rescue.ambulance_called(session, handoff.id, karen.staff, rung_by=RungBy.PERSON)
    async with database.read() as session:
        entries = await session.execute(select(AuditEntry).where(AuditEntry.action == "handoff.ambulance_called"))
        assert "Glebe" not in str([entry.detail for entry in entries.scalars()])
