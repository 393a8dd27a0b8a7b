"""One of several processes in which officers claim from a full queue at once: `python -m tests.queue.claimers`.

Arguments: the database's address, the way to claim (`ways`), the time, the officers, and after `writing` the people who
go on writing while they wait. It reads a line from stdin, so that all processes begin together, and prints as JSON
whom its officers took, each with when that was decided on, its seconds, and how many messages were stored meanwhile.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from cryptography.fernet import Fernet

from api.conversations import repository as conversations
from api.conversations import service
from api.conversations.phone_numbers import NumberSafe
from api.database.engine import Database
from api.handoffs.service import Queue
from tests.api.clocks import FixedClock
from tests.queue.ways import WAYS
from voice import Voice

AT_ONCE = 10
"""Connections a process uses: PostgreSQL allows a hundred in all."""


@dataclass(frozen=True)
class Claimer:
    """An officer by id alone."""

    id: UUID
    first_name: str = "Officer"


async def claim_all(
    url: str, way: str, officers: list[UUID], people: list[UUID], now: datetime, voice: Voice
) -> tuple[dict[UUID, float], int]:
    """Have every officer take people until nobody waits, while these people write."""
    database = Database(url)
    queue = Queue(
        clock=FixedClock(now),
        voice=voice,
        numbers=NumberSafe(encryption_key=Fernet.generate_key(), lookup_key=b"lookup"),
        on_call_number=None,
        lease_seconds=90,
        presence_seconds=45,
    )
    deeds, door = WAYS[way](queue), asyncio.Semaphore(AT_ONCE)

    async def work(officer: Claimer) -> None:
        while True:
            async with door, database.write() as session:
                handoff = await deeds.claim_next(session, officer)
            if handoff is None:
                return

    over = asyncio.Event()
    writing = asyncio.create_task(_write(database, queue, people, over))
    await asyncio.gather(*(work(Claimer(officer)) for officer in officers))
    over.set()
    written = await writing
    await database.close()
    return deeds.chosen, written


async def _write(database: Database, queue: Queue, people: list[UUID], over: asyncio.Event) -> int:
    """One of them after the other stores a message until it is over: how many."""
    for written, person in enumerate(itertools.cycle(people)):
        if over.is_set():
            return written
        async with database.write() as session:
            conversation = await conversations.conversation_for_change(session, person)
            assert conversation is not None
            await service.store_person_message(
                session,
                conversation,
                text="are you there",
                channel_id=str(uuid4()),
                safety={"level": "none"},
                clock=queue.clock,
            )
            await queue.person_wrote(session, conversation)
    return 0


def main() -> None:
    """Wait for the start, claim, tell."""
    url, way, now, *rest = sys.argv[1:]
    officers, people = rest[: rest.index("writing")], rest[rest.index("writing") + 1 :]
    voice = Voice.load()
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    chosen, written = asyncio.run(
        claim_all(url, way, [*map(UUID, officers)], [*map(UUID, people)], datetime.fromisoformat(now), voice)
    )
    taken = [(str(handoff_id), at) for handoff_id, at in chosen.items()]
    print(json.dumps({"taken": taken, "seconds": time.monotonic() - began, "written": written}), flush=True)


if __name__ == "__main__":
    main()
