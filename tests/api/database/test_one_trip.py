"""On SQLite a statement runs where it is called unless it may wait, and everything asked of its result is there."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from api.database.engine import Database


@pytest.fixture
async def trips(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A SQLite database, and the list of trips to its thread so far."""
    from aiosqlite import Connection

    made: list[str] = []
    really: Any = Connection._execute

    async def counted(self: Connection, what: Any, *arguments: Any, **options: Any) -> Any:
        made.append(getattr(what, "__name__", "statement"))
        return await really(self, what, *arguments, **options)

    monkeypatch.setattr(Connection, "_execute", counted)
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'one.db'}")
    async with database.write() as session:
        await session.execute(text("CREATE TABLE pets (name TEXT PRIMARY KEY)"))
    yield database, made
    await database.close()


async def test_what_runs_inside_a_transaction_goes_to_no_other_thread(trips: tuple[Database, list[str]]) -> None:
    database, made = trips
    async with database.write() as session:
        await session.connection()
        before = len(made)
        await session.execute(text("INSERT INTO pets VALUES ('Bran')"))
        found = (await session.execute(text("SELECT name FROM pets"))).scalars().all()
        assert (found, len(made) - before) == (["Bran"], 0)


async def test_what_may_wait_for_others_or_for_the_disk_goes_to_the_thread_once(
    trips: tuple[Database, list[str]],
) -> None:
    database, made = trips
    before = len(made)
    async with database.write() as session:
        await session.connection()
        assert len(made) - before == 1, "to begin to write"
        await session.execute(text("INSERT INTO pets VALUES ('Bran')"))
    assert len(made) - before == 2, "and to commit"


async def test_a_writer_that_has_to_wait_keeps_nobody_else_from_working(tmp_path: Path) -> None:
    database, other = (Database(f"sqlite+aiosqlite:///{tmp_path / 'two.db'}") for _ in range(2))
    async with database.write() as session:
        await session.execute(text("CREATE TABLE pets (name TEXT PRIMARY KEY)"))

    async def write_too() -> None:
        async with other.write() as session:
            await session.execute(text("INSERT INTO pets VALUES ('Skye')"))

    async with database.write() as session:
        await session.execute(text("INSERT INTO pets VALUES ('Bran')"))
        waiting = asyncio.create_task(write_too())
        for _ in range(20):
            await asyncio.sleep(0)
        async with other.read() as looking:
            assert (await looking.execute(text("SELECT count(*) FROM pets"))).scalar_one() == 0
        assert not waiting.done()
    await waiting
    await database.close()
    await other.close()


async def test_how_many_rows_changed_is_known_and_many_go_at_once(trips: tuple[Database, list[str]]) -> None:
    database, _ = trips
    async with database.write() as session:
        names = [{"name": name} for name in ("Bran", "Skye")]
        await session.execute(text("INSERT INTO pets VALUES (:name)"), names)
        changed: Any = await session.execute(text("UPDATE pets SET name = name || '!'"))
        assert changed.rowcount == 2


async def test_a_statement_that_fails_says_so_and_the_connection_works_on(trips: tuple[Database, list[str]]) -> None:
    database, _ = trips
    for _ in range(3):
        with pytest.raises(IntegrityError):
            async with database.write() as session:
                await session.execute(text("INSERT INTO pets VALUES ('Bran'), ('Bran')"))
    async with database.read() as session:
        assert (await session.execute(text("SELECT count(*) FROM pets"))).scalar_one() == 0
