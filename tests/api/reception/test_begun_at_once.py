"""A message that waits for no other goes to the assistant with its own commit, and nobody has to look for its turn."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from api.reception import repository
from api.reception.models import TurnState
from tests.api.bot_stand_in import answer
from tests.api.house import House


@pytest.fixture
async def at_work(house: House) -> AsyncIterator[House]:
    """A house whose turns are being taken."""
    working = asyncio.create_task(house.parts.turns.run())
    await asyncio.sleep(0)
    yield house
    working.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working


async def _nothing_found(*_: Any, **__: Any) -> list[Any]:
    return []


async def test_its_answer_comes_though_nobody_finds_its_turn(at_work: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "next_turns", _nothing_found)
    chat = await at_work.chat()
    received = await at_work.writes(chat, "what is naloxone", settle=False)
    await at_work.settled()
    assert await at_work.last_said(chat.id) == ["naloxone/what_it_is"]
    (turn,) = at_work.bot.turns
    assert turn["message_id"] == str(received.message.id)
    assert turn["metadata"] == {"channel": "web", "audience": None, "facts": {}, "open_question": None}


async def test_it_waits_while_an_earlier_one_is_being_answered(at_work: House) -> None:
    at_work.bot.gate = asyncio.Event()
    chat = await at_work.chat()
    for text in ("one", "two", "three"):
        await at_work.writes(chat, text, settle=False)
    async with asyncio.timeout(10):
        while not at_work.bot.turns:  # noqa: ASYNC110 - the stand-in tells nobody
            await asyncio.sleep(0.01)
    assert at_work.bot.texts == ["one"]
    at_work.bot.gate.set()
    await at_work.settled()
    assert at_work.bot.texts == ["one", "two", "three"]


async def test_other_conversations_wait_for_nobody(at_work: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "next_turns", _nothing_found)
    at_work.bot.gate = asyncio.Event()
    for _ in range(3):
        await at_work.writes(await at_work.chat(), "hello", settle=False)
    async with asyncio.timeout(10):
        while len(at_work.bot.turns) < 3:  # noqa: ASYNC110 - the stand-in tells nobody
            await asyncio.sleep(0.01)
    at_work.bot.gate.set()
    await at_work.settled()


async def test_what_the_last_answer_taught_and_asked_goes_with_it(at_work: House) -> None:
    async def asks(turn: dict[str, Any]) -> dict[str, Any]:
        return {**answer("Where is he?", open_question="needs/ask_place"), "audience": "family"}

    at_work.bot.script = asks
    chat = await at_work.chat()
    for text in ("it's my son", "in kilmarnock"):
        await at_work.writes(chat, text, settle=False)
        await at_work.settled()
    told = at_work.bot.turns[1]["metadata"]
    assert (told["audience"], told["open_question"]) == ("family", "needs/ask_place")


async def test_when_the_process_dies_after_the_commit_another_takes_it_once_the_claim_is_over(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = house.parts.turns
    monkeypatch.setattr(turns, "_at_work", True)
    monkeypatch.setattr(turns, "_start", lambda _job: None)
    chat = await house.chat()
    received = await house.writes(chat, "hello", settle=False)
    assert await _state(house, received.message.id) == TurnState.RUNNING.value
    monkeypatch.undo()
    await turns.settle_all()
    assert house.bot.turns == []
    house.clock.forward(minutes=1)
    await turns.settle_all()
    assert await house.last_said(chat.id) == ["naloxone/what_it_is"]


async def test_a_process_that_takes_no_turns_leaves_them_to_those_that_do(house: House) -> None:
    chat = await house.chat()
    received = await house.writes(chat, "hello", settle=False)
    assert await _state(house, received.message.id) == TurnState.WAITING.value


async def _state(house: House, message_id: UUID) -> str | None:
    turn = await house.turn(message_id)
    return turn.state if turn else None
