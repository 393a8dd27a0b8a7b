"""Stored once, whatever is sent twice; kept and answered, whatever is broken."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import OperationalError

from api.conversations import repository as conversations
from api.conversations.service import hash_token
from api.database.base import new_id
from api.database.engine import Database
from api.reception.arrivals import Arrival, NoSuchConversation, NotStored, WebSender, WrongToken
from tests.api.house import House

NUMBER = "+447700900123"


def _break_the_database(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def broken() -> AsyncIterator[Any]:
        raise OperationalError("SELECT", {}, Exception("gone"))
        yield

    monkeypatch.setattr(house.parts.database, "write", broken)


@asynccontextmanager
async def somebody_holding(database: Database, conversation_id: UUID) -> AsyncIterator[None]:
    """Another process in the midst of writing: to the file on SQLite, to the conversation on PostgreSQL."""
    other = Database(database.url)
    try:
        async with other.write() as session:
            await conversations.conversation_for_change(session, conversation_id)
            yield
    finally:
        await other.close()


async def test_the_same_sid_twice_is_one_message(house: House) -> None:
    first = await house.texts(NUMBER, "hello", sid="SM1")
    again = await house.texts(NUMBER, "hello", sid="SM1")
    assert first.message.id == again.message.id
    assert len(house.bot.turns) == 1


async def test_danger_is_answered_with_the_database_gone_and_the_message_finds_its_place_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await house.chat()
    with monkeypatch.context() as broken:
        _break_the_database(house, broken)
        with pytest.raises(NotStored) as failure:
            await house.writes(chat, "he's no breathin", client_id="a")
        assert failure.value.words.startswith("CALL 999 NOW")
        assert await house.parts.reception.replay() == 0
    assert await house.parts.reception.replay() == 1
    assert not house.parts.spool
    handoff = await house.handoff(chat.id)
    assert handoff is not None
    assert handoff.emergency
    again = await house.writes(chat, "he's no breathin", client_id="a")
    assert again.message.seq == 1


async def test_anybody_else_gets_the_numbers(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = await house.chat()
    _break_the_database(house, monkeypatch)
    with pytest.raises(NotStored) as failure:
        await house.writes(chat, "what is naloxone")
    assert "08080 10 10 11" in failure.value.words


async def test_what_is_spooled_is_sealed_and_for_its_owner_only(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    _break_the_database(house, monkeypatch)
    with pytest.raises(NotStored):
        await house.texts(NUMBER, "my secret words")
    (file,) = (house.parts.settings.home / "spool").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "secret" not in file.read_text()
    assert "7700900123" not in file.read_text()


async def test_a_slow_database_is_a_failed_one(house: House) -> None:
    chat = await house.chat()
    house.parts.reception._storing_seconds = 0.0
    with pytest.raises(NotStored):
        await house.writes(chat, "he's no breathin")


async def test_danger_is_answered_while_another_process_holds_the_database(house: House) -> None:
    chat = await house.chat()
    house.parts.reception._storing_seconds = 0.5
    async with somebody_holding(house.parts.database, chat.id), asyncio.timeout(10):
        with pytest.raises(NotStored) as failure:
            await house.writes(chat, "he's no breathin", client_id="a")
    assert failure.value.words.startswith("CALL 999 NOW")
    house.parts.reception._storing_seconds = 30.0
    assert await house.parts.reception.replay() == 1
    again = await house.writes(chat, "he's no breathin", client_id="a")
    assert again.message.seq == 1
    assert await house.handoff(chat.id) is not None


async def test_a_chat_opened_without_a_database_is_there_when_its_first_message_is_sent_again(house: House) -> None:
    sender = WebSender(new_id(), hash_token("token"))
    house.parts.reception.keep_opening(sender, None)
    received = await house.parts.reception.receive(Arrival(sender, "a", "hello"))
    assert received.message.seq == 1


async def test_no_words_and_no_number_are_logged(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house.bot.down = True
    await house.texts(NUMBER, "my secret words")
    _break_the_database(house, monkeypatch)
    with pytest.raises(NotStored):
        await house.texts(NUMBER, "more secret words")
    assert caplog.text
    assert "secret" not in caplog.text
    assert "7700900123" not in caplog.text


async def test_a_wrong_token_opens_nothing(house: House) -> None:
    chat = await house.chat()
    with pytest.raises(WrongToken):
        await house.parts.reception.receive(Arrival(WebSender(chat.id, hash_token("guess")), "a", "hello"))
    with pytest.raises(NoSuchConversation):
        await house.parts.reception.receive(Arrival(WebSender(new_id(), hash_token("guess")), "a", "hello"))
