"""One of several processes in which officers claim from a full queue at once: `python -m tests.queue.claimers`.

Arguments: the database's address, and how many officers. It waits for a line on stdin, so that all processes begin
together, and prints, as JSON, the handoffs that its officers took, in order, and its seconds.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.fernet import Fernet

from api.conversations.phone_numbers import NumberSafe
from api.database.engine import Database
from api.handoffs.officers import Handoffs
from api.handoffs.service import Queue
from tests.api.clocks import FixedClock
from voice import Voice

AT_ONCE = 10
"""Connections a process uses: PostgreSQL allows a hundred in all."""


@dataclass(frozen=True)
class Claimer:
    """An officer by id alone."""

    id: UUID
    first_name: str = "Officer"


async def claim_all(url: str, officers: list[UUID], now: datetime, voice: Voice) -> list[str]:
    """Have every officer take people until nobody waits."""
    database = Database(url)
    queue = Queue(
        clock=FixedClock(now),
        voice=voice,
        numbers=NumberSafe(encryption_key=Fernet.generate_key(), lookup_key=b"lookup"),
        on_call_number=None,
        lease_seconds=90,
        presence_seconds=45,
    )
    deeds, door, taken = Handoffs(queue), asyncio.Semaphore(AT_ONCE), []

    async def work(officer: Claimer) -> None:
        while True:
            async with door, database.write() as session:
                handoff = await deeds.claim_next(session, officer)
            if handoff is None:
                return
            taken.append(str(handoff.id))

    await asyncio.gather(*(work(Claimer(officer)) for officer in officers))
    await database.close()
    return taken


def main() -> None:
    """Wait for the start, claim, tell."""
    url, now, *officers = sys.argv[1:]
    voice = Voice.load()
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    taken = asyncio.run(claim_all(url, [UUID(officer) for officer in officers], datetime.fromisoformat(now), voice))
    print(json.dumps({"taken": taken, "seconds": time.monotonic() - began}), flush=True)


if __name__ == "__main__":
    main()
