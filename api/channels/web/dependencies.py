"""What the webchat's routes work with."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi.requests import HTTPConnection

from api.channels.web.rates import Rates
from api.database.engine import Database
from api.live import Live
from api.reception.obedience import Erase
from api.reception.officers import Officers
from api.reception.service import Reception
from reference.clock import Clock
from voice import Voice


@dataclass(frozen=True)
class Door:
    """The parts behind the webchat."""

    database: Database
    live: Live
    reception: Reception
    officers: Officers
    erase: Erase
    voice: Voice
    clock: Clock
    rates: Rates


async def door_of(connection: HTTPConnection) -> Door:
    """The webchat's parts of this application.

    Like every dependency of a message's way it is a coroutine: for a plain function FastAPI changes threads.
    """
    door: Door = connection.app.state.webchat
    return door
