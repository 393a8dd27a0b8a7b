"""What an officer does with a person in the queue: take them, speak, hand over, hand back, finish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import repository as conversations
from api.conversations.models import Author, Channel, Conversation, Message
from api.database.engine import announce
from api.delivery.service import speak
from api.handoffs import repository
from api.handoffs.callbacks import Callbacks
from api.handoffs.deeds import Deeds, Officer
from api.handoffs.models import Handoff, HandoffNote
from api.handoffs.next_person import Candidate, in_order_for
from api.handoffs.oversight import Oversight
from api.handoffs.rescue import Rescue
from api.handoffs.service import Queue
from api.handoffs.standing import position_of
from api.handoffs.transfers import Transfers
from api.handoffs.transitions import HELD, Naloxone, Outcome, State, let_go, move
from api.live import LiveEvent, conversation_topic
from api.problems import Conflict, NotFound, Unprocessable
from api.staff import presence
from api.staff.presence import Availability

_LOOKED_AT = 100
"""How many who wait are looked at in one go for whom to take next: more than officers press "next" in one instant."""


class Audience(str, Enum):
    """Who may read what an officer wrote."""

    PERSON = "person"
    STAFF = "staff"


@dataclass(frozen=True)
class Ending:
    """How it ended, beside the outcome: needs by code (needs.yml), naloxone, and when to get in touch again."""

    needs_met: Sequence[str] = ()
    needs_referred: Sequence[str] = ()
    naloxone: Naloxone = Naloxone.NOT_RAISED
    follow_up_on: date | None = None


class Handoffs(Deeds):
    """An officer's deeds, each in the caller's unit of work. Errors are problems: NotFound, Conflict, Unprocessable."""

    def __init__(self, queue: Queue) -> None:
        super().__init__(queue)
        self.transfers = Transfers(queue)
        self.oversight = Oversight(queue)
        self.rescue = Rescue(queue)
        self.callbacks = Callbacks(queue)

    # ---- taking somebody

    async def claim_next(self, session: AsyncSession, officer: Officer) -> Handoff | None:
        """Take the head of the queue, or whoever near it wants this officer's skills; None when nobody waits.

        Raises Conflict on a break, and with as many people as the officer takes; an emergency is taken even so.
        """
        skills = await presence.skills_of(session, officer.id)
        no_room = await self._no_room_for(session, officer)
        while waiting := await self._in_order_for(session, skills):
            if no_room is not None and not waiting[0].emergency:
                raise no_room
            chosen = await repository.first_free_for_claim(session, [one.id for one in waiting])
            if chosen is None:
                return None
            # It may have gone to a colleague between looking and taking; then there is somebody else.
            taken = await self._take(session, chosen, officer, head=chosen == waiting[0].id)
            if taken is not None:
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

    async def _in_order_for(self, session: AsyncSession, skills: frozenset[str]) -> list[Candidate]:
        heads = await repository.candidates(session, limit=_LOOKED_AT)
        matches = await repository.candidates(session, limit=_LOOKED_AT, skills=skills) if skills else ()
        return list(in_order_for(skills, heads, matches))

    async def _no_room_for(self, session: AsyncSession, officer: Officer) -> Conflict | None:
        availability, capacity = await presence.standing_of(session, officer.id)
        if availability is Availability.ON_BREAK:
            return Conflict("You are on a break. Come back first.", availability=availability.value)
        if await repository.held_by(session, officer.id) >= capacity:
            return Conflict(f"You have {capacity} people, which is as many as you take at once.", capacity=capacity)
        return None

    async def _take(self, session: AsyncSession, handoff_id: UUID, officer: Officer, *, head: bool) -> Handoff | None:
        _, conversation = await repository.handoff_for_change(session, handoff_id)
        now = self._clock.now()
        if not await repository.claim_if_free(
            session, handoff_id, officer.id, now=now, lease_until=self.queue.lease.until(now)
        ):
            return None
        handoff = await repository.handoff_by_id(session, handoff_id)
        assert handoff is not None
        if conversation is not None:
            await self._give_to_officer(session, conversation, officer)
        await self._done(session, handoff, officer, "handoff.claimed", "claimed", head=head)
        await self.queue.tell_positions(session)
        return handoff

    # ---- while they are with an officer

    async def heartbeat(self, session: AsyncSession, handoff_id: UUID, officer: Officer) -> Handoff:
        """The officer is still there: the lease goes on. Raises Conflict when it was lost."""
        handoff, _ = await self._shared_by(session, handoff_id, officer)
        self._lease_anew(handoff, officer)
        return handoff

    async def speak_as_officer(
        self, session: AsyncSession, handoff_id: UUID, officer: Officer, *, text: str, client_id: str | None = None
    ) -> Message:
        """Say something to the person, under the officer's first name. The first words make the handoff active.

        The same `client_id` again is the same message.
        """
        handoff, conversation = await self._shared_by(session, handoff_id, officer)
        if conversation is None:
            raise Conflict("This person has wiped their conversation; there is nowhere to write to.")
        if conversation.channel == Channel.PHONE.value:
            raise Conflict("This person is rung, not written to. Ring them, and write down what came of it.")
        if not text.strip():
            raise Unprocessable("There is nothing to say in this message.")
        channel_id = f"officer:{client_id}" if client_id else None
        known = channel_id and await conversations.message_by_channel_id(session, conversation.id, channel_id)
        if known:
            return known
        if handoff.state == State.CLAIMED.value:
            move(handoff, State.ACTIVE)
            handoff.answered_at = handoff.answered_at or self._clock.now()
            conversation.coach_flow = conversation.coach_step = conversation.open_question = None
            await self._done(session, handoff, officer, "handoff.answered", "ranked")
        self._lease_anew(handoff, officer)
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
        _, conversation = await self._shared_by(session, handoff_id, officer)
        if conversation is not None:
            event = {"type": "typing", "author": "officer", "name": officer.first_name}
            announce(session, LiveEvent(conversation_topic(conversation.id), event))

    async def add_note(
        self,
        session: AsyncSession,
        handoff_id: UUID,
        officer: Officer,
        *,
        text: str,
        audience: Audience = Audience.STAFF,
    ) -> HandoffNote:
        """Keep something beside the conversation, whoever has the person.

        For staff, the person never sees it; a note for the person stands in the copy of what is kept about them.
        """
        handoff, _ = await self._existing(session, handoff_id)
        if not text.strip():
            raise Unprocessable("There is nothing in this note.")
        note = self._note(session, handoff, officer, text, audience=audience)
        await self._done(session, handoff, officer, "handoff.noted", "ranked", audience=audience.value)
        return note

    def _note(
        self,
        session: AsyncSession,
        handoff: Handoff,
        officer: Officer,
        text: str,
        *,
        audience: Audience,
        kind: str = "note",
    ) -> HandoffNote:
        note = HandoffNote(
            handoff_id=handoff.id,
            staff_id=officer.id,
            text=text.strip(),
            audience=audience.value,
            kind=kind,
            written_at=self._clock.now(),
        )
        session.add(note)
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
        """Ask a named colleague to join; or hand back to the queue at the original age, for who has `skill`."""
        if to is not None:
            return await self.transfers.offer_to(session, handoff_id, officer, to)
        handoff, conversation = await self._held_by(session, handoff_id, officer)
        handoff.skill = skill
        await self.queue.back_to_waiting(session, handoff, conversation)
        if conversation is not None:
            position = await position_of(session, handoff)
            await self.queue.tell(session, conversation, "handoff/position_update", position=position)
        await self._done(session, handoff, officer, "handoff.transferred", "released", skill=skill)
        await self.queue.tell_positions(session)
        return handoff

    async def return_to_assistant(
        self, session: AsyncSession, handoff_id: UUID, officer: Officer, *, agreed: str | None = None
    ) -> Handoff:
        """The person goes on with the assistant, and waits for nobody.

        `agreed`, in the officer's words to the person, stands in the first words after the return, and becomes the fact
        `agreed` that the assistant's next turn gets.
        """
        handoff, conversation = await self._held_by(session, handoff_id, officer)
        move(handoff, State.RETURNED_TO_ASSISTANT)
        handoff.closed_at = self._clock.now()
        let_go(handoff)
        if conversation is not None:
            await self._keep_agreed(session, handoff, conversation, officer, agreed, told_at=handoff.closed_at)
            self.queue.give_back(session, conversation)
            await self.queue.tell(session, conversation, "handoff/returned_to_assistant", agreed=handoff.agreed)
        await self._done(session, handoff, officer, "handoff.returned", "closed")
        return handoff

    async def end(self, session: AsyncSession, handoff_id: UUID, officer: Officer) -> Handoff:
        """The conversation with the officer is over; how it ended is still to be written up.

        The person is told, and can go on with the assistant. Should they ask again before it is written up, they wait
        again, at their age.
        """
        handoff, conversation = await self._held_by(session, handoff_id, officer)
        await self._end(session, handoff, conversation, officer)
        await self._done(session, handoff, officer, "handoff.ended", "ranked")
        return handoff

    async def wrap_up(
        self,
        session: AsyncSession,
        handoff_id: UUID,
        officer: Officer,
        *,
        outcome: Outcome,
        note: str,
        ending: Ending | None = None,
        agreed: str | None = None,
    ) -> Handoff:
        """Finish, with how it ended and a note; without these nothing is ever closed.

        What was `agreed` is told in the goodbye. Where that was said before, a chat shows it at once, and somebody who
        texts is told with their next text: nothing is sent to a phone out of the blue.
        """
        handoff, conversation = await self._existing(session, handoff_id)
        if handoff.claimed_by != officer.id or handoff.state not in (*HELD, State.WRAP_UP.value):
            raise await self._with_somebody_else(session, handoff)
        if not note.strip():
            raise Unprocessable("Write a note: the next colleague knows only what stands here.")
        told_at = None if handoff.state == State.WRAP_UP.value else self._clock.now()
        if told_at is not None:
            await self._end(session, handoff, conversation, officer, agreed=(agreed or "").strip() or None)
        move(handoff, State.CLOSED)
        handoff.outcome, handoff.outcome_note = outcome.value, note.strip()
        self._keep_ending(handoff, outcome, ending or Ending())
        handoff.closed_at = self._clock.now()
        if conversation is not None:
            conversation.safety = "none"
            await self._keep_agreed(session, handoff, conversation, officer, agreed, told_at=told_at)
            if conversation.channel == Channel.WEB.value:
                await self.queue.tell_agreed(session, handoff, conversation)
        await self._done(session, handoff, officer, "handoff.closed", "closed", outcome=outcome.value)
        return handoff

    def _keep_ending(self, handoff: Handoff, outcome: Outcome, ending: Ending) -> None:
        arranged = outcome is Outcome.NALOXONE_ARRANGED
        handoff.needs_met, handoff.needs_referred = list(ending.needs_met), list(ending.needs_referred)
        handoff.naloxone = (Naloxone.ARRANGED if arranged else ending.naloxone).value
        handoff.follow_up_on = ending.follow_up_on

    async def _keep_agreed(
        self,
        session: AsyncSession,
        handoff: Handoff,
        conversation: Conversation,
        officer: Officer,
        agreed: str | None,
        *,
        told_at: datetime | None,
    ) -> None:
        if not (agreed or "").strip():
            return
        note = self._note(session, handoff, officer, agreed or "", audience=Audience.PERSON, kind="agreed")
        handoff.agreed, handoff.agreed_told_at = note.text, told_at
        await conversations.note_fact(session, conversation.id, "agreed", note.text, now=self._clock.now())

    async def _end(
        self,
        session: AsyncSession,
        handoff: Handoff,
        conversation: Conversation | None,
        officer: Officer,
        *,
        agreed: str | None = None,
    ) -> None:
        move(handoff, State.WRAP_UP)
        let_go(handoff)
        handoff.ended_at, handoff.ending_asked_at = self._clock.now(), None
        if conversation is not None:
            self.queue.give_back(session, conversation)
            await self.queue.tell(
                session, conversation, "handoff/officer_left", officer_first_name=officer.first_name, agreed=agreed
            )
