"""What the assistant's actions ask for during a turn: recorded at once, carried out with that turn's replies."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.models import Conversation, Owner
from api.reception import repository
from api.reception.models import TurnRequest
from api.reception.officers import Officers
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
        turn = await repository.turn_of(session, message_id)
        if turn is None or turn.state not in repository.OPEN:
            await self.carry_out(session, conversation, message_id, standing_said=False)

    async def carry_out(
        self, session: AsyncSession, conversation: Conversation, message_id: UUID, *, standing_said: bool
    ) -> None:
        """Do what was asked for in this turn. `standing_said`: its own replies told the person where they stand."""
        for request in await repository.requests_left(session, message_id):
            request.carried_out_at = self._clock.now()
            if conversation.owner == Owner.OFFICER.value:
                continue
            if request.kind == "callback":
                await self._officers.call_back(
                    session, conversation, reply_to=message_id, reason=request.reason, say_noted=not standing_said
                )
                continue
            await self._officers.asked_for(
                session,
                conversation,
                reply_to=message_id,
                reason=request.reason,
                skill=request.skill,
                say_standing=not standing_said,
            )
