"""How routes get at the queue."""

from __future__ import annotations

from fastapi.requests import HTTPConnection

from api.conversations.phone_numbers import NumberSafe
from api.handoffs.officers import Handoffs
from api.handoffs.service import Queue
from api.settings import Settings
from reference.clock import Clock
from voice import Voice


def build_queue(settings: Settings, *, clock: Clock, voice: Voice, numbers: NumberSafe) -> Queue:
    """The queue as the settings want it."""
    return Queue(
        clock=clock,
        voice=voice,
        numbers=numbers,
        on_call_number=settings.on_call_number,
        safeguarding_number=settings.safeguarding_number,
        lease_seconds=settings.lease_seconds,
        presence_seconds=settings.presence_seconds,
    )


def queue_of(connection: HTTPConnection) -> Queue:
    """The queue of this application."""
    return handoffs_of(connection).queue


def handoffs_of(connection: HTTPConnection) -> Handoffs:
    """The officers' deeds of this application."""
    handoffs: Handoffs = connection.app.state.handoffs
    return handoffs
