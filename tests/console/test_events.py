"""An open desk is told that something changed, never whose words."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from api.console.events import desk_events, ping_seconds
from api.live import RESYNC, InProcessLive
from api.settings import Settings


@pytest.fixture
async def live() -> AsyncIterator[InProcessLive]:
    live = InProcessLive()
    yield live
    await live.close()


async def test_a_desk_hears_hello_then_changes_then_pings_and_no_words(live: InProcessLive) -> None:
    topic = f"conversation:{uuid4()}"
    heard = desk_events(live, "queue", topic, ping_every=0.05)
    hello = await anext(heard)
    assert (hello.event, json.loads(str(hello.data))) == ("hello", {"ping_seconds": 0.05})

    await live.publish(topic, {"type": "typing", "author": "officer", "name": "Calum"})
    await live.publish(topic, {"type": "message", "message": {"text": "he's gone blue"}})
    await live.publish(topic, {"type": "typing", "author": "person", "name": None})
    await live.publish("queue", RESYNC)
    told = [await anext(heard) for _ in range(4)]
    assert [event.event for event in told] == ["change", "typing", "change", "ping"]
    assert [event.data for event in told] == ["{}", "{}", "{}", "{}"]
    await heard.aclose()


async def test_pings_go_on_while_a_busy_queue_keeps_changing(live: InProcessLive) -> None:
    heard = desk_events(live, "queue", ping_every=0.001)
    await anext(heard)
    names = []
    while len(names) < 5000 and "ping" not in names:
        await live.publish("queue", {"type": "queue", "change": "opened"})
        names.append((await anext(heard)).event)
    assert names[-1] == "ping"
    assert "change" in names
    await heard.aclose()


async def test_a_desk_stops_listening_when_the_carrier_closes(live: InProcessLive) -> None:
    heard = desk_events(live, "queue", ping_every=5)
    await anext(heard)
    await live.close()
    assert [event async for event in heard] == []


def test_a_desk_beats_three_times_within_lease_and_presence() -> None:
    assert ping_seconds(Settings(lease_seconds=30, presence_seconds=45)) == 10
    assert ping_seconds(Settings(lease_seconds=300, presence_seconds=300)) == 15
