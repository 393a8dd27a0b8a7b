"""Two hundred officers, two thousand people, several processes: nobody is taken twice and nobody is passed over.

And why a claim is not `SKIP LOCKED`, with the numbers of both (decision 15).
"""

from __future__ import annotations

import asyncio
import itertools
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select, text

from api.conversations import repository as conversations
from api.conversations.models import Conversation, Owner
from api.database.base import new_id
from api.database.engine import Database
from api.handoffs.models import Handoff
from api.handoffs.service import Queue
from api.staff.models import Role, Staff, StaffPresence
from tests.api.clocks import FixedClock
from tests.api.handoffs.conftest import Wait
from tests.api.people import Colleague
from tests.queue.ways import WAYS

OFFICERS, PEOPLE, PROCESSES = 200, 2000, 4


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """PostgreSQL alone: SQLite lets one process write at a time."""
    return str(request.getfixturevalue("postgresql_address"))


async def full_queue(database: Database, clock: FixedClock) -> tuple[list[UUID], dict[UUID, UUID]]:
    """Officers who take any number at once, and who is to be taken in what order: handoffs, each with its person."""
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
    return officers, {one["id"]: one["conversation_id"] for one in in_order}


def start(
    url: str, clock: FixedClock, officers: list[UUID], *, way: str = "ours", writing: list[UUID] | None = None
) -> subprocess.Popen[str]:
    """A process of officers who claim this way, while these people write; it waits to be told to begin."""
    arguments = [url, way, clock.now().isoformat(), *map(str, officers), "writing", *map(str, writing or ())]
    command = [sys.executable, "-m", "tests.queue.claimers", *arguments]
    started = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    assert started.stdout.readline().strip() == "ready"
    return started


def go(processes: list[subprocess.Popen[str]]) -> list[dict[str, Any]]:
    """What each of them told in the end."""
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


async def claimed_by_all(
    database: Database, url: str, clock: FixedClock, *, way: str = "ours", writing_every: int = 0
) -> Claimed:
    """Have them all claim this way, while every so many of the people go on writing: what came of it."""
    officers, in_order = await full_queue(database, clock)
    people = list(in_order.values())[::writing_every] if writing_every else []
    processes = [
        await asyncio.to_thread(
            start, url, clock, officers[n::PROCESSES], way=way, writing=people[n::PROCESSES]
        )
        for n in range(PROCESSES)
    ]  # fmt: skip
    told = await asyncio.to_thread(go, processes)
    taken = sorted((at, UUID(one)) for process in told for one, at in process["taken"])
    place = {one: number for number, one in enumerate(in_order)}
    return Claimed(
        places=[place[one] for _, one in taken],
        seconds=max(process["seconds"] for process in told),
        written=sum(process["written"] for process in told),
    )


@dataclass(frozen=True)
class Claimed:
    """The places in the queue in the order in which it was decided to take them, and what it took."""

    places: Sequence[int]
    seconds: float
    written: int

    @property
    def furthest_behind(self) -> int:
        """By how many people at most somebody was passed who stood before them."""
        furthest, behind = -1, 0
        for place in self.places:
            behind, furthest = max(behind, furthest - place), max(furthest, place)
        return behind

    def __str__(self) -> str:
        """The figures in a line."""
        inversions = sum(later < earlier for earlier, later in itertools.pairwise(self.places))
        return (
            f"{len(self.places)} claims by {OFFICERS} officers in {PROCESSES} processes: {self.seconds:.1f} s, "
            f"{len(self.places) / self.seconds:.0f} a second, {len(self.places) - len(set(self.places))} twice, "
            f"{PEOPLE - len(set(self.places))} left out, {inversions} times out of order, by {self.furthest_behind} "
            f"places at most; {self.written} messages stored meanwhile"
        )


async def test_two_hundred_officers_take_two_thousand_people_once_each_with_none_passed_over(
    database: Database, database_url: str, clock: FixedClock, capsys: Any
) -> None:
    claimed = await claimed_by_all(database, database_url, clock)
    with capsys.disabled():
        print(f"\n{claimed}")
    assert sorted(claimed.places) == list(range(PEOPLE))
    assert claimed.furthest_behind <= OFFICERS, "nobody is passed by more people than there are officers claiming"
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


@pytest.mark.parametrize(("way", "taken_first"), [("ours", "emergency"), ("skip_locked", "none")])
async def test_whoever_is_in_danger_and_writing_just_now_is_taken_where_skip_locked_would_pass_her_over(
    database: Database,
    queue: Queue,
    wait: Wait,
    karen: Colleague,
    way: str,
    taken_first: str,
) -> None:
    await wait()
    in_danger = await wait(level="emergency")
    assert in_danger.conversation_id is not None

    async def next_one() -> Handoff:
        async with database.write() as session:
            taken: Handoff = await WAYS[way](queue).claim_next(session, karen.staff)
            return taken

    async with database.write() as storing_her_message:
        await conversations.conversation_for_change(storing_her_message, in_danger.conversation_id)
        claim = asyncio.create_task(next_one())
        while not claim.done() and not await _somebody_waits_for_a_lock(database):
            pass
    assert (await claim).level == taken_first


async def _somebody_waits_for_a_lock(database: Database) -> bool:
    async with database.read() as session:
        return bool((await session.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))).scalar_one())
