"""What an officer does with a person in the queue: take them, speak, hand over, hand back, finish."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service as audit
from api.conversations import repository as conversations
from api.conversations.models import Author, Conversation, Message, Owner
from api.conversations.service import give_to
from api.database.engine import announce
from api.delivery.service import speak
from api.handoffs import repository
from api.handoffs.models import Handoff, HandoffNote
from api.handoffs.service import Queue
from api.handoffs.standing import position_of
from api.handoffs.transitions import HELD, Outcome, State, move
from api.live import LiveEvent, conversation_topic
from api.problems import Conflict, NotFound, Unprocessable
from api.staff import repository as staff_rows
from api.staff.permissions import may


class Officer(Protocol):
    """Who acts."""

    @property
    def id(self) -> UUID:
        """The account."""

    @property
    def first_name(self) -> str:
        """The name that the person is told."""


class Handoffs:
    """An officer's deeds, each in the caller's unit of work. Errors are problems: NotFound, Conflict, Unprocessable."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self._clock = queue.clock

    # ---- taking somebody

    async def claim_next(self, session: AsyncSession, officer: Officer) -> Handoff | None:
        """Take the head of the queue; None when nobody waits."""
        while (head := await repository.head_of_queue(session)) is not None:
            # The head may go to a colleague between looking and taking; then there is another head.
            if (taken := await self._take(session, head, officer, head=True)) is not None:
                return taken
        return None

    async def claim(self, session: AsyncSession, handoff_id: UUID, officer: Officer) -> Handoff:
        """Take this person, wherever they stand. Raises Conflict naming the colleague who has them."""
        head = await repository.head_of_queue(session) == handoff_id
        taken = await self._take(session, handoff_id, officer, head=head)
        if taken is not None:
            return taken
        handoff = await repository.handoff_by_id(session, handoff_id)
        if handoff is None:
            raise NotFound("There is no such handoff.")
        if handoff.claimed_by == officer.id and handoff.state in HELD:
            return handoff
        raise await self._with_somebody_else(session, handoff)

    async def _take(self, session: AsyncSession, handoff_id: UUID, officer: Officer, *, head: bool) -> Handoff | None:
        _, conversation = await repository.handoff_for_change(session, handoff_id)
        now = self._clock.now()
        if not await repository.claim_if_free(
            session, handoff_id, officer.id, now=now, lease_until=now + self.queue.lease
        ):
            return None
        handoff = await repository.handoff_by_id(session, handoff_id)
        assert handoff is not None
        if conversation is not None:
            await self._give_to_officer(session, conversation, officer)
        await self._done(session, handoff, officer, "handoff.claimed", "claimed", head=head)
        await self.queue.tell_positions(session)
        return handoff

    async def _give_to_officer(self, session: AsyncSession, conversation: Conversation, officer: Officer) -> None:
        # Said by the assistant in the epoch that ends with it, so in the officer's own epoch only the officer speaks.
        await self.queue.tell(session, conversation, "handoff/officer_joined", officer_first_name=officer.first_name)
        give_to(conversation, Owner.OFFICER, officer_id=officer.id, officer_first_name=officer.first_name)
        self.queue.tell_owner(session, conversation)

    # ---- while they are with an officer

    async def heartbeat(self, session: AsyncSession, handoff_id: UUID, officer: Officer) -> Handoff:
        """The officer is still there: the lease goes on. Raises Conflict when it was lost."""
        handoff, _ = await self._held_by(session, handoff_id, officer)
        handoff.lease_until = self._clock.now() + self.queue.lease
        return handoff

    async def speak_as_officer(
        self, session: AsyncSession, handoff_id: UUID, officer: Officer, *, text: str, client_id: str | None = None
    ) -> Message:
        """Say something to the person, under the officer's first name. The first words make the handoff active.

        The same `client_id` again is the same message.
        """
        handoff, conversation = await self._held_by(session, handoff_id, officer)
        if conversation is None:
            raise Conflict("This person has wiped their conversation; there is nowhere to write to.")
        if not text.strip():
            raise Unprocessable("There is nothing to say in this message.")
        channel_id = f"officer:{client_id}" if client_id else None
        known = channel_id and await conversations.message_by_channel_id(session, conversation.id, channel_id)
        if known:
            return known
        if handoff.state == State.CLAIMED.value:
            move(handoff, State.ACTIVE)
            conversation.coach_flow = conversation.coach_step = conversation.open_question = None
            await self._done(session, handoff, officer, "handoff.answered", "ranked")
        handoff.lease_until = self._clock.now() + self.queue.lease
        message = await speak(
            session,
            conversation,
            author=Author.OFFICER,
            name=officer.first_name,
            text=text,
            clock=self._clock,
            epoch=conversation.owner_epoch,
            channel_id=channel_id,
        )
        assert message is not None, "the epoch was read under the same lock"
        return message

    async def typing(self, session: AsyncSession, handoff_id: UUID, officer: Officer) -> None:
        """Show the person that the officer is writing."""
        _, conversation = await self._held_by(session, handoff_id, officer)
        if conversation is not None:
            event = {"type": "typing", "author": "officer", "name": officer.first_name}
            announce(session, LiveEvent(conversation_topic(conversation.id), event))

    async def add_note(self, session: AsyncSession, handoff_id: UUID, officer: Officer, *, text: str) -> HandoffNote:
        """Keep something for colleagues, whoever has the person. The person does not see it."""
        handoff, _ = await self._existing(session, handoff_id)
        if not text.strip():
            raise Unprocessable("There is nothing in this note.")
        note = HandoffNote(handoff_id=handoff.id, staff_id=officer.id, text=text.strip(), written_at=self._clock.now())
        session.add(note)
        await self._done(session, handoff, officer, "handoff.noted", "ranked")
        return note

    # ---- letting go

    async def transfer(
        self,
        session: AsyncSession,
        handoff_id: UUID,
        officer: Officer,
        *,
        to: UUID | None = None,
        skill: str | None = None,
    ) -> Handoff:
        """Hand over: to a named colleague on shift, or back to the queue at the original age, for who has `skill`."""
        handoff, conversation = await self._held_by(session, handoff_id, officer)
        if to is not None:
            return await self._transfer_to(session, handoff, conversation, officer, to)
        handoff.skill = skill
        await self.queue.back_to_waiting(session, handoff, conversation)
        if conversation is not None:
            position = await position_of(session, handoff)
            await self.queue.tell(session, conversation, "handoff/position_update", position=position)
        await self._done(session, handoff, officer, "handoff.transferred", "released", skill=skill)
        await self.queue.tell_positions(session)
        return handoff

    async def _transfer_to(
        self, session: AsyncSession, handoff: Handoff, conversation: Conversation | None, officer: Officer, to: UUID
    ) -> Handoff:
        colleague = await staff_rows.staff_by_id(session, to)
        if colleague is None or not colleague.active or not may(colleague.role, "claim"):
            raise NotFound("There is no such colleague who takes people.")
        if colleague.id not in await self.queue.on_shift(session):
            raise Conflict(f"{colleague.first_name} is not on shift now.")
        move(handoff, State.CLAIMED)
        handoff.claimed_by, handoff.lease_until = colleague.id, self._clock.now() + self.queue.lease
        if conversation is not None:
            give_to(conversation, Owner.ASSISTANT)
            await self._give_to_officer(session, conversation, colleague)
        await self._done(session, handoff, officer, "handoff.transferred", "claimed", to=str(colleague.id))
        return handoff

    async def return_to_assistant(self, session: AsyncSession, handoff_id: UUID, officer: Officer) -> Handoff:
        """The person goes on with the assistant, and waits for nobody."""
        handoff, conversation = await self._held_by(session, handoff_id, officer)
        move(handoff, State.RETURNED_TO_ASSISTANT)
        handoff.closed_at, handoff.lease_until = self._clock.now(), None
        if conversation is not None:
            self._give_back(session, conversation)
            await self.queue.tell(session, conversation, "handoff/returned_to_assistant")
        await self._done(session, handoff, officer, "handoff.returned", "closed")
        return handoff

    async def callback(
        self, session: AsyncSession, handoff_id: UUID, officer: Officer, *, when: datetime | None
    ) -> Handoff:
        """Somebody gets in touch later; until then the person has the assistant."""
        handoff, conversation = await self._held_by(session, handoff_id, officer)
        move(handoff, State.CALLBACK_SCHEDULED)
        handoff.callback_at, handoff.claimed_by, handoff.lease_until = when, None, None
        if conversation is not None:
            self._give_back(session, conversation)
            await self.queue.tell(session, conversation, "handoff/callback_noted")
        await self._done(session, handoff, officer, "handoff.callback_booked", "released")
        return handoff

    async def wrap_up(
        self, session: AsyncSession, handoff_id: UUID, officer: Officer, *, outcome: Outcome, note: str
    ) -> Handoff:
        """Finish, with how it ended and a note. The person is told, and can go on with the assistant."""
        handoff, conversation = await self._held_by(session, handoff_id, officer)
        if not note.strip():
            raise Unprocessable("Write a note: the next colleague knows only what stands here.")
        move(handoff, State.WRAP_UP)
        move(handoff, State.CLOSED)
        handoff.outcome, handoff.outcome_note = outcome.value, note.strip()
        handoff.closed_at, handoff.lease_until = self._clock.now(), None
        if conversation is not None:
            conversation.safety = "none"
            self._give_back(session, conversation)
            await self.queue.tell(session, conversation, "handoff/officer_left", officer_first_name=officer.first_name)
        await self._done(session, handoff, officer, "handoff.closed", "closed", outcome=outcome.value)
        return handoff

    def _give_back(self, session: AsyncSession, conversation: Conversation) -> None:
        give_to(conversation, Owner.ASSISTANT)
        conversation.coach_flow = conversation.coach_step = conversation.open_question = None
        self.queue.tell_owner(session, conversation)

    # ---- underneath

    async def _existing(self, session: AsyncSession, handoff_id: UUID) -> tuple[Handoff, Conversation | None]:
        handoff, conversation = await repository.handoff_for_change(session, handoff_id)
        if handoff is None:
            raise NotFound("There is no such handoff.")
        return handoff, conversation

    async def _held_by(
        self, session: AsyncSession, handoff_id: UUID, officer: Officer
    ) -> tuple[Handoff, Conversation | None]:
        handoff, conversation = await self._existing(session, handoff_id)
        if handoff.claimed_by != officer.id or handoff.state not in HELD:
            raise await self._with_somebody_else(session, handoff)
        return handoff, conversation

    async def _with_somebody_else(self, session: AsyncSession, handoff: Handoff) -> Conflict:
        holder = await staff_rows.staff_by_id(session, handoff.claimed_by) if handoff.claimed_by else None
        if holder is not None and handoff.state in HELD:
            return Conflict(f"{holder.first_name} has this person.", state=handoff.state, taken_by=holder.first_name)
        return Conflict(f"You do not have this person: the handoff is {handoff.state}.", state=handoff.state)

    async def _done(
        self,
        session: AsyncSession,
        handoff: Handoff,
        officer: Officer,
        action: str,
        change: str,
        **detail: object,
    ) -> None:
        await audit.record(session, self._clock, actor=officer.id, action=action, subject=handoff.id, detail=detail)
        self.queue.changed(session, handoff, change)
