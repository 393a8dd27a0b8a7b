"""The whole application over both databases, and a service's own system that calls it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from api.app import create_app
from api.conversations.models import Conversation
from api.handoffs.models import Handoff
from api.referrals import keys
from api.referrals.models import Referral
from tests.api.clocks import FixedClock
from tests.api.house import House, build_house

JEAN: dict[str, Any] = {"first_name": "Jean", "phone": "07700 900123", "area": "Kirkcaldy", "consent": True}
ADDRESS = "https://gateside.example.org"


class Caller:
    """A service's own system, or a phone with the page, before the application."""

    def __init__(self, house: House, http: httpx.AsyncClient, key: str) -> None:
        self.house = house
        self.http = http
        self.key = key

    async def refers(self, *, request: str | None = None, key: str | None = None, **more: Any) -> httpx.Response:
        return await self.http.post(
            "/api/v1/referrals",
            json=JEAN | more,
            headers={"Authorization": f"Bearer {key or self.key}", "Idempotency-Key": request or uuid4().hex},
        )

    async def fills_in(self, *, form_id: str | None = None, **more: Any) -> httpx.Response:
        filled = {"first_name": "Jean", "phone": "07700 900123", "consent": "yes", "form_id": form_id or uuid4().hex}
        return await self.http.post("/signpost", data={**filled, **more})

    async def referrals(self) -> list[Referral]:
        return await self._all(Referral, Referral.created_at)

    async def handoffs(self) -> list[Handoff]:
        return await self._all(Handoff, Handoff.opened_at)

    async def conversations(self) -> list[Conversation]:
        return await self._all(Conversation, Conversation.created_at)

    async def _all(self, table: Any, order: Any) -> list[Any]:
        async with self.house.parts.database.read() as session:
            return list((await session.execute(select(table).order_by(order, table.id))).scalars())


@pytest.fixture
async def house(tmp_path: Path, database_url: str, clock: FixedClock) -> AsyncIterator[House]:
    house = build_house(tmp_path, database_url, clock)
    house.app = create_app(house.parts.settings, parts=house.parts)
    yield house
    await house.parts.close()


@pytest.fixture
async def caller(house: House, clock: FixedClock) -> AsyncIterator[Caller]:
    async with house.parts.database.write() as session:
        key = await keys.issue(session, clock, service_code="police-d")
    assert house.app is not None
    async with httpx.AsyncClient(transport=httpx.ASGITransport(house.app), base_url=ADDRESS) as http:
        yield Caller(house, http, key)
