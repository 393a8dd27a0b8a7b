"""What a lead can do beside an officer: listen, whisper, take over. The officer sees that they are there."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.models import Owner
from api.conversations.service import give_to
from api.handoffs.deeds import Deeds, Officer
from api.handoffs.models import Handoff, HandoffListener, HandoffNote
from api.handoffs.transitions import HELD, State, let_go, move
from api.problems import Conflict, Unprocessable


class Oversight(Deeds):
    """A lead's deeds; who may do them is for the routes to say."""

    async def listen(self, session: AsyncSession, handoff_id: UUID, lead: Officer) -> Handoff:
        """Follow a conversation as it goes on; its officers see who listens."""
        handoff, _ = await self._existing(session, handoff_id)
        if handoff.state not in HELD:
            raise Conflict(f"No officer has this person: the handoff is {handoff.state}.", state=handoff.state)
        if await session.get(HandoffListener, (handoff.id, lead.id)) is None:
            session.add(HandoffListener(handoff_id=handoff.id, staff_id=lead.id, since=self._clock.now()))
            await self._done(session, handoff, lead, "handoff.listened", "listening")
        return handoff

    async def stop_listening(self, session: AsyncSession, handoff_id: UUID, lead: Officer) -> Handoff:
        """Listen no longer."""
        handoff, _ = await self._existing(session, handoff_id)
        await session.execute(
            delete(HandoffListener).where(HandoffListener.handoff_id == handoff.id, HandoffListener.staff_id == lead.id)
        )
        await self._done(session, handoff, lead, "handoff.listening_ended", "listening")
        return handoff

    async def whisper(self, session: AsyncSession, handoff_id: UUID, lead: Officer, *, text: str) -> HandoffNote:
        """Say something to the officers that the person never sees: it is kept apart from the conversation."""
        handoff, _ = await self._existing(session, handoff_id)
        if handoff.state not in HELD:
            raise Conflict(f"No officer has this person: the handoff is {handoff.state}.", state=handoff.state)
        if not text.strip():
            raise Unprocessable("There is nothing to say in this message.")
        whispered = HandoffNote(
            handoff_id=handoff.id,
            staff_id=lead.id,
            text=text.strip(),
            kind="whisper",
            audience="staff",
            written_at=self._clock.now(),
        )
        session.add(whispered)
        await self._done(session, handoff, lead, "handoff.whispered", "whisper")
        return whispered

    async def take_over(self, session: AsyncSession, handoff_id: UUID, lead: Officer) -> Handoff:
        """Answer for the person in the officers' place, from now on. The person is told who is here."""
        handoff, conversation = await self._existing(session, handoff_id)
        if handoff.claimed_by == lead.id and handoff.state in HELD:
            return handoff
        if handoff.state not in HELD:
            raise Conflict(f"No officer has this person: the handoff is {handoff.state}.", state=handoff.state)
        taken_from = handoff.claimed_by
        move(handoff, State.CLAIMED)
        let_go(handoff)
        handoff.claimed_by, handoff.claimed_at = lead.id, self._clock.now()
        self._lease_anew(handoff, lead)
        if conversation is not None:
            give_to(conversation, Owner.ASSISTANT)
            await self._give_to_officer(session, conversation, lead)
        await self._done(session, handoff, lead, "handoff.taken_over", "claimed", **{"from": str(taken_from)})
        return handoff
