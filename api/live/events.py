"""What is told live, and what a carrier of it promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import UUID

Event = dict[str, Any]

QUEUE_TOPIC: Final = "queue"
"""Everything that changes in the queue; the console listens."""

RESYNC: Final[Event] = {"type": "resync"}
"""Told instead of events that were lost: read the state anew, then go on listening."""


@dataclass(frozen=True)
class LiveEvent:
    """Announced in a unit of work (`api.database.engine.announce`), it is published once the commit stands."""

    topic: str
    event: Event


def conversation_topic(conversation_id: UUID) -> str:
    """The topic of one conversation."""
    return f"conversation:{conversation_id}"


class Publisher(Protocol):
    """Tells whoever listens."""

    async def publish(self, topic: str, event: Event) -> None:
        """Tell every subscriber of `topic`; never waits for a slow one and never fails the caller."""


class Live(Publisher, Protocol):
    """Publishes, and lets one listen."""

    def subscribe(self, *topics: str) -> AbstractAsyncContextManager[AsyncIterator[tuple[str, Event]]]:
        """Listen to topics: inside the block, iterate over `(topic, event)`.

        From the moment the block is entered nothing is missed in silence: a subscriber too slow to follow, or
        cut off for a while, gets `(topic, RESYNC)` for each of its topics.
        """

    async def close(self) -> None:
        """End every subscription."""
