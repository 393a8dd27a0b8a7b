"""What a person's own window is told, live."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Queue as ThreadQueue
from typing import Any, Protocol
from uuid import UUID

from api.live import conversation_topic
from tests.console.application import RunningApplication


class InConversation(Protocol):
    """A person."""

    @property
    def conversation_id(self) -> UUID:
        """Where they write."""


@dataclass
class Hearing:
    """What a window was told."""

    events: ThreadQueue[dict[str, Any]] = field(default_factory=ThreadQueue)

    def wait_for(self, wanted: dict[str, Any]) -> None:
        while self.events.get(timeout=5) != wanted:
            pass


class WithHearing(RunningApplication):
    """The application, and an ear at somebody's window."""

    @contextmanager
    def hearing(self, person: InConversation) -> Iterator[Hearing]:
        """Hear what the person's own window is told."""
        heard = Hearing()
        listening = threading.Event()

        async def listen() -> None:
            async with self.app.state.live.subscribe(conversation_topic(person.conversation_id)) as events:
                listening.set()
                async for _, event in events:
                    heard.events.put(event)

        task = asyncio.run_coroutine_threadsafe(listen(), self._loop)
        assert listening.wait(5)
        yield heard
        task.cancel()
