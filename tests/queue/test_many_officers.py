"""Two hundred officers, two thousand people, several processes: nobody is taken twice and nobody is passed over."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select

from api.conversations.models import Conversation, Owner
from api.database.base import new_id
from api.database.engine import Database
from api.handoffs.models import Handoff
from api.staff.models import Role, Staff, StaffPresence
from tests.api.clocks import FixedClock

OFFICERS, PEOPLE, PROCESSES = 200, 2000, 4


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """PostgreSQL alone: SQLite lets one process write at a time."""
    return str(request.getfixturevalue("postgresql_address"))


async def _full_queue(database: Database, clock: FixedClock) -> tuple[list[UUID], list[UUID]]:
    """Officers who take any number at once, and people in the order in which they are to be taken."""
    officers, chats = [new_id() for _ in range(OFFICERS)], [new_id() for _ in range(PEOPLE)]
    now = clock.now()
    people = []
    for number, chat in enumerate(chats):
        asked = now - timedelta(minutes=PEOPLE - number)
        people.append(
            {"id": new_id(), "conversation_id": chat, "state": "waiting", "reason": "asked", "level": "none",
             "emergency": number % 100 == 99, "opened_at": asked, "ranked_at": asked, "needs_met": [],
             "needs_referred": []}
        )  # fmt: skip
    async with database.write() as session:
        await session.execute(
            insert(Staff),
            [{"id": one, "name": f"Officer {n}", "email": f"o{n}@example.org", "role": Role.OFFICER.value,
              "active": True, "created_at": now} for n, one in enumerate(officers)],
        )  # fmt: skip
        await session.execute(
            insert(StaffPresence),
            [{"staff_id": one, "availability": "available", "since": now, "capacity": PEOPLE} for one in officers],
        )
        await session.execute(
            insert(Conversation),
            [{"id": chat, "channel": "web", "token_hash": str(chat), "owner": "queue", "created_at": now}
             for chat in chats],
        )  # fmt: skip
        await session.execute(insert(Handoff), people)
    in_order = sorted(people, key=lambda one: (not one["emergency"], one["ranked_at"]))
    return officers, [one["id"] for one in in_order]


def _start(url: str, clock: FixedClock, officers: list[UUID]) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-m", "tests.queue.claimers", url, clock.now().isoformat(), *map(str, officers)]
    started = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    assert started.stdout.readline().strip() == "ready"
    return started


def _go(processes: list[subprocess.Popen[str]]) -> list[dict[str, Any]]:
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = []
    for process in processes:
        out, _ = process.communicate(timeout=900)
        assert process.returncode == 0
        told.append(json.loads(out))
    return told


async def test_two_hundred_officers_take_two_thousand_people_once_each_with_none_passed_over(
    database: Database, database_url: str, clock: FixedClock, capsys: Any
) -> None:
    officers, in_order = await _full_queue(database, clock)
    shares = [officers[number::PROCESSES] for number in range(PROCESSES)]
    processes = [await asyncio.to_thread(_start, database_url, clock, share) for share in shares]
    told = await asyncio.to_thread(_go, processes)

    taken = [handoff for process in told for handoff in process["taken"]]
    seconds = max(process["seconds"] for process in told)
    with capsys.disabled():
        print(f"\n{len(taken)} claims by {OFFICERS} officers in {PROCESSES} processes: {seconds:.1f} s, "
              f"{len(taken) / seconds:.0f} a second, {len(taken) - len(set(taken))} twice")  # fmt: skip
    assert len(taken) == len(set(taken)) == PEOPLE
    assert {UUID(one) for one in taken} == set(in_order)
    async with database.read() as session:
        states = await session.execute(select(Handoff.state, func.count()).group_by(Handoff.state))
        assert [tuple(row) for row in states] == [("claimed", PEOPLE)]
        owners = await session.execute(
            select(func.count())
            .select_from(Conversation)
            .join(Handoff, Handoff.conversation_id == Conversation.id)
            .where(Conversation.owner == Owner.OFFICER.value, Conversation.officer_id == Handoff.claimed_by)
        )
        assert owners.scalar_one() == PEOPLE
    # In each process claims come in the queue's order, but for the few that were going on at the same time.
    place = {str(one): number for number, one in enumerate(in_order)}
    for process in told:
        places = [place[one] for one in process["taken"]]
        behind = max((max(places[: n + 1]) - at for n, at in enumerate(places)), default=0)
        assert behind <= OFFICERS, "nobody is passed over by more people than there are officers claiming"
