"""Whatever fails, no text is lost, none goes twice, and everybody reads them in order.

The provider is the stand-in on a real line, the reports come through the real webhook, signed, and the workers are
processes of their own that are killed (SIGKILL), one at each step of sending and others whenever it hits them.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import signal
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from multiprocessing.context import ForkServerContext
from typing import Any, cast

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import func, select

from api.channels.sms.routes import TextDoor, router
from api.channels.sms.sender import TwilioSender
from api.conversations.models import Author, Message
from api.conversations.phone_numbers import NumberSafe
from api.conversations.service import open_text_conversation
from api.database.engine import Database
from api.delivery.models import OutboxItem, OutboxState, SentText
from api.delivery.service import speak
from reference.clock import SystemClock
from tests.api.clocks import FixedClock
from tests.api.delivering import deliver_due
from tests.api.delivery.doomed import KEYS, PUBLIC, Step, die_at, settings_for, work_for_ever
from twilio_stand_in import Faults, TwilioStandIn

MESSAGES, PEOPLE, WORKERS, KILLS = 1000, 200, 3, 12
TAKEN_FOR_SECONDS = 10.0
NUMBERS = NumberSafe(**KEYS)


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Starts processes that have everything imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.api.delivery.doomed"])
    return context


@pytest.fixture
def twilio() -> TwilioStandIn:
    return TwilioStandIn()


@pytest.fixture
async def twilio_url(twilio: TwilioStandIn, database: Database) -> AsyncIterator[str]:
    """The stand-in on a real line; what it reports comes in by the real webhook."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    door = FastAPI()
    door.include_router(router)
    door.state.settings, door.state.clock = settings_for(database.url, url), SystemClock()
    door.state.texts = TextDoor(database, cast(Any, None), NUMBERS)
    server = uvicorn.Server(uvicorn.Config(twilio.app, log_level="critical", access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(_at_most(8, door)), base_url=PUBLIC) as http:
        twilio.connect(http, PUBLIC)
        await _until(lambda: server.started)
        yield url
        await twilio.webhooks.settled()
    server.should_exit = True
    await serving


def _at_most(requests: int, app: FastAPI) -> Callable[..., Awaitable[None]]:
    """The application behind a server that takes so many requests at once; the others stand in line."""
    line = asyncio.Semaphore(requests)

    async def take(*request: Any) -> None:
        async with line:
            await app(*request)

    return take


async def _say(database: Database, number: str, *texts: str, in_danger: bool = False) -> None:
    clock = FixedClock(SystemClock().now() - timedelta(minutes=10))
    async with database.write() as session:
        person = await open_text_conversation(
            session, clock=clock, fingerprint=NUMBERS.fingerprint(number), sealed=NUMBERS.seal(number)
        )
        person.safety = "emergency" if in_danger else "none"
        for text in texts:
            epoch = person.owner_epoch
            await speak(session, person, author=Author.SERVICE, text=text, clock=clock, epoch=epoch)


async def _statuses(database: Database) -> Counter[str]:
    async with database.read() as session:
        counted = await session.execute(select(Message.status, func.count()).group_by(Message.status))
        return Counter({str(status): int(count) for status, count in counted})


async def _left(database: Database) -> int:
    """How many texts the provider has not taken yet, as far as we know."""
    async with database.read() as session:
        unsent = select(func.count()).select_from(OutboxItem).where(OutboxItem.state != OutboxState.SENT.value)
        return await session.scalar(unsent) or 0


async def _until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not done():  # noqa: ASYNC110 - a process or a server tells no event
            await asyncio.sleep(0.01)


async def _dead(process: Any) -> None:
    await _until(lambda: not process.is_alive())


@pytest.mark.parametrize("step", list(Step))
async def test_a_worker_that_dies_at_any_step_leaves_one_text_behind(
    database: Database, twilio: TwilioStandIn, twilio_url: str, processes: ForkServerContext, step: Step
) -> None:
    number = "+447700900321"
    # The same words twice: the second must not be taken for the first when it is looked for. No report helps.
    await _say(database, number, "Hello again", "Hello again", "Goodbye")
    twilio.faults = Faults(drop_share=1.0)
    sender = TwilioSender(settings_for(database.url, twilio_url), NUMBERS)
    if step in (Step.LOOKING, Step.FOUND):
        twilio.faults.lose_share = 1.0
        await deliver_due(database, {"sms": sender}, FixedClock(SystemClock().now() - timedelta(minutes=5)))
        twilio.faults.lose_share = 0.0
    doomed = processes.Process(target=die_at, args=(step, database.url, twilio_url))
    doomed.start()
    await _dead(doomed)
    assert doomed.exitcode == -signal.SIGKILL
    later = FixedClock(SystemClock().now())
    for _ in range(8):
        later.forward(minutes=2)
        await deliver_due(database, {"sms": sender}, later)
    await sender.close()
    assert twilio.texts_to(number) == ["Hello again", "Hello again", "Goodbye"]
    assert await _statuses(database) == {"sent": 3}


@pytest.mark.parametrize(("in_danger", "arrived"), [(False, 1), (True, 2)])
async def test_a_text_that_twilio_takes_long_after_the_line_broke_goes_once_but_in_danger_it_is_not_waited_for(
    database: Database, twilio: TwilioStandIn, twilio_url: str, in_danger: bool, arrived: int
) -> None:
    number = "+447700900322"
    await _say(database, number, "Hello again", "Goodbye", in_danger=in_danger)
    # Twilio is at work on it when we hang up; it takes the text after we have looked for it.
    twilio.faults, twilio.goes_on = Faults(drop_share=1.0), asyncio.Event()
    sender = TwilioSender(settings_for(database.url, twilio_url), NUMBERS, patience_seconds=0.1)
    clock = FixedClock(SystemClock().now())

    async def a_round(seconds: float) -> None:
        clock.forward(seconds=seconds)
        await deliver_due(database, {"sms": sender}, clock, jitter=lambda: 1.0)

    await a_round(0)
    await a_round(12)
    assert twilio.sent == []
    twilio.goes_on.set()
    await _until(lambda: len(twilio.sent) == arrived)
    for _ in range(8):
        await a_round(60)
    await sender.close()
    assert twilio.texts_to(number) == ["Hello again"] * arrived + ["Goodbye"]
    assert await _statuses(database) == {"sent": 2}


async def test_a_thousand_texts_arrive_once_and_in_order_whatever_fails(
    database: Database, twilio: TwilioStandIn, twilio_url: str, processes: ForkServerContext
) -> None:
    chance = random.Random(20261122)
    numbers = [f"+4477009{n:05}" for n in range(PEOPLE)]
    said = {number: [f"text {n}" for n in range(MESSAGES // PEOPLE)] for number in numbers}
    for number, texts in said.items():
        await _say(database, number, *texts)
    twilio.faults = Faults(
        seed=7,
        fail_share=1 / 3,
        lose_share=0.1,
        lost_answer="hang_up",
        double_share=0.3,
        shuffle=True,
        drop_share=0.2,
    )
    began = time.monotonic()

    def hire() -> Any:
        process = processes.Process(target=work_for_ever, args=(database.url, twilio_url, TAKEN_FOR_SECONDS))
        process.start()
        return process

    workers, killed = [hire() for _ in range(WORKERS)], 0
    try:
        async with asyncio.timeout(900):
            while await _left(database):
                await asyncio.sleep(chance.uniform(0.1, 0.5))
                # Killed while there is still something to hold, and each time somebody else goes on.
                if killed < KILLS and len(twilio.sent) > killed * MESSAGES / (KILLS + 1):
                    victim = workers.pop(chance.randrange(len(workers)))
                    victim.kill()
                    killed += 1
                    workers.append(hire())
            await twilio.webhooks.settled()
    finally:
        for worker in workers:
            worker.kill()
            await _dead(worker)

    assert {number: twilio.texts_to(number) for number in numbers} == said
    async with database.read() as session:
        states = (await session.execute(select(OutboxItem.state, func.count()).group_by(OutboxItem.state))).all()
        known = await session.scalar(select(func.count()).select_from(SentText))
        attempts = await session.scalar(select(func.sum(OutboxItem.attempts)))
    assert ([tuple(state) for state in states], known) == ([("sent", MESSAGES)], MESSAGES)
    reached = await _statuses(database)
    assert set(reached) == {"sent", "delivered"}
    assert reached["delivered"] == len({text.sid for text in twilio.sent if "delivered" in text.history})
    assert killed == KILLS
    calls = twilio.faults.calls
    print(
        f"\n{database.engine.dialect.name}: {MESSAGES} texts to {PEOPLE} numbers, {WORKERS} workers, {killed} killed, "
        f"{attempts} attempts, {calls} calls of which {calls - len(twilio.sent)} refused, "
        f"{sum(len(text.history) for text in twilio.sent)} reports, 0 lost, 0 doubled, "
        f"{time.monotonic() - began:.1f} s"
    )
