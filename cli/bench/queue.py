"""How soon a word gets from a person's screen to an officer's and back, and how long a long queue takes to open.

Both screens are real pages in a headless Chromium; what is on them is looked for once a frame. Beside the two who
are measured, others are in conversation with the assistant, at the pace of people.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx
from playwright.async_api import Browser, async_playwright
from websockets.asyncio.client import connect

from api.conversations.models import Conversation
from api.database.engine import Database
from api.handoffs.models import Handoff
from api.handoffs.transitions import State
from cli.bench.screens import Desk, Widget
from cli.bench.systems import Gateside, running_gateside
from cli.train import train_if_changed
from reference.clock import SystemClock

CONVERSATIONS = 50
PAUSE_SECONDS = 25.0
"""Between two messages of one of the fifty: time to read an answer and to write the next."""
ROUNDS = 25
WHILE_OPEN = "2026-11-24T11:00:00+00:00"
"""A Tuesday morning: officers answer."""
LONG_QUEUE = 10_000
OPENINGS = 25
ASKS = ("can I talk to a real person please", "is there somebody I can talk to", "I want to speak to a human")
SMALL_TALK = ("what is naloxone", "where do I get a kit", "my brother is using again", "thanks", "what can you do")

Say = Callable[[str], None]


def measure_queue(say: Say) -> dict[str, Any]:
    """Milliseconds, median and p95, of every way measured."""
    train_if_changed()
    with running_gateside(GATESIDE_CLOCK=WHILE_OPEN) as gateside:
        return asyncio.run(_measure(gateside, say))


async def _measure(gateside: Gateside, say: Say) -> dict[str, Any]:
    async with _chromium() as browser, _people(gateside, CONVERSATIONS - 1):
        desk = await Desk.open(browser, gateside.address, *_hired(gateside))
        widget = await Widget.open(browser, gateside.address)
        say(f"- {ROUNDS} rounds of asking for a person and being answered, {CONVERSATIONS} conversations open")
        to_officer, to_person = [], []
        for ask in itertools.islice(itertools.cycle(ASKS), ROUNDS):
            arrived, answered = await _one_round(desk, widget, ask)
            to_officer.append(arrived)
            to_person += answered
    say(f"- opening a queue of {LONG_QUEUE:,}")
    await _fill_queue(gateside)
    async with _chromium() as browser:
        desk = await Desk.open(browser, gateside.address, *_hired(gateside))
        opened = [await desk.opened_again() for _ in range(OPENINGS + 1)][1:]
    return {
        "conversations": CONVERSATIONS,
        "person_to_officer": _summary(to_officer),
        "officer_to_person": _summary(to_person),
        "waiting": LONG_QUEUE,
        "queue_opens": _summary(opened),
    }


async def _one_round(desk: Desk, widget: Widget, ask: str) -> tuple[float, list[float]]:
    asked = await widget.says(ask)
    arrived = await desk.shows_somebody_waiting() - asked
    await desk.takes_the_next()
    answered = []
    for _ in range(2):
        words = f"I am here {random.randrange(10**9)}"  # noqa: S311 - only has to be new
        sent = await desk.says(words)
        answered.append(await widget.shows(words) - sent)
    await desk.finishes()
    return arrived, answered


@asynccontextmanager
async def _chromium() -> AsyncIterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise SystemExit("Measuring screens needs Chromium: apt-get install --yes chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def _people(gateside: Gateside, number: int) -> AsyncIterator[None]:
    """So many others, each with an open line, talking to the assistant meanwhile."""
    talking = [asyncio.create_task(_talk(gateside.address, seed)) for seed in range(number)]
    await asyncio.sleep(0)
    try:
        yield
    finally:
        ended = [task for task in talking if task.done()]
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)
        if ended:
            raise RuntimeError(f"{len(ended)} of the other conversations broke off") from ended[0].exception()


async def _talk(address: str, seed: int) -> None:
    pick = random.Random(seed)  # noqa: S311 - a pace, nothing secret
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        opened = (await client.post("/api/v1/conversations", json={})).raise_for_status().json()
        messages = f"/api/v1/conversations/{opened['id']}/messages"
        line = f"{address.replace('http', 'ws', 1)}/api/v1/conversations/{opened['id']}/live"
        async with connect(line) as socket:
            await socket.send(f'{{"token": "{opened["token"]}"}}')
            for number in itertools.count():
                await asyncio.sleep(pick.uniform(0, 2 * PAUSE_SECONDS))
                body = {"client_id": f"{seed}-{number}", "text": pick.choice(SMALL_TALK)}
                said = await client.post(messages, json=body, headers={"Authorization": f"Bearer {opened['token']}"})
                said.raise_for_status()


def _hired(gateside: Gateside) -> tuple[str, str]:
    """A new officer: the one-time link with which they choose a password, and their email."""
    email = f"officer{time.monotonic_ns()}@example.org"
    printed = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "cli", "staff", "add", "Calum Reid", email, "--role", "officer"],
        env=dict(gateside.environment),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = re.search(r"https?://\S+/console/welcome/\S+", printed)
    if found is None:
        raise RuntimeError("no link to set a password with was printed")
    return found.group(), email


async def _fill_queue(gateside: Gateside) -> None:
    database = Database(f"sqlite+aiosqlite:///{gateside.environment['GATESIDE_HOME']}/gateside.db")
    now = SystemClock().now()
    try:
        async with database.write() as session:
            conversations = [Conversation(channel="web", created_at=now) for _ in range(LONG_QUEUE)]
            session.add_all(conversations)
            await session.flush()
            session.add_all(_waiting(it, now - timedelta(seconds=place)) for place, it in enumerate(conversations))
    finally:
        await database.close()


def _waiting(conversation: Conversation, since: datetime) -> Handoff:
    return Handoff(
        conversation_id=conversation.id,
        state=State.WAITING.value,
        reason="asked",
        opened_at=since,
        ranked_at=since,
    )


def _summary(milliseconds: Sequence[float]) -> dict[str, float]:
    return {
        "samples": len(milliseconds),
        "median_ms": round(statistics.median(milliseconds), 1),
        "p95_ms": round(statistics.quantiles(milliseconds, n=20)[-1], 1),
    }
