"""Duties that are done again and again for as long as the process lives, whatever goes wrong in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Duty:
    """Something to do, and how many seconds to rest before it is done again.

    `work` may return (a look at what is due) or run on until it breaks (a worker of its own).
    """

    name: str
    work: Callable[[], Awaitable[object]]
    rest_seconds: float


async def run_forever(duties: Sequence[Duty]) -> None:
    """Do every duty until cancelled. One that breaks is logged, without anybody's words, and begun again."""
    async with asyncio.TaskGroup() as group:
        for duty in duties:
            group.create_task(_keep(duty), name=duty.name)


async def _keep(duty: Duty) -> None:
    while True:
        try:
            await duty.work()
        except Exception as error:
            _log.error("the duty %s broke off: %s", duty.name, type(error).__name__)
        await asyncio.sleep(duty.rest_seconds)
