"""A chat that began at the square code of a service's card counts for that service once something was written in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from api.conversations.repository import facts_of
from api.insight.over_time import Period, report
from api.referrals.signposting import CARD
from tests.api.referrals.conftest import Caller

FIVE = 5
"""Fewer are not told."""


async def opens(caller: Caller, card: object = None) -> dict[str, Any]:
    answer = await caller.http.post("/api/v1/conversations", json={"card": card})
    assert answer.status_code == 201
    opened: dict[str, Any] = answer.json()
    return opened


async def writes(caller: Caller, chat: dict[str, Any]) -> None:
    answer = await caller.http.post(
        f"/api/v1/conversations/{chat['id']}/messages",
        json={"client_id": "1", "text": "hello"},
        headers={"Authorization": f"Bearer {chat['token']}"},
    )
    assert answer.status_code == 202


async def noted(caller: Caller, chat: dict[str, Any]) -> list[Any]:
    async with caller.house.parts.database.read() as session:
        return [fact.value for fact in await facts_of(session, UUID(chat["id"])) if fact.name == CARD]


async def counted(caller: Caller) -> dict[str, int | None]:
    now = caller.house.clock.now() + timedelta(minutes=1)
    async with caller.house.parts.database.read() as session:
        return dict((await report(session, Period.lately(7, now), now)).cards)


async def test_chats_from_a_card_count_for_the_service_that_gave_it(caller: Caller) -> None:
    for _ in range(FIVE):
        await writes(caller, await opens(caller, "police-d"))
    await writes(caller, await opens(caller))

    assert await counted(caller) == {"police-d": FIVE}


async def test_who_only_looked_counts_nowhere(caller: Caller) -> None:
    for _ in range(FIVE):
        await opens(caller, "police-d")

    assert await counted(caller) == {}


@pytest.mark.parametrize("card", ["police-z", "", "' OR 1=1", "x" * 5000, 7, ["police-d"], {"a": 1}, None])
async def test_what_is_no_services_code_is_not_kept_and_keeps_nobody_out(caller: Caller, card: object) -> None:
    chat = await opens(caller, card)
    await writes(caller, chat)

    assert await noted(caller, chat) == []
    assert await counted(caller) == {}


async def test_it_goes_with_the_chat(caller: Caller) -> None:
    chat = await opens(caller, "HMP-Perth")
    assert await noted(caller, chat) == ["hmp-perth"]
    bearer = {"Authorization": f"Bearer {chat['token']}"}
    assert (await caller.http.delete(f"/api/v1/conversations/{chat['id']}", headers=bearer)).status_code == 204
    assert await noted(caller, chat) == []
