"""What the assistant's actions ask for during a turn: recorded at once, carried out with that turn's replies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.models import Conversation, Owner
from api.reception import repository
from api.reception.models import TurnRequest
from api.reception.officers import CONSENT, Officers
from reference.clock import Clock

Kind = Literal["handoff", "callback"]


class Requests:
    """Keeps what was asked for until the turn's replies are stored, so that its own goodbye is not fenced off."""

    def __init__(self, officers: Officers, clock: Clock) -> None:
        self._officers = officers
        self._clock = clock

    async def record(
        self,
        session: AsyncSession,
        conversation: Conversation,
        message_id: UUID,
        *,
        kind: Kind,
        reason: str,
        skill: str | None,
    ) -> None:
        """Note a request; the same message and kind again is the same one. A turn that is over is not waited for."""
        if await repository.request_of(session, message_id, kind) is None:
            session.add(
                TurnRequest(
                    conversation_id=conversation.id,
                    message_id=message_id,
                    kind=kind,
                    reason=reason,
                    skill=skill,
                    created_at=self._clock.now(),
                )
            )
            await session.flush()
        if not await repository.answer_awaited(session, message_id, states=repository.OPEN):
            await self.carry_out(session, conversation, message_id)

    async def carry_out(
        self,
        session: AsyncSession,
        conversation: Conversation,
        message_id: UUID,
        *,
        told: Sequence[str | None] = (),
    ) -> None:
        """Do what was asked for in this turn.

        `told` are the content ids of its own replies, which say where the person stands; without any, the queue
        says so itself.
        """
        for request in await repository.requests_left(session, message_id):
            request.carried_out_at = self._clock.now()
            if conversation.owner == Owner.OFFICER.value:
                continue
            if request.kind == "callback":
                if not await self._officers.wanted_since(session, conversation, message_id):
                    await self._officers.call_back(
                        session, conversation, reply_to=message_id, reason=request.reason, say_noted=not told
                    )
                continue
            if CONSENT in told:
                await self._officers.note_consent(session, conversation, message_id)
            await self._officers.asked_for(
                session,
                conversation,
                reply_to=message_id,
                reason=request.reason,
                skill=request.skill,
                say_standing=not told,
            )
