"""Duties that are done again and again for as long as the process lives, whatever goes wrong in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Duty:
    """Something to do, and how many seconds to rest before it is done again.

    `work` returns (a look at what is due), or is `endless` (a worker of its own, which can be cancelled at any time).
    """

    name: str
    work: Callable[[], Coroutine[Any, Any, object]]
    rest_seconds: float
    endless: bool = False


async def run_forever(duties: Sequence[Duty]) -> None:
    """Do every duty until cancelled. One that breaks is logged, without anybody's words, and begun again."""
    async with asyncio.TaskGroup() as group:
        for duty in duties:
            group.create_task(_keep(duty), name=duty.name)


async def _keep(duty: Duty) -> None:
    while True:
        try:
            await (duty.work() if duty.endless else _to_its_end(duty.work()))
        except Exception as error:
            _log.error("the duty %s broke off: %s", duty.name, type(error).__name__)
        await asyncio.sleep(duty.rest_seconds)


async def _to_its_end(work: Coroutine[Any, Any, object]) -> None:
    """What has been begun is finished before the process goes: a commit is not broken off."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise
