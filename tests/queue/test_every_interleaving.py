"""Two officers, and one person with every deed or two people with those that touch both: every state is reached.

In every one of them the promises hold.
"""

from __future__ import annotations

import shutil
from collections import deque
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.models import Conversation, Fact, Message
from api.database.base import Base
from api.database.engine import Database
from api.delivery.models import OutboxItem
from api.handoffs.models import Handoff, HandoffNote
from api.handoffs.officers import Handoffs
from api.problems import Problem
from tests.api.callers import webchat
from tests.api.clocks import FixedClock
from tests.api.people import Colleague
from tests.queue.promises import Place, places_of
from tests.queue.steps import CannotBeDone, Stage

_TABLES: tuple[type[Base], ...] = (Conversation, Message, Fact, Handoff, HandoffNote, OutboxItem)
_CHANGES_NOTHING = ("is late", "the clock looks")
"""Walked at random in `test_crashes`: a late reply changes nothing, and what the clock finds `falls silent` is, too."""
_OF_ONE_PERSON = (
    *_CHANGES_NOTHING,
    "wants the assistant",
    "hands to the assistant",
    "says goodbye",
    "whispers about",
    "takes over",
)
"""Left out with two people, whose states multiply: each of these touches one person alone, and is walked with one."""

Snapshot = list[tuple[type[Base], list[dict[str, Any]]]]


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """SQLite alone: the states are those of the rules. Both databases are walked at random in `test_crashes`."""
    shutil.copy(sqlite_template, tmp_path / "gateside.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'gateside.db'}"


async def test_every_state_that_two_people_and_two_officers_can_reach_keeps_the_promises(
    database: Database, handoffs: Handoffs, clock: FixedClock, karen: Colleague, ross: Colleague, capsys: Any
) -> None:
    people = (await webchat(database, clock), await webchat(database, clock))
    states = await _explored(database, Stage(handoffs, people, (karen, ross)), _OF_ONE_PERSON, capsys)
    assert states > 100


@pytest.mark.parametrize("level", ["none", "emergency"])
async def test_every_state_that_one_person_and_two_officers_can_reach_by_any_deed_keeps_the_promises(
    database: Database,
    handoffs: Handoffs,
    clock: FixedClock,
    karen: Colleague,
    ross: Colleague,
    capsys: Any,
    level: str,
) -> None:
    stage = Stage(handoffs, (await webchat(database, clock),), (karen, ross), levels=(level,))
    states = await _explored(database, stage, _CHANGES_NOTHING, capsys)
    assert states > 10


async def _explored(database: Database, stage: Stage, left_out: tuple[str, ...], capsys: Any) -> int:
    states, tries, refused = await _explore(database, stage, left_out)
    with capsys.disabled():
        counted = f"{states} states visited, {tries} steps tried in them, {refused} of them refused"
        print(f"\npeople: {len(stage.people)}; {counted}")
    return states


async def _explore(database: Database, stage: Stage, left_out: tuple[str, ...]) -> tuple[int, int, int]:
    steps = {name: step for name, step in stage.steps().items() if not any(part in name for part in left_out)}
    tries = refused = 0
    async with database.write() as session:
        start = await places_of(session, stage.people)
        seen = {_key(start, stage)}
        open_states = deque([await _keep(session)])
        while open_states:
            snapshot = open_states.popleft()
            await _bring_back(session, snapshot)
            before = await places_of(session, stage.people)
            for name, step in steps.items():
                tries += 1
                savepoint = await session.begin_nested()
                try:
                    await step(session)
                    await session.flush()
                    after = await places_of(session, stage.people)
                except (Problem, CannotBeDone):
                    refused += 1
                    after = before
                except AssertionError as broken:
                    raise AssertionError(f"after {name!r} in {before}: {broken}") from broken
                _no_emergency_is_dropped(name, before, after)
                if after is not before and _key(after, stage) not in seen:
                    seen.add(_key(after, stage))
                    open_states.append(await _keep(session))
                await savepoint.rollback()
                session.expunge_all()
                session.info.clear()
    return len(seen), tries, refused


def _key(state: tuple[Place, ...], stage: Stage) -> tuple[object, ...]:
    """The state, whichever of the two officers is called which: they may do the same."""
    karen, ross = (officer.id for officer in stage.officers)
    swapped = {karen: ross, ross: karen}
    plain, other = (
        tuple(str(named.get(one, one)) for place in state for one in _what_decides(place)) for named in ({}, swapped)
    )
    return min(plain, other)


def _what_decides(place: Place) -> tuple[object, ...]:
    """All but which of the two automatic speakers it is: neither changes what can be done next."""
    return (place.officer is not None, *astuple(place)[1:])


def _no_emergency_is_dropped(name: str, before: tuple[Place, ...], after: tuple[Place, ...]) -> None:
    for was, now in zip(before, after, strict=True):
        if was.emergency and now.state is None:
            assert "writes up" in name or "hands to the assistant" in name, f"{name!r} dropped an emergency"


async def _keep(session: AsyncSession) -> Snapshot:
    """Every row as it is now."""
    kept = []
    for table in _TABLES:
        rows = await session.execute(select(table.__table__))
        kept.append((table, [dict(row._mapping) for row in rows]))
    return kept


async def _bring_back(session: AsyncSession, snapshot: Snapshot) -> None:
    for table, _ in reversed(snapshot):
        await session.execute(table.__table__.delete())  # type: ignore[attr-defined]
    for table, rows in snapshot:
        if rows:
            await session.execute(insert(table.__table__), rows)  # type: ignore[arg-type]
    session.expunge_all()
