"""Wiping a conversation at the person's wish: everywhere, now, and what could not be reached yet until it is."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.assistant.client import Assistant, AssistantFailed
from api.conversations.models import Conversation
from api.database.engine import Database, announce
from api.handoffs.models import AmbulanceCall, Handoff, HandoffNote
from api.live import LiveEvent, conversation_topic
from api.privacy.models import Forgetting
from reference.clock import Clock

LAST_TURN_OVER_AFTER = timedelta(minutes=1)
_log = logging.getLogger(__name__)


class Eraser:
    """Wipes conversations, here and at the assistant's."""

    def __init__(self, database: Database, assistant: Assistant, clock: Clock) -> None:
        self._database = database
        self._assistant = assistant
        self._clock = clock

    async def erase(self, session: AsyncSession, conversation: Conversation) -> bool:
        """Wipe messages, facts, plan, outbox and turns with the conversation; the assistant forgets right after.

        During an open emergency an alert without content stays until staff close it; returns whether one does.
        """
        alert_stays = await self._empty_handoffs(session, conversation)
        session.add(Forgetting(conversation_id=conversation.id, asked_at=self._clock.now()))
        await session.flush()
        await session.execute(delete(Conversation).where(Conversation.id == conversation.id))
        session.expunge(conversation)
        announce(session, LiveEvent(conversation_topic(conversation.id), {"type": "wiped"}))
        return alert_stays

    async def forget_all(self) -> int:
        """Have the assistant forget everybody who was wiped; returns how many it has forgotten for good.

        A turn that was on its way when somebody wiped may still reach the assistant afterwards, so it is asked
        again until no such turn can be left.
        """
        async with self._database.read() as session:
            oldest = select(Forgetting).order_by(Forgetting.asked_at).limit(100)
            waiting = (await session.execute(oldest)).scalars().all()
        forgotten = 0
        for forgetting in waiting:
            try:
                await self._assistant.forget(forgetting.conversation_id)
            except AssistantFailed as failure:
                _log.warning("the assistant could not be asked to forget yet: %s", failure)
                break
            if self._clock.now() - forgetting.asked_at < LAST_TURN_OVER_AFTER:
                continue
            async with self._database.write() as session:
                await session.execute(
                    delete(Forgetting).where(Forgetting.conversation_id == forgetting.conversation_id)
                )
            forgotten += 1
        return forgotten

    async def _empty_handoffs(self, session: AsyncSession, conversation: Conversation) -> bool:
        handoffs = (
            (await session.execute(select(Handoff).where(Handoff.conversation_id == conversation.id))).scalars().all()
        )
        ids = [handoff.id for handoff in handoffs]
        await session.execute(delete(HandoffNote).where(HandoffNote.handoff_id.in_(ids)))
        alerts = [handoff.id for handoff in handoffs if handoff.emergency and handoff.closed_at is None]
        await session.execute(delete(Handoff).where(Handoff.id.in_([one for one in ids if one not in alerts])))
        await session.execute(
            update(Handoff)
            .where(Handoff.id.in_(alerts))
            .values(conversation_id=None, outcome_note=None, skill=None, agreed=None, callback_number_sealed=None)
        )
        await session.execute(
            update(AmbulanceCall).where(AmbulanceCall.handoff_id.in_(alerts)).values(place=None, reference=None)
        )
        for handoff_id in ids:
            event = {
                "type": "queue",
                "handoff_id": str(handoff_id),
                "change": "ranked" if handoff_id in alerts else "closed",
                "emergency": handoff_id in alerts,
            }
            announce(session, LiveEvent("queue", event))
        return bool(alerts)
