"""Tells an open desk that something changed, by server-sent events. No words of anybody travel here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from sse_starlette import ServerSentEvent

from api.live import Live
from api.settings import Settings

LONGEST_PING_SECONDS = 15.0


def ping_seconds(settings: Settings) -> float:
    """How often a desk is told that the line is open: three times within the shortest of lease and presence."""
    return min(LONGEST_PING_SECONDS, settings.lease_seconds / 3, settings.presence_seconds / 3)


async def desk_events(live: Live, *topics: str, ping_every: float) -> AsyncIterator[ServerSentEvent]:
    """What a desk hears: `hello` at once, `change` and `typing` as they happen, `ping` when nothing else does.

    `hello` comes after listening began, so a page read anew on hearing it has missed nothing. `ping_every` is in
    seconds; the desk answers each with its heartbeat.
    """
    async with live.subscribe(*topics) as events:
        yield _told("hello", {"ping_seconds": ping_every})
        loop = asyncio.get_running_loop()
        next_ping = loop.time() + ping_every
        coming: asyncio.Future[tuple[str, dict[str, Any]]] | None = None
        try:
            while True:
                coming = coming or asyncio.ensure_future(anext(events))
                await asyncio.wait({coming}, timeout=max(0.0, next_ping - loop.time()))
                if coming.done():
                    _, event = coming.result()
                    coming = None
                    if (told := _of(event)) is not None:
                        yield told
                if loop.time() >= next_ping:
                    next_ping = loop.time() + ping_every
                    yield _told("ping", {})
        except StopAsyncIteration:
            return
        finally:
            if coming is not None:
                coming.cancel()


def _of(event: dict[str, Any]) -> ServerSentEvent | None:
    if event["type"] != "typing":
        return _told("change", {})
    return _told("typing", {}) if event.get("author") == "person" else None


def _told(name: str, data: dict[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(data=json.dumps(data), event=name)
