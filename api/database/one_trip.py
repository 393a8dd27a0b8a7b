"""A statement of SQLite's runs where it is called, unless it may have to wait.

The driver keeps a connection in a thread of its own, and SQLAlchemy's adapter goes there five times for one statement:
open a cursor, execute, fetch, close. Each trip changes threads twice, which costs several times what the statement
does. What begins to write may wait for another process, and what commits may wait for the disk: these go to the thread,
in one trip. Inside a transaction nothing is left to wait for, since readers of a write-ahead log wait for nobody: there
a statement runs at once, some hundredths of a millisecond of memory work.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection, AsyncAdapt_aiosqlite_cursor
from sqlalchemy.ext.asyncio import AsyncEngine

_NEVER_WAITS = ("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH ")
_READS = "BEGIN"


def use_one_trip(engine: AsyncEngine) -> None:
    """Have every connection of this SQLite engine run a statement at once, or in one trip if it may wait.

    The engine must have been made with `check_same_thread` off: a connection is used by one at a time all the same.
    """

    @event.listens_for(engine.sync_engine, "do_connect")
    def _connect(dialect: Any, _record: Any, arguments: Any, options: Any) -> _Connection:
        opened = dialect.connect(*arguments, **options)
        return _Connection(opened.dbapi, opened._connection)


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """Holds all rows of its one statement; nothing is left open in the thread."""

    __slots__ = ("_about", "arraysize")

    def __init__(self, adapt_connection: AsyncAdapt_aiosqlite_connection) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._rows = deque()
        self._about: tuple[Any, int, Any] = (None, -1, None)
        self.arraysize = 1

    @property
    def description(self) -> Any:
        return self._about[0]

    @property
    def rowcount(self) -> int:
        return self._about[1]

    @property
    def lastrowid(self) -> Any:
        return self._about[2]

    def close(self) -> None:
        self._rows.clear()

    async def _async_soft_close(self) -> None:
        """The thread's cursor was closed with its statement."""

    async def _execute_async(self, operation: Any, parameters: Any) -> Any:
        values = () if parameters is None else parameters
        await self._run(operation, lambda cursor: cursor.execute(operation, values))

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> Any:
        await self._run(operation, lambda cursor: cursor.executemany(operation, seq_of_parameters))

    async def _run(self, operation: str, statement: Callable[[sqlite3.Cursor], object]) -> None:
        driver: Any = self._connection
        at_once = operation == _READS or (driver.in_transaction and operation.startswith(_NEVER_WAITS))

        def run() -> tuple[tuple[Any, int, Any], deque[Any]]:
            cursor = driver._conn.cursor()
            try:
                statement(cursor)
                rows = deque(cursor.fetchall()) if cursor.description else deque()
                return (cursor.description, cursor.rowcount, cursor.lastrowid), rows
            finally:
                cursor.close()

        async with self._adapt_connection._execute_mutex:
            self._about, self._rows = run() if at_once else await driver._execute(run)


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()

    def rollback(self) -> None:
        # The pool rolls back whatever it gets back; after a commit there is nothing to go there for.
        if self._connection.in_transaction:
            super().rollback()

    _cursor_cls = _Cursor  # type: ignore[assignment]
