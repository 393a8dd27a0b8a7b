"""The real application, run in a thread of its own on a free port, with a database of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import httpx
import uvicorn
from sqlalchemy.ext.asyncio import AsyncSession

from api.app import create_app
from api.parts import build_parts
from api.settings import Settings
from reference.clock import Clock
from twilio_stand_in import TwilioStandIn

ON_CALL = "+447700900111"
T = TypeVar("T")


class RunningApplication:
    """`run` does something inside the application's loop, `write` inside a transaction of its database."""

    def __init__(self, home: Path, *, clock: Clock | None = None, twilio: TwilioStandIn | None = None) -> None:
        """With a `clock` of the test's own it stands where the test sets it; with a `twilio` it can send texts."""
        self._clock, self._twilio = clock, twilio
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        carrier = {
            "twilio_account_sid": twilio.account_sid,
            "twilio_auth_token": twilio.auth_token,
            "twilio_messaging_service_sid": "MG" + "0" * 32,
            "on_call_number": ON_CALL,
        } if twilio else {}  # fmt: skip
        self.settings = Settings(home=home, port=self.port, presence_seconds=6, lease_seconds=30, **carrier)
        self.address = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        transport = httpx.ASGITransport(self._twilio.app) if self._twilio else None
        parts = build_parts(self.settings, clock=self._clock, twilio_transport=transport)
        # A busy machine is no broken database; the tests of a slow one say so themselves.
        parts.reception._storing_seconds = 30.0
        self.app = create_app(self.settings, parts=parts)
        self._server = uvicorn.Server(
            uvicorn.Config(self.app, port=self.port, log_level="warning", timeout_graceful_shutdown=1)
        )
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True)
        self._thread.start()
        assert ready.wait(20), "the application did not start"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive()

    async def _serve(self, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        startup = self._server.startup

        async def started(*args: Any, **more: Any) -> None:
            await startup(*args, **more)
            ready.set()

        self._server.startup = started  # type: ignore[method-assign]
        await self._server.serve()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def write(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        async def unit() -> T:
            async with self.app.state.database.write() as session:
                return await work(session)

        return self.run(unit())

    @property
    def clock(self) -> Clock:
        return self.app.state.clock
