"""Duties are done again and again, whatever goes wrong."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from api.clockwork.duties import Duty, run_forever


async def test_a_duty_that_breaks_is_begun_again_and_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    done = {"breaks": 0, "works": 0}
    enough = asyncio.Event()

    async def breaks() -> None:
        done["breaks"] += 1
        raise ValueError("somebody's words")

    async def works() -> None:
        done["works"] += 1
        if min(done.values()) >= 3:
            enough.set()

    running = asyncio.create_task(run_forever([Duty("breaks", breaks, 0.0), Duty("works", works, 0.0)]))
    async with asyncio.timeout(10):
        await enough.wait()
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    assert "the duty breaks broke off: ValueError" in caplog.text
    assert "somebody's words" not in caplog.text
