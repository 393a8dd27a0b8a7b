"""One unit of work is all or nothing, and what follows from it waits for the commit."""

from __future__ import annotations

import asyncio
import threading
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from api.conversations import service as conversations
from api.conversations.models import Conversation
from api.database.engine import Database, after_commit, announce
from api.live import InProcessLive, LiveEvent
from tests.api.clocks import FixedClock


async def test_what_is_announced_is_published_once_the_commit_stands(database: Database, live: InProcessLive) -> None:
    async with live.subscribe("queue") as events:
        async with database.write() as session:
            announce(session, LiveEvent("queue", {"type": "queue"}))
        assert await anext(events) == ("queue", {"type": "queue"})


async def test_nothing_is_told_of_work_that_was_rolled_back(
    database: Database, live: InProcessLive, clock: FixedClock
) -> None:
    told: list[str] = []

    async def tell() -> None:
        told.append("commit")

    async def half_a_piece_of_work() -> None:
        async with database.write() as session:
            await conversations.open_webchat(session, clock=clock)
            after_commit(session, tell)
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        await half_a_piece_of_work()
    async with database.read() as session:
        assert (await session.execute(select(Conversation))).first() is None
    assert told == []


async def test_a_listener_that_fails_does_not_undo_or_fail_the_change(database: Database, clock: FixedClock) -> None:
    async def fail(_event: LiveEvent) -> None:
        raise ConnectionError("redis is gone")

    database.listen(LiveEvent, fail)
    async with database.write() as session:
        await conversations.open_webchat(session, clock=clock)
        announce(session, LiveEvent("queue", {"type": "queue"}))
    async with database.read() as session:
        assert (await session.execute(select(Conversation))).first() is not None


async def test_an_instant_without_a_time_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="without a time zone"):
        async with database.write() as session:
            session.add(Conversation(channel="web", created_at=datetime(2026, 11, 25, 21, 0)))


async def test_an_error_of_the_database_shows_nobodys_words(database: Database, clock: FixedClock) -> None:
    async def store_the_same_twice() -> None:
        async with database.write() as session:
            for _ in range(2):
                session.add(Conversation(channel="web", token_hash="secret words", created_at=clock.now()))

    with pytest.raises(Exception, match="hidden") as refused:
        await store_the_same_twice()
    assert "secret words" not in str(refused.value).split("DETAIL")[0]


def test_a_task_cancelled_in_the_midst_of_a_statement_keeps_no_loop_from_closing(tmp_path: Path) -> None:
    async def cancelled_midway() -> None:
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'midway.db'}")

        async def look_for_ever() -> None:
            while True:
                await database.answers()

        looking = asyncio.create_task(look_for_ever())
        for _ in range(40):
            await asyncio.sleep(0)
        looking.cancel()

    loop = threading.Thread(target=asyncio.run, args=(cancelled_midway(),), daemon=True)
    loop.start()
    loop.join(10)
    assert not loop.is_alive()
