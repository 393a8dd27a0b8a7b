"""Opens the database and gives out units of work: one transaction each, committed at its end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

AfterCommit = Callable[[], Awaitable[None]]
_AFTER_COMMIT = "after_commit"


class Database:
    """A database that is SQLite (WAL) or PostgreSQL; the rest of the code does not ask which."""

    def __init__(self, url: str) -> None:
        """Open lazily: the first unit of work connects."""
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _sqlite_engine(url) if self.is_sqlite else create_async_engine(url, pool_pre_ping=True)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A transaction that may change things: committed at the end of the block, rolled back on an error.

        What was handed to `after_commit` runs once the commit stands, in order.
        """
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            async with session.begin():
                yield session
            callbacks: list[AfterCommit] = session.info.pop(_AFTER_COMMIT, [])
        for callback in callbacks:
            await callback()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only looks; on SQLite it waits for no writer."""
        engine = self.engine.execution_options(sqlite_begin="BEGIN") if self.is_sqlite else self.engine
        async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
            yield session

    async def answers(self) -> bool:
        """Whether the database can be reached now."""
        async with self.read() as session:
            return bool((await session.execute(text("SELECT 1"))).scalar_one())

    async def close(self) -> None:
        """Let go of every connection."""
        await self.engine.dispose()


def after_commit(session: AsyncSession, callback: AfterCommit) -> None:
    """Run `callback` when this unit of work has been committed, and never if it was rolled back."""
    session.info.setdefault(_AFTER_COMMIT, []).append(callback)


def _sqlite_engine(url: str) -> AsyncEngine:
    path = make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"timeout": 15})

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver's own implicit BEGIN is switched off: transactions begin below, with the lock they need.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "busy_timeout=15000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN IMMEDIATE"))

    return engine
