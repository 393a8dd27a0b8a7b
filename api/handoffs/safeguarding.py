"""A child in touch: the operator's lead for safeguarding is told at once, and again until an officer has the child."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service as audit
from api.conversations import repository as conversations
from api.conversations.phone_numbers import NumberSafe
from api.delivery.service import page_on_call
from api.handoffs.models import Handoff
from api.handoffs.transitions import State
from reference.clock import Clock
from voice import Voice

YOUNG_PERSON: Final = "young_person"
"""The reason an action gives, and the fact that is kept of them."""

REMINDED_EVERY: Final = timedelta(minutes=5)
REMINDED_FOR: Final = timedelta(minutes=30)


class Safeguarding:
    """Texts the lead for safeguarding. The texts say nothing about anybody."""

    def __init__(self, clock: Clock, voice: Voice, numbers: NumberSafe, number: str | None) -> None:
        """Without a number nobody is texted; the brief says then, as always, that the lead is to be told."""
        self._clock = clock
        self._voice = voice
        self._number = numbers.seal(number) if number else None

    async def hear(self, session: AsyncSession, handoff: Handoff, reason: str) -> None:
        """Somebody asks for a person, for this reason: if it is a child, the lead is told, once for this handoff."""
        if handoff.young_at is not None or not (reason == YOUNG_PERSON or await self._is_young(session, handoff)):
            return
        handoff.young_at = self._clock.now()
        await self._tell(session, handoff, "oncall/safeguarding")

    async def remind(self, session: AsyncSession) -> int:
        """Tell the lead again of each child whom no officer has taken, every five minutes for half an hour."""
        now = self._clock.now()
        untaken = await session.execute(
            select(Handoff)
            .where(
                Handoff.state == State.WAITING.value,
                Handoff.young_at > now - REMINDED_FOR,
                Handoff.safeguarding_told_at <= now - REMINDED_EVERY,
            )
            .with_for_update(skip_locked=True)
        )
        told = 0
        for handoff in untaken.scalars().all():
            told += await self._tell(session, handoff, "oncall/safeguarding_reminder")
        return told

    async def _is_young(self, session: AsyncSession, handoff: Handoff) -> bool:
        if handoff.conversation_id is None:
            return False
        facts = await conversations.facts_of(session, handoff.conversation_id)
        return any(fact.name == YOUNG_PERSON and fact.value is True for fact in facts)

    async def _tell(self, session: AsyncSession, handoff: Handoff, content_id: str) -> bool:
        if self._number is None:
            return False
        words = self._voice.say(content_id, channel="sms")
        await page_on_call(session, sealed_number=self._number, text=words.text, clock=self._clock)
        handoff.safeguarding_told_at = self._clock.now()
        await audit.record(
            session, self._clock, actor=audit.SYSTEM, action="handoff.safeguarding_told", subject=handoff.id
        )
        return True
