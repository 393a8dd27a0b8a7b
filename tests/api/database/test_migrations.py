"""A database that was migrated has the tables that the code expects, and migrating twice is quiet."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from api.database.engine import Database
from api.database.migrate import migrate
from api.tables import metadata


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


def _tables(connection: Connection) -> list[str]:
    return sorted(inspect(connection).get_table_names())


async def test_the_migrations_lead_to_the_tables_of_the_code(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_migrating_again_changes_nothing(database: Database) -> None:
    async with database.engine.connect() as connection:
        before = await connection.run_sync(_tables)
    await migrate(database)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_tables) == before
    assert {"conversations", "handoffs", "outbox", "audit"} <= set(before)
