"""Sends messages and measures what comes back: one at a time, then several conversations at once."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass

Ask = Callable[[str], Awaitable[None]]
"""Says one message in one conversation and returns when the reply is there. Raises when none came."""

OpenConversation = Callable[[], Awaitable[Ask]]
CONVERSATIONS_AT_ONCE = 16


@dataclass(frozen=True)
class Measured:
    """Times in milliseconds, throughput in messages a second."""

    replies: int
    median_ms: float
    p95_ms: float
    messages_a_second: float


async def measure(open_conversation: OpenConversation, script: Sequence[str], *, rounds: int) -> dict[str, float]:
    """One conversation alone, then sixteen at once; the first conversation, which warms up, is not counted."""
    await _say_all(await open_conversation(), script)
    alone: list[float] = []
    for _ in range(rounds):
        alone += await _say_all(await open_conversation(), script)
    together = [await open_conversation() for _ in range(CONVERSATIONS_AT_ONCE)]
    begun = time.perf_counter()
    for _ in range(rounds):
        await asyncio.gather(*(_say_all(ask, script) for ask in together))
    seconds = time.perf_counter() - begun
    return asdict(
        Measured(
            replies=len(alone),
            median_ms=round(statistics.median(alone), 1),
            p95_ms=round(statistics.quantiles(alone, n=20)[-1], 1),
            messages_a_second=round(CONVERSATIONS_AT_ONCE * rounds * len(script) / seconds, 1),
        )
    )


async def _say_all(ask: Ask, script: Sequence[str]) -> list[float]:
    times = []
    for text in script:
        begun = time.perf_counter()
        await ask(text)
        times.append((time.perf_counter() - begun) * 1000)
    return times
