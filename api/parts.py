"""Every part of the running service, made once from the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import httpx

from api.assistant.client import Assistant
from api.channels.sms.copies import TwilioCopies
from api.channels.sms.sender import TwilioSender
from api.coach.flows import FlowBook
from api.coach.service import Coach
from api.conversations.phone_numbers import NumberSafe
from api.conversations.repeats import Repeats
from api.database.engine import Database
from api.delivery.sender import Sender
from api.handoffs.dependencies import build_queue
from api.handoffs.service import Queue
from api.keys import Keys, load_keys
from api.live import Live, LiveEvent, open_live
from api.privacy.erasure import Eraser
from api.privacy.owed import Owed
from api.reception.commands import Commands
from api.reception.memory import Memory
from api.reception.officers import Officers
from api.reception.requests import Requests
from api.reception.service import Reception
from api.reception.spool import Spool
from api.reception.spooling import SpooledNotes
from api.reception.turns import TurnWorker
from api.settings import Settings
from reference.clock import Clock, clock_from_environment
from safety.answers import read_answer
from safety.reading import SafetyReader
from voice import Voice


class ClosableSender(Sender, Protocol):
    """A channel that holds connections."""

    async def close(self) -> None:
        """Let go of them."""


@dataclass(frozen=True)
class Parts:
    """Everything that the application is made of."""

    settings: Settings
    clock: Clock
    keys: Keys
    database: Database
    live: Live
    voice: Voice
    reader: SafetyReader
    numbers: NumberSafe
    assistant: Assistant
    queue: Queue
    officers: Officers
    requests: Requests
    eraser: Eraser
    owed: Owed
    copies: TwilioCopies | None
    turns: TurnWorker
    senders: Mapping[str, ClosableSender]
    spool: Spool
    reception: Reception

    async def close(self) -> None:
        """Let go of every connection."""
        await self.live.close()
        await self.assistant.close()
        for sender in self.senders.values():
            await sender.close()
        if self.copies is not None:
            await self.copies.close()
        await self.database.close()


def build_parts(
    settings: Settings,
    *,
    clock: Clock | None = None,
    voice: Voice | None = None,
    reader: SafetyReader | None = None,
    bot_transport: httpx.AsyncBaseTransport | None = None,
    twilio_transport: httpx.AsyncBaseTransport | None = None,
) -> Parts:
    """The parts for these settings. The transports answer in the place of the bot and of Twilio."""
    clock = clock or clock_from_environment()
    keys = load_keys(settings)
    numbers = NumberSafe(encryption_key=keys.encryption, lookup_key=keys.lookup)
    database, carrier = Database(settings.database), open_live(settings.redis_url)
    database.listen(LiveEvent, lambda told: carrier.publish(told.topic, told.event))
    voice, reader = voice or Voice.load(clock=clock), reader or SafetyReader.load()
    assistant = Assistant(settings.bot_url, keys.service_token, transport=bot_transport)
    queue = build_queue(settings, clock=clock, voice=voice, numbers=numbers)
    officers = Officers(queue, voice, clock)
    requests, memory = Requests(officers, clock), Memory(officers, clock)
    turns = TurnWorker(
        database=database,
        assistant=assistant,
        requests=requests,
        memory=memory,
        voice=voice,
        clock=clock,
        deadline_seconds=settings.assistant_deadline_seconds,
    )
    spool = Spool(settings.home / "spool", numbers)
    repeats = Repeats(numbers, clock)
    eraser = Eraser(clock, SpooledNotes(spool), repeats)
    copies = TwilioCopies(settings, numbers, transport=twilio_transport) if settings.sms_connected else None
    reception = Reception(
        database=database,
        reader=reader,
        coach=Coach(FlowBook.load(), voice, clock, read_answer),
        commands=Commands.load(),
        officers=officers,
        erase=eraser.erase,
        repeats=repeats,
        voice=voice,
        clock=clock,
        spool=spool,
        turns=turns,
        confirms_stop=not settings.twilio_answers_stop,
    )
    return Parts(
        settings=settings,
        clock=clock,
        keys=keys,
        database=database,
        live=carrier,
        voice=voice,
        reader=reader,
        numbers=numbers,
        assistant=assistant,
        queue=queue,
        officers=officers,
        requests=requests,
        eraser=eraser,
        owed=Owed(database, assistant, copies, clock),
        copies=copies,
        turns=turns,
        senders=_senders(settings, numbers, twilio_transport),
        spool=spool,
        reception=reception,
    )


def _senders(
    settings: Settings, numbers: NumberSafe, transport: httpx.AsyncBaseTransport | None
) -> Mapping[str, ClosableSender]:
    if not settings.sms_connected:
        return {}
    twilio = TwilioSender(settings, numbers, transport=transport)
    return {"sms": twilio, "on_call": twilio}
