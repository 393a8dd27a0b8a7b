"""Opens the database and gives out units of work: one transaction each, committed at its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.util.concurrency import in_greenlet

from api.database.one_trip import use_one_trip

AfterCommit = Callable[[], Awaitable[None]]
Announcement = TypeVar("Announcement")
Outcome = TypeVar("Outcome")
_AFTER_COMMIT = "after_commit"
_ANNOUNCED = "announced"
_log = logging.getLogger(__name__)


class Database:
    """A database that is SQLite (WAL) or PostgreSQL; the rest of the code does not ask which."""

    def __init__(self, url: str) -> None:
        """Open lazily: the first unit of work connects."""
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgresql_engine(url)
        self._looking = self.engine.execution_options(sqlite_begin="BEGIN") if self.is_sqlite else self.engine
        # SQLite lets one writer in and has the others knock again and again; here they stand in line.
        self._line: AbstractAsyncContextManager[Any] = asyncio.Lock() if self.is_sqlite else nullcontext()
        self._listeners: dict[type, list[Callable[[Any], Awaitable[None]]]] = {}
        self._letting_go: set[asyncio.Task[Any]] = set()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A transaction that may change things: committed at the end of the block, rolled back on an error.

        What was handed to `after_commit` runs once the commit stands, in order; then those who `listen` hear what was
        announced. What fails there is logged: the change itself stands, so its caller is not told of a failure.
        """
        async with self._line, AsyncSession(self.engine, expire_on_commit=False) as session:
            async with session.begin():
                yield session
            callbacks: list[AfterCommit] = session.info.pop(_AFTER_COMMIT, [])
            announced: list[object] = session.info.pop(_ANNOUNCED, [])
        for callback in callbacks:
            await _unharmed(callback())
        for announcement in announced:
            for listener in self._listeners.get(type(announcement), ()):
                await _unharmed(listener(announcement))

    def listen(self, kind: type[Announcement], listener: Callable[[Announcement], Awaitable[None]]) -> None:
        """Have `listener` called with each announcement of this kind, once its unit of work is committed."""
        self._listeners.setdefault(kind, []).append(listener)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only looks; on SQLite it waits for no writer."""
        async with AsyncSession(self._looking, expire_on_commit=False) as session, session.begin():
            yield session

    async def in_time(self, work: Coroutine[Any, Any, Outcome], seconds: float) -> Outcome:
        """What a unit of work comes to; raises TimeoutError once it has taken `seconds`.

        Late work is cancelled, and nobody waits for its end: where another process holds SQLite's lock, the driver's
        thread cannot be called back and knocks on until its own patience is over, much longer than a person's.
        """
        task = asyncio.create_task(work)
        self._letting_go.add(task)
        task.add_done_callback(self._let_go)
        try:
            await asyncio.wait({task}, timeout=seconds)
        finally:
            in_time = task.done()
            task.cancel()
        if not in_time:
            raise TimeoutError
        return task.result()

    def _let_go(self, task: asyncio.Task[Any]) -> None:
        self._letting_go.discard(task)
        if not task.cancelled():
            # Nobody asks any more how late work ended; unasked, asyncio would log it with all that was in it.
            task.exception()

    async def answers(self) -> bool:
        """Whether the database can be reached now."""
        async with self.read() as session:
            return bool((await session.execute(text("SELECT 1"))).scalar_one())

    async def close(self) -> None:
        """Let go of every connection, once the work that was given up has let go of its own."""
        await asyncio.gather(*self._letting_go, return_exceptions=True)
        await self.engine.dispose()


def after_commit(session: AsyncSession, callback: AfterCommit) -> None:
    """Run `callback` when this unit of work has been committed, and never if it was rolled back."""
    session.info.setdefault(_AFTER_COMMIT, []).append(callback)


def announce(session: AsyncSession, announcement: object) -> None:
    """Tell those who listen to this kind of announcement, once this unit of work is committed."""
    session.info.setdefault(_ANNOUNCED, []).append(announcement)


async def _unharmed(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception as error:
        _log.error("after a commit: %s", type(error).__name__)


def _postgresql_engine(url: str) -> AsyncEngine:
    # An error that shows the parameters of a statement would carry people's words into the log.
    return create_async_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True)


def _close_in_good_order(connection: Any) -> None:
    """Close a connection whose task was cancelled in the midst of a statement.

    The driver's forced end stops the thread that its own orderly end still waits for, and a loop that closes waits for
    that one for ever. A file on this machine always closes in good order; only the garbage collector cannot wait.
    """
    if in_greenlet():
        connection.close()
    else:
        connection.terminate()


def _sqlite_engine(url: str) -> AsyncEngine:
    path = make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(
        url,
        pool_size=10,
        max_overflow=20,
        connect_args={"timeout": 15, "check_same_thread": False},
        hide_parameters=True,
    )
    engine.dialect.do_terminate = _close_in_good_order  # type: ignore[assignment]
    use_one_trip(engine)

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
