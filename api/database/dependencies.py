"""How routes get at the database and the time."""

from __future__ import annotations

from fastapi.requests import HTTPConnection

from api.database.engine import Database
from reference.clock import Clock


def database_of(connection: HTTPConnection) -> Database:
    """The database of this application."""
    database: Database = connection.app.state.database
    return database


def clock_of(connection: HTTPConnection) -> Clock:
    """The clock of this application."""
    clock: Clock = connection.app.state.clock
    return clock
