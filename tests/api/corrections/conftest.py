"""A house with an open door for the actions' call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from tests.api.clocks import FixedClock
from tests.api.house import TOKEN, House, build_house


@pytest.fixture
async def house(tmp_path: Path, database_url: str, clock: FixedClock) -> AsyncIterator[House]:
    house = build_house(tmp_path, database_url, clock)
    yield house
    await house.parts.close()


@pytest.fixture
async def actions(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """The action server's own client."""
    app = create_app(house.parts.settings, parts=house.parts)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://front.test",
        headers={"Authorization": f"Bearer {TOKEN}"},
    ) as client:
        yield client
