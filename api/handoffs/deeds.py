"""What every deed of an officer stands on: who has the person, and that it is written down."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service as audit
from api.conversations.models import Channel, Conversation, Message, Owner
from api.conversations.service import give_to
from api.delivery.service import speak_authored
from api.handoffs import repository
from api.handoffs.models import Handoff
from api.handoffs.service import Queue
from api.handoffs.transitions import HELD, State
from api.problems import Conflict, NotFound
from api.staff import repository as staff_rows


class Officer(Protocol):
    """Who acts."""

    @property
    def id(self) -> UUID:
        """The account."""

    @property
    def first_name(self) -> str:
        """The name that the person is told."""


class Deeds:
    """Deeds in the caller's unit of work. Errors are problems: NotFound, Conflict, Unprocessable."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self._clock = queue.clock

    async def _existing(self, session: AsyncSession, handoff_id: UUID) -> tuple[Handoff, Conversation | None]:
        handoff, conversation = await repository.handoff_for_change(session, handoff_id)
        if handoff is None:
            raise NotFound("There is no such handoff.")
        return handoff, conversation

    async def _held_by(
        self, session: AsyncSession, handoff_id: UUID, officer: Officer
    ) -> tuple[Handoff, Conversation | None]:
        """The handoff of the officer who answers for the person."""
        handoff, conversation = await self._existing(session, handoff_id)
        if handoff.claimed_by != officer.id or handoff.state not in HELD:
            raise await self._with_somebody_else(session, handoff)
        return handoff, conversation

    async def _shared_by(
        self, session: AsyncSession, handoff_id: UUID, officer: Officer
    ) -> tuple[Handoff, Conversation | None]:
        """The handoff of an officer who is in the conversation, first or second."""
        handoff, conversation = await self._existing(session, handoff_id)
        if handoff.state not in HELD or officer.id not in (handoff.claimed_by, handoff.second_officer):
            raise await self._with_somebody_else(session, handoff)
        return handoff, conversation

    async def _with_somebody_else(self, session: AsyncSession, handoff: Handoff) -> Conflict:
        holder = await staff_rows.staff_by_id(session, handoff.claimed_by) if handoff.claimed_by else None
        if holder is not None and handoff.state in (*HELD, State.WRAP_UP.value):
            return Conflict(f"{holder.first_name} has this person.", state=handoff.state, taken_by=holder.first_name)
        return Conflict(f"You do not have this person: the handoff is {handoff.state}.", state=handoff.state)

    def _lease_anew(self, handoff: Handoff, officer: Officer) -> None:
        until = self.queue.lease.until(self._clock.now())
        if officer.id == handoff.claimed_by:
            handoff.lease_until = until
        else:
            handoff.second_lease_until = until

    async def _give_to_officer(self, session: AsyncSession, conversation: Conversation, officer: Officer) -> None:
        # Said by the assistant in the epoch that ends with it, so in the officer's own epoch only the officer speaks.
        await self.queue.tell(session, conversation, "handoff/officer_joined", officer_first_name=officer.first_name)
        give_to(conversation, Owner.OFFICER, officer_id=officer.id, officer_first_name=officer.first_name)
        self.queue.tell_owner(session, conversation)

    async def _say(
        self, session: AsyncSession, conversation: Conversation, content_id: str, **values: object
    ) -> Message | None:
        """Say something about who is here, as the service: the assistant is silent while an officer has them.

        To whoever is only rung nothing can be said.
        """
        if conversation.channel == Channel.PHONE.value:
            return None
        words = self.queue.voice.say(content_id, channel=conversation.channel, values=values)
        message = await speak_authored(session, conversation, words, clock=self._clock)
        assert message is not None, "spoken in the present epoch"
        return message

    async def _done(
        self, session: AsyncSession, handoff: Handoff, officer: Officer, action: str, change: str, **detail: object
    ) -> None:
        await audit.record(session, self._clock, actor=officer.id, action=action, subject=handoff.id, detail=detail)
        self.queue.changed(session, handoff, change)
