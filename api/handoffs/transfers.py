"""Handing over warmly: the colleague joins, both are in the conversation, and then the first steps out.

Until somebody has joined and the first has stepped out, the first answers for the person; nobody hangs between two.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.handoffs.deeds import Deeds, Officer
from api.handoffs.models import Handoff
from api.handoffs.transitions import HELD
from api.problems import Conflict, NotFound, Unprocessable
from api.staff import presence
from api.staff import repository as staff_rows
from api.staff.permissions import may
from api.staff.skills import is_skill


class Transfers(Deeds):
    """Asking a colleague in, joining, and stepping out."""

    async def offer_to(self, session: AsyncSession, handoff_id: UUID, officer: Officer, colleague_id: UUID) -> Handoff:
        """Ask a named colleague to join. Raises NotFound, and Conflict when they are not there."""
        handoff, _ = await self._held_by(session, handoff_id, officer)
        colleague = await staff_rows.staff_by_id(session, colleague_id)
        if colleague is None or not colleague.active or not may(colleague.role, "claim"):
            raise NotFound("There is no such colleague who takes people.")
        if colleague.id == officer.id:
            raise Unprocessable("You have this person already.")
        if colleague.id not in await self.queue.on_shift(session):
            raise Conflict(f"{colleague.first_name} is not on shift now.")
        self._offer(handoff, to=colleague.id)
        await self._done(session, handoff, officer, "handoff.offered", "offered", to=str(colleague.id))
        return handoff

    async def offer_to_skill(self, session: AsyncSession, handoff_id: UUID, officer: Officer, skill: str) -> Handoff:
        """Ask whoever has this skill to join. Raises Conflict when nobody who has it is there."""
        handoff, _ = await self._held_by(session, handoff_id, officer)
        if not is_skill(skill):
            raise Unprocessable("There is no such skill.")
        there = set(await self.queue.on_shift(session)) - {officer.id}
        if not any([skill in await presence.skills_of(session, one) for one in there]):
            raise Conflict(
                "Nobody with this skill is here now. Hand back to the queue, and whoever has it comes first."
            )
        self._offer(handoff, skill=skill)
        await self._done(session, handoff, officer, "handoff.offered", "offered", skill=skill)
        return handoff

    async def withdraw(self, session: AsyncSession, handoff_id: UUID, officer: Officer) -> Handoff:
        """Nobody is asked to join any more."""
        handoff, _ = await self._held_by(session, handoff_id, officer)
        self._offer(handoff)
        await self._done(session, handoff, officer, "handoff.offer_withdrawn", "offered")
        return handoff

    async def join(self, session: AsyncSession, handoff_id: UUID, colleague: Officer) -> Handoff:
        """Come into the conversation one was asked into. The person is told who comes; the first is still there."""
        handoff, conversation = await self._existing(session, handoff_id)
        if handoff.state in HELD and handoff.second_officer == colleague.id:
            return handoff
        if handoff.state not in HELD or handoff.claimed_by == colleague.id or handoff.second_officer is not None:
            raise await self._with_somebody_else(session, handoff)
        asked_by_skill = handoff.offered_skill in await presence.skills_of(session, colleague.id)
        if handoff.offered_to != colleague.id and not asked_by_skill:
            raise await self._with_somebody_else(session, handoff)
        handoff.second_officer = colleague.id
        self._lease_anew(handoff, colleague)
        self._offer(handoff)
        if conversation is not None:
            await self._say(
                session,
                conversation,
                "queue/officer_joins",
                joining=colleague.first_name,
                present=conversation.officer_first_name,
            )
        await self._done(session, handoff, colleague, "handoff.joined", "claimed")
        return handoff

    async def step_out(self, session: AsyncSession, handoff_id: UUID, officer: Officer) -> Handoff:
        """Leave the person with the other officer. Raises Conflict for who is there alone."""
        handoff, conversation = await self._shared_by(session, handoff_id, officer)
        if handoff.second_officer is None:
            raise Conflict("You are the only one with this person. Finish, hand back, or have a colleague join first.")
        if officer.id == handoff.claimed_by:
            await self.queue.second_takes_over(session, handoff, conversation)
        else:
            handoff.second_officer = handoff.second_lease_until = None
        if conversation is not None:
            await self._say(
                session,
                conversation,
                "queue/officer_steps_out",
                leaving=officer.first_name,
                staying=conversation.officer_first_name,
            )
        await self._done(session, handoff, officer, "handoff.stepped_out", "claimed")
        return handoff

    def _offer(self, handoff: Handoff, *, to: UUID | None = None, skill: str | None = None) -> None:
        handoff.offered_to, handoff.offered_skill = to, skill
        handoff.offered_at = self._clock.now() if to or skill else None
