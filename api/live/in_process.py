"""Fan-out inside one process."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.live.events import RESYNC, Event

_BACKLOG = 256
"""Events a subscriber may be behind before it is told to read anew: several minutes of a busy queue."""


class _Subscriber:
    def __init__(self, topics: tuple[str, ...], backlog: int) -> None:
        self.topics = topics
        self._queue: asyncio.Queue[tuple[str, Event] | None] = asyncio.Queue(max(backlog, len(topics)))

    def offer(self, topic: str, event: Event) -> None:
        try:
            self._queue.put_nowait((topic, event))
        except asyncio.QueueFull:
            self.resync()

    def resync(self) -> None:
        self._empty()
        for topic in self.topics:
            self._queue.put_nowait((topic, RESYNC))

    def end(self) -> None:
        self._empty()
        self._queue.put_nowait(None)

    async def events(self) -> AsyncIterator[tuple[str, Event]]:
        while (item := await self._queue.get()) is not None:
            yield item

    def _empty(self) -> None:
        while not self._queue.empty():
            self._queue.get_nowait()


class InProcessLive:
    """Carries events to the subscribers of this process; enough while api, worker and console are one."""

    def __init__(self, *, backlog: int = _BACKLOG) -> None:
        """`backlog` is how many events a subscriber may be behind."""
        self._backlog = backlog
        self._subscribers: defaultdict[str, set[_Subscriber]] = defaultdict(set)

    async def publish(self, topic: str, event: Event) -> None:
        """Tell every subscriber of `topic`."""
        for subscriber in tuple(self._subscribers.get(topic, ())):
            subscriber.offer(topic, event)

    @asynccontextmanager
    async def subscribe(self, *topics: str) -> AsyncIterator[AsyncIterator[tuple[str, Event]]]:
        """Listen to topics from here to the end of the block."""
        subscriber = _Subscriber(topics, self._backlog)
        for topic in topics:
            self._subscribers[topic].add(subscriber)
        try:
            yield subscriber.events()
        finally:
            for topic in topics:
                self._subscribers[topic].discard(subscriber)
                if not self._subscribers[topic]:
                    del self._subscribers[topic]

    def resync_all(self) -> None:
        """Tell every subscriber that events may have been lost."""
        for subscriber in self._everybody():
            subscriber.resync()

    async def close(self) -> None:
        """End every subscription: their loops finish."""
        for subscriber in self._everybody():
            subscriber.end()

    def _everybody(self) -> set[_Subscriber]:
        return {one for subscribers in self._subscribers.values() for one in subscribers}
