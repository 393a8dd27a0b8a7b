"""Calls back: a time that was chosen, with consent, the number for it, and every try until somebody was reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from uuid import UUID

import phonenumbers
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service as audit
from api.conversations import repository as conversations
from api.conversations.models import Conversation
from api.handoffs import repository
from api.handoffs.deeds import Deeds, Officer
from api.handoffs.models import CallbackAttempt, Handoff
from api.handoffs.service import Queue
from api.handoffs.transitions import State, let_go, move
from api.hours.slots import CallbackSlots, Slot, clock_time
from api.problems import Conflict, NotFound, Unprocessable
from reference.clock import SCOTLAND

CONSENT = "consent_to_callback"
"""The fact that says that, and when, they agreed to be rung."""


class CallResult(str, Enum):
    """What came of ringing somebody."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    MESSAGE_LEFT = "message_left"
    NOT_NOW = "not_now"
    WRONG_NUMBER = "wrong_number"


_TOLD_AFTER = {
    CallResult.NO_ANSWER: "queue/callback_tried",
    CallResult.MESSAGE_LEFT: "queue/callback_tried",
    CallResult.NOT_NOW: "queue/callback_tried_not_now",
    CallResult.WRONG_NUMBER: "queue/callback_wrong_number",
}


class Callbacks(Deeds):
    """Booking a call, reading the number when it is made, and writing down what came of it."""

    def __init__(self, queue: Queue, slots: CallbackSlots | None = None) -> None:
        """`slots` by default what `data/operations/hours.yml` says."""
        super().__init__(queue)
        self._slots = slots or CallbackSlots.load()

    async def slots(self, session: AsyncSession) -> Sequence[Slot]:
        """The times that can be chosen now."""
        now = self._clock.now()
        return self._slots.offered(now, await repository.callbacks_by_start(session, since=now))

    async def book(
        self,
        session: AsyncSession,
        conversation: Conversation,
        *,
        start: datetime | None,
        number: str | None = None,
        consent: bool = False,
        reason: str = "callback",
    ) -> Handoff:
        """A call at the slot that begins at `start`, or whenever somebody can; a conversation read for change.

        The number is sealed before it is stored. Raises Unprocessable for a number without consent or that is none,
        Conflict for a slot that is taken or not offered.
        """
        sealed = self._sealed(number, consent=consent)
        slot = await self._free_slot(session, start)
        when = slot.start if slot else None
        handoff = await self.queue.book_callback(session, conversation, reason=reason, when=when)
        self._promise(handoff, when, slot.end if slot else None)
        await self._keep_number(session, handoff, conversation, sealed, consent=consent)
        await audit.record(session, self._clock, actor="person", action="handoff.callback_asked", subject=handoff.id)
        return handoff

    async def by_officer(
        self,
        session: AsyncSession,
        handoff_id: UUID,
        officer: Officer,
        *,
        start: datetime | None = None,
        when: datetime | None = None,
        number: str | None = None,
        consent: bool = False,
    ) -> Handoff:
        """Somebody rings later: in the slot that begins at `start`, at a time of their own (`when`), or when they can.

        Until then the person has the assistant. Raises Conflict for a slot that is taken, Unprocessable for a time
        that is over and for a number without consent.
        """
        handoff, conversation = await self._held_by(session, handoff_id, officer)
        if when is not None and when <= self._clock.now():
            raise Unprocessable("That time is over.")
        sealed = self._sealed(number, consent=consent)
        slot = await self._free_slot(session, start)
        await self._ring_later(session, handoff, conversation, slot, when=when)
        if conversation is not None:
            await self._keep_number(session, handoff, conversation, sealed, consent=consent)
            await self._tell_when(session, conversation, slot, when)
        await self._done(session, handoff, officer, "handoff.callback_booked", "released")
        return handoff

    async def tried(
        self,
        session: AsyncSession,
        handoff_id: UUID,
        officer: Officer,
        *,
        result: CallResult,
        tried_at: datetime | None = None,
        start: datetime | None = None,
    ) -> Handoff:
        """The officer rang. Whoever was reached stays with them; for anybody else there is a next time: at `start`.

        Somebody who could not be reached is told so where they write, and stays on the list until how it ended is
        written down. A number that was wrong is forgotten, so that no stranger is rung twice.
        """
        handoff, conversation = await self._held_by(session, handoff_id, officer)
        now = self._clock.now()
        if tried_at is not None and tried_at > now:
            raise Unprocessable("That call would be in the future.")
        session.add(
            CallbackAttempt(
                handoff_id=handoff.id,
                staff_id=officer.id,
                result=result.value,
                tried_at=tried_at or now,
                recorded_at=now,
            )
        )
        if result is CallResult.REACHED:
            handoff.answered_at = handoff.answered_at or now
            if handoff.state == State.CLAIMED.value:
                move(handoff, State.ACTIVE)
        else:
            slot = await self._free_slot(session, start)
            await self._ring_later(session, handoff, conversation, slot)
            if result is CallResult.WRONG_NUMBER:
                handoff.callback_number_sealed = None
            if conversation is not None:
                await self.queue.tell(session, conversation, _TOLD_AFTER[result], **_told_of(slot))
        change = "ranked" if result is CallResult.REACHED else "released"
        await self._done(session, handoff, officer, "handoff.callback_tried", change, result=result.value)
        return handoff

    async def number(self, session: AsyncSession, handoff_id: UUID, officer: Officer) -> str:
        """Where to ring, for the officer who has the person; that it was shown is written down. Raises NotFound."""
        handoff, conversation = await self._held_by(session, handoff_id, officer)
        sealed = handoff.callback_number_sealed or (conversation.number_sealed if conversation else None)
        if sealed is None:
            raise NotFound("This person left no number.")
        await self._done(session, handoff, officer, "handoff.number_shown", "ranked")
        return self.queue.numbers.open(sealed)

    async def _free_slot(self, session: AsyncSession, start: datetime | None) -> Slot | None:
        """The slot that begins then, kept from everybody else; None where none was chosen. Raises Conflict."""
        if start is None:
            return None
        await repository.one_at_a_time(session, f"callback {start.isoformat()}")
        slot = next((one for one in await self.slots(session) if one.start == start), None)
        if slot is None:
            raise Conflict("That time cannot be chosen any more.")
        return slot

    async def _ring_later(
        self,
        session: AsyncSession,
        handoff: Handoff,
        conversation: Conversation | None,
        slot: Slot | None,
        *,
        when: datetime | None = None,
    ) -> None:
        move(handoff, State.CALLBACK_SCHEDULED)
        let_go(handoff)
        handoff.claimed_by = None
        self._promise(handoff, slot.start if slot else when, slot.end if slot else None)
        if conversation is not None:
            self.queue.give_back(session, conversation)

    def _promise(self, handoff: Handoff, start: datetime | None, end: datetime | None) -> None:
        handoff.callback_asked_at = self._clock.now()
        handoff.callback_at, handoff.callback_until = start, end
        handoff.callback_reminded_at = handoff.callback_missed_at = None

    async def _keep_number(
        self, session: AsyncSession, handoff: Handoff, conversation: Conversation, sealed: str | None, *, consent: bool
    ) -> None:
        handoff.callback_number_sealed = sealed or handoff.callback_number_sealed
        if consent:
            await conversations.note_fact(session, conversation.id, CONSENT, True, now=self._clock.now())

    async def _tell_when(
        self, session: AsyncSession, conversation: Conversation, slot: Slot | None, when: datetime | None
    ) -> None:
        if slot is not None:
            await self.queue.tell(session, conversation, "queue/callback_booked", **_told_of(slot))
            return
        local = when.astimezone(SCOTLAND) if when else None
        said = f"{local:%A} {local.day} {local:%B}, {clock_time(local)}" if local else None
        await self.queue.tell(session, conversation, "handoff/callback_noted", when=said)

    def _sealed(self, number: str | None, *, consent: bool) -> str | None:
        if number is None:
            return None
        if not consent:
            raise Unprocessable("A number is only kept with consent to be rung on it.")
        try:
            read = phonenumbers.parse(number, "GB")
        except phonenumbers.NumberParseException:
            read = None
        if read is None or not phonenumbers.is_possible_number(read):
            raise Unprocessable("That is not a phone number.")
        return self.queue.numbers.seal(phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164))


def _told_of(slot: Slot | None) -> dict[str, str]:
    """A slot as the person is told of it: nothing where none was chosen."""
    if slot is None:
        return {}
    day = slot.start.astimezone(SCOTLAND).date().isoformat()
    return {"day": day, "starts": clock_time(slot.start), "ends": clock_time(slot.end)}
