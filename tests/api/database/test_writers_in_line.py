"""Many writers at once stand in line and none is turned away."""

from __future__ import annotations

import asyncio

from api.conversations.service import open_webchat
from api.database.engine import Database
from tests.api.clocks import FixedClock


async def test_fifty_writers_at_once_are_all_served(database: Database, clock: FixedClock) -> None:
    async def one() -> None:
        async with asyncio.timeout(30), database.write() as session:
            await open_webchat(session, clock=clock)

    await asyncio.gather(*(one() for _ in range(50)))


async def test_a_reader_waits_for_no_writer(database: Database, clock: FixedClock) -> None:
    async with database.write() as writing:
        await open_webchat(writing, clock=clock)
        async with asyncio.timeout(10):
            assert await database.answers()
