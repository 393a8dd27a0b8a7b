"""A whole front door for tests: every real part, a scripted bot, a database of either kind."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from api.conversations import repository
from api.conversations.models import Conversation, Message
from api.conversations.service import hash_token, open_webchat
from api.handoffs import repository as handoffs
from api.handoffs.models import Handoff
from api.handoffs.officers import Handoffs
from api.parts import Parts, build_parts
from api.reception.arrivals import Arrival, Received, TextSender, WebSender
from api.reception.models import Turn
from api.reception.repository import anything_open
from api.settings import Settings
from safety.reading import SafetyReader
from tests.api.bot_stand_in import BotStandIn
from tests.api.clocks import FixedClock
from twilio_stand_in import TwilioStandIn
from voice import Voice

TOKEN = "service-token-of-the-tests"
ON_CALL = "+447700900555"


def settings_for(home: Path, database_url: str, **more: Any) -> Settings:
    """Settings of an operator who has everything: Twilio, somebody on call, a policy."""
    wanted: dict[str, Any] = {
        "home": home,
        "database_url": database_url,
        "service_token": TOKEN,
        "public_url": "https://gateside.example.org",
        "twilio_account_sid": "AC" + "0" * 32,
        "twilio_auth_token": "test-token",
        "twilio_messaging_service_sid": "MG" + "1" * 32,
        "twilio_api_base_url": "https://twilio.example.org",
        "on_call_number": ON_CALL,
        "rescue_policy": "policy 7",
        "safeguarding_lead": "lead@example.org",
        "worker": False,
        **more,
    }
    return Settings(**wanted)


@cache
def reader() -> SafetyReader:
    """Loaded once: reading is pure."""
    return SafetyReader.load()


@cache
def voice() -> Voice:
    """Loaded once, with a clock of its own."""
    return Voice.load(clock=FixedClock())


@dataclass
class Chat:
    """Somebody's webchat as they hold it."""

    id: UUID
    token: str

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class House:
    """The parts, and short ways to do what people do."""

    parts: Parts
    bot: BotStandIn
    twilio: TwilioStandIn
    clock: FixedClock
    app: FastAPI | None = None

    @property
    def deeds(self) -> Handoffs:
        """What officers do."""
        return Handoffs(self.parts.queue)

    async def chat(self) -> Chat:
        """Open a webchat."""
        async with self.parts.database.write() as session:
            conversation, token = await open_webchat(session, clock=self.clock)
        return Chat(conversation.id, token)

    async def writes(self, chat: Chat, text: str, *, client_id: str | None = None, settle: bool = True) -> Received:
        """The person writes in the webchat; by default every turn is settled afterwards."""
        sender = WebSender(chat.id, hash_token(chat.token))
        received = await self.parts.reception.receive(Arrival(sender, client_id or uuid4().hex, text))
        if settle:
            await self.parts.turns.settle_all()
        return received

    async def texts(self, number: str, text: str, *, sid: str | None = None, by_carrier: bool = False) -> Received:
        """The person sends a text."""
        numbers = self.parts.numbers
        sender = TextSender(numbers.fingerprint(number), numbers.seal(number))
        word = text.strip().upper() if by_carrier else None
        arrival = Arrival(sender, sid or uuid4().hex, text, carrier_word=word)
        received = await self.parts.reception.receive(arrival)
        await self.parts.turns.settle_all()
        return received

    async def settled(self) -> None:
        """Wait until the worker that runs beside the test has answered and heard everything."""
        async with asyncio.timeout(10):
            while True:
                async with self.parts.database.read() as session:
                    if not await anything_open(session):
                        return
                await asyncio.sleep(0.02)

    async def said(self, conversation_id: UUID | None) -> list[Message]:
        """Everything said in a conversation, in order."""
        assert conversation_id is not None
        async with self.parts.database.read() as session:
            return list(await repository.messages_after(session, conversation_id))

    async def last_said(self, conversation_id: UUID | None) -> list[str | None]:
        """The content ids of what was said since the person's last message."""
        back: list[str | None] = []
        for message in reversed(await self.said(conversation_id)):
            if message.author == "person":
                break
            back.insert(0, message.content_id)
        return back

    async def conversation(self, conversation_id: UUID | None) -> Conversation:
        """The conversation as it is now."""
        assert conversation_id is not None
        async with self.parts.database.read() as session:
            found = await repository.conversation_by_id(session, conversation_id)
        assert found is not None
        return found

    async def handoff(self, conversation_id: UUID | None) -> Handoff | None:
        """The open handoff."""
        assert conversation_id is not None
        async with self.parts.database.write() as session:
            return await handoffs.open_handoff_of(session, conversation_id)

    async def facts(self, conversation_id: UUID) -> dict[str, Any]:
        """What is known."""
        async with self.parts.database.read() as session:
            return {fact.name: fact.value for fact in await repository.facts_of(session, conversation_id)}

    async def turn(self, message_id: UUID) -> Turn | None:
        """A turn as it is now."""
        async with self.parts.database.read() as session:
            return await session.get(Turn, message_id)


def build_house(home: Path, database_url: str, clock: FixedClock, **more: Any) -> House:
    """A house that is not open yet: nothing runs in it by itself."""
    bot, twilio = BotStandIn(TOKEN), TwilioStandIn(clock=clock)
    parts = build_parts(
        settings_for(home, database_url, **more),
        clock=clock,
        voice=voice(),
        reader=reader(),
        bot_transport=bot.transport(),
        twilio_transport=httpx.ASGITransport(twilio.app),
    )
    # A busy machine is no broken database; the tests of a slow one say so themselves.
    parts.reception._storing_seconds = 30.0
    return House(parts, bot, twilio, clock)
