"""One round of what the worker does for ever, for tests that decide when it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from api.database.engine import Database
from api.delivery.courier import Courier
from api.delivery.sender import Sender
from reference.clock import Clock


async def deliver_due(database: Database, senders: Mapping[str, Sender], clock: Clock, **more: Any) -> int:
    """Send what is due now, at most one of each person, those side by side; returns how many were seen to.

    `more` goes to the `Courier`.
    """
    courier = Courier(database, senders, clock, **more)
    claimed = await courier.claim(courier.pace.at_once)
    await asyncio.gather(*(courier.bring(taken) for taken in claimed.taken))
    return len(claimed.taken) + claimed.settled
