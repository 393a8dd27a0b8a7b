"""Fan-out between processes, through Redis."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.live.events import Event, Live
from api.live.in_process import InProcessLive

_PREFIX = "gateside:live:"
_AGAIN_AFTER_SECONDS = 0.5
_log = logging.getLogger(__name__)


class RedisLive:
    """Carries events between processes: one Redis subscription a process, fanned out inside it.

    With Redis gone the subscribers of this process still hear what this process says, and all are told to
    read anew when it is back; the database, not Redis, is where words are kept.
    """

    def __init__(self, url: str, *, again_after: float = _AGAIN_AFTER_SECONDS) -> None:
        """Connect at the first use. `again_after` is in seconds."""
        self._redis: Redis = Redis.from_url(url)
        self._again_after = again_after
        self._inside = InProcessLive()
        self._listening = asyncio.Event()
        self._listener: asyncio.Task[None] | None = None

    async def publish(self, topic: str, event: Event) -> None:
        """Tell every subscriber of `topic`, in whichever process."""
        try:
            await self._redis.publish(_PREFIX + topic, json.dumps(event))
        except (RedisError, OSError) as error:
            _log.warning("redis did not take an event (%s); told this process only", type(error).__name__)
            await self._inside.publish(topic, event)

    @asynccontextmanager
    async def subscribe(self, *topics: str) -> AsyncIterator[AsyncIterator[tuple[str, Event]]]:
        """Listen to topics from here to the end of the block."""
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._listening.wait(), timeout=self._again_after)
        async with self._inside.subscribe(*topics) as events:
            yield events

    async def close(self) -> None:
        """End every subscription and let go of Redis."""
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
        await self._inside.close()
        await self._redis.aclose()

    async def _listen(self) -> None:
        while True:
            try:
                await self._pass_on()
            except (RedisError, OSError) as error:
                _log.warning("redis subscription lost (%s); trying again", type(error).__name__)
            self._listening.clear()
            await asyncio.sleep(self._again_after)

    async def _pass_on(self) -> None:
        async with self._redis.pubsub() as subscription:
            await subscription.psubscribe(_PREFIX + "*")
            async for message in subscription.listen():
                if message["type"] == "psubscribe":
                    # What was said while nobody listened is lost to us: whoever is here already reads anew.
                    self._inside.resync_all()
                    self._listening.set()
                elif message["type"] == "pmessage":
                    topic = message["channel"].decode().removeprefix(_PREFIX)
                    await self._inside.publish(topic, json.loads(message["data"]))


def open_live(redis_url: str | None) -> Live:
    """The carrier that the settings ask for."""
    return RedisLive(redis_url) if redis_url else InProcessLive()
