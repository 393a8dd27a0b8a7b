"""The whole application over real ASGI, with its turns being answered."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from tests.api.clocks import FixedClock
from tests.api.house import House, build_house


@pytest.fixture
async def house(tmp_path: Path, database_url: str, clock: FixedClock) -> AsyncIterator[House]:
    house = build_house(tmp_path, database_url, clock)
    turns = asyncio.create_task(house.parts.turns.run())
    yield house
    turns.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await turns
    await house.parts.close()


@pytest.fixture
async def http(house: House) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(house.parts.settings, parts=house.parts)
    house.app = app
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://gateside.example.org") as client:
        yield client
