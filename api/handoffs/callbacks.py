"""Calls back: a time that somebody chose, with their consent, and the number they gave for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import phonenumbers
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service as audit
from api.conversations import repository as conversations
from api.conversations.models import Conversation
from api.handoffs import repository
from api.handoffs.deeds import Deeds, Officer
from api.handoffs.models import Handoff
from api.handoffs.service import Queue
from api.hours.slots import CallbackSlots, Slot
from api.problems import Conflict, NotFound, Unprocessable

CONSENT = "consent_to_callback"
"""The fact that says that, and when, they agreed to be rung."""


class Callbacks(Deeds):
    """Booking a call, and reading the number when it is made."""

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
        slot = None
        if start is not None:
            await repository.one_at_a_time(session, f"callback {start.isoformat()}")
            slot = next((one for one in await self.slots(session) if one.start == start), None)
            if slot is None:
                raise Conflict("That time cannot be chosen any more.")
        when = slot.start if slot else None
        handoff = await self.queue.book_callback(session, conversation, reason=reason, when=when)
        handoff.callback_until = slot.end if slot else None
        handoff.callback_reminded_at = handoff.callback_missed_at = None
        handoff.callback_number_sealed = sealed or handoff.callback_number_sealed
        if consent:
            await conversations.note_fact(session, conversation.id, CONSENT, True, now=self._clock.now())
        await audit.record(session, self._clock, actor="person", action="handoff.callback_asked", subject=handoff.id)
        return handoff

    async def number(self, session: AsyncSession, handoff_id: UUID, officer: Officer) -> str:
        """Where to ring, for the officer who has the person; that it was shown is written down. Raises NotFound."""
        handoff, conversation = await self._held_by(session, handoff_id, officer)
        sealed = handoff.callback_number_sealed or (conversation.number_sealed if conversation else None)
        if sealed is None:
            raise NotFound("This person left no number.")
        await self._done(session, handoff, officer, "handoff.number_shown", "ranked")
        return self.queue.numbers.open(sealed)

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
