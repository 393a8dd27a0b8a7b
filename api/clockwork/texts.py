"""Tells staff of texts that did not reach somebody: what was written down with a text's fate is told, once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from api.conversations import repository as conversations
from api.database.engine import Database
from api.delivery import repository as outbox
from api.delivery.models import Alert
from api.reception.officers import Officers
from reference.clock import Clock

PAGED_EVERY = timedelta(minutes=30)
"""Whoever is on call is paged of one person's texts so often at most, however many do not arrive."""


class TextAlerts:
    """The clock's duty for texts that staff have to know of. Any number of workers may have it."""

    def __init__(self, database: Database, officers: Officers, clock: Clock) -> None:
        self._database = database
        self._officers = officers
        self._clock = clock

    async def one_round(self) -> None:
        """Tell what has still to be told, each person's in a transaction of its own."""
        async with self._database.read() as session:
            owed = await outbox.alerts_owed(session)
        for conversation_id in owed:
            await self._tell(conversation_id)

    async def _tell(self, conversation_id: UUID) -> None:
        now = self._clock.now()
        async with self._database.write() as session:
            conversation = await conversations.conversation_for_change(session, conversation_id)
            alerts = await outbox.alerts_of_for_change(session, conversation_id)
            told_lately = any(one.alerted_at is not None and one.alerted_at > now - PAGED_EVERY for one in alerts)
            new = [one for one in alerts if one.alerted_at is None]
            if conversation is None or not new:
                return
            for item in new:
                item.alerted_at = now
            if any(item.alert == Alert.STOPPED.value for item in new):
                await self._officers.texts_stopped(session, conversation)
            else:
                await self._officers.texts_undelivered(session, conversation, page=not told_lately)
