"""Brings a database to the tables that this version of the code expects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData

from api.database.engine import Database

_MIGRATIONS = Path(__file__).parent / "migrations"


async def migrate(database: Database) -> None:
    """Run every migration that has not run yet; a second call changes nothing."""
    async with database.engine.begin() as connection:
        await connection.run_sync(_upgrade)


async def write_migration(database: Database, metadata: MetaData, *, number: str, message: str) -> None:
    """Write the migration that leads from this database to `metadata` (for the people who build this)."""

    def revise(connection: Connection) -> None:
        command.revision(_config(connection, metadata=metadata), message=message, rev_id=number, autogenerate=True)

    async with database.engine.begin() as connection:
        await connection.run_sync(revise)


def _upgrade(connection: Connection) -> None:
    command.upgrade(_config(connection), "head")


def _config(connection: Connection, **attributes: Any) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update({"connection": connection, **attributes})
    return config
