"""Workers as processes of their own, which the fault test kills: some at a chosen step, others at any time."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from enum import Enum
from pathlib import Path

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from api.channels.sms.sender import TwilioSender
from api.conversations.phone_numbers import NumberSafe
from api.database.engine import Database
from api.delivery.courier import Courier
from api.delivery.pace import Pace
from api.delivery.worker import Outbox
from api.settings import Settings
from reference.clock import SystemClock
from tests.api.delivering import deliver_due

PUBLIC = "https://gateside.example.org"
KEYS = {"encryption_key": b"x" * 43 + b"=", "lookup_key": b"y" * 32}
HURRIED = Pace(first_pause=0.05, longest_pause=0.5, doubt_settles=0.5, doubt_lasts=1.0, look_every=1.0, at_once=8)
"""A worker that does in seconds what takes minutes otherwise. What a dead one held is free after a few seconds."""


class Step(str, Enum):
    """Where a worker dies."""

    TAKING = "before what it takes is written down"
    TAKEN = "after that, before it sends"
    SENDING = "when the text is at the provider's and no answer came"
    ANSWERED = "when the answer came and nothing is written down"
    WRITING = "while it writes down that the text was taken"
    WRITTEN = "after that"
    LOOKING = "before it looks for a text in doubt"
    FOUND = "when it has looked for a text in doubt"


def settings_for(database_url: str, twilio_url: str) -> Settings:
    """The settings of every process here, the same."""
    return Settings(
        home=Path("/nowhere"),
        database_url=database_url,
        public_url=PUBLIC,
        twilio_account_sid="AC" + "0" * 32,
        twilio_auth_token="test-token",
        twilio_messaging_service_sid="MG" + "1" * 32,
        twilio_api_base_url=twilio_url,
    )  # type: ignore[arg-type]


def work_for_ever(database_url: str, twilio_url: str, taken_for_seconds: float) -> None:
    """A worker until it is killed, or whoever started it is gone."""
    threading.Thread(target=_go_with_my_parent, daemon=True).start()

    async def work() -> None:
        settings = settings_for(database_url, twilio_url)
        database = Database(settings.database)
        sender = TwilioSender(settings, NumberSafe(**KEYS), patience_seconds=5)
        pace = replace(HURRIED, taken_for=timedelta(seconds=taken_for_seconds))
        courier = Courier(database, {"sms": sender}, SystemClock(), pace=pace)
        await Outbox(database, courier, SystemClock()).run()

    asyncio.run(work())


def die_at(step: Step, database_url: str, twilio_url: str) -> None:
    """Deliver what is due, and be killed at this step."""

    async def work() -> None:
        settings = settings_for(database_url, twilio_url)
        sender = TwilioSender(settings, NumberSafe(**KEYS), transport=_DoomedLine(step))
        await deliver_due(_DoomedDatabase(settings.database, step), {"sms": sender}, SystemClock(), jitter=lambda: 0.0)

    asyncio.run(work())


def _go_with_my_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGKILL)


def _kill_myself_at(step: Step, *here: Step) -> None:
    if step in here:
        os.kill(os.getpid(), signal.SIGKILL)


class _DoomedDatabase(Database):
    def __init__(self, url: str, step: Step) -> None:
        super().__init__(url)
        self._step, self._count = step, 0

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        self._count += 1
        taking = self._count == 1
        async with super().write() as session:
            yield session
            await session.flush()
            _kill_myself_at(self._step, Step.TAKING if taking else Step.WRITING)
        _kill_myself_at(self._step, Step.TAKEN if taking else Step.WRITTEN)


class _DoomedLine(httpx.AsyncHTTPTransport):
    def __init__(self, step: Step) -> None:
        super().__init__()
        self._step = step

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        looking = request.method == "GET"
        if looking:
            _kill_myself_at(self._step, Step.LOOKING)
        response = await super().handle_async_request(request)
        # The head of the answer is here, so the provider has taken it; nobody has read it yet.
        _kill_myself_at(self._step, Step.FOUND if looking else Step.SENDING)
        if not looking:
            await response.aread()
            _kill_myself_at(self._step, Step.ANSWERED)
        return response
