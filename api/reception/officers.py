"""What reception wants of the queue, and what the person is told about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import repository as conversations
from api.conversations.models import Conversation, Message, Owner
from api.delivery.service import speak_authored
from api.handoffs import repository as handoffs
from api.handoffs.callbacks import Callbacks
from api.handoffs.service import Queue
from api.handoffs.standing import Standing
from api.handoffs.transitions import HELD, State
from api.hours.slots import Slot, clock_time
from reference.clock import SCOTLAND, Clock
from safety.levels import Level
from voice import Voice

CONSENT = "privacy/consent_to_share"
"""Says what is passed on when somebody asks for a person."""

_AGREED = "consent_to_share"
_REASONS = {Level.EMERGENCY: "emergency", Level.URGENT: "urgent"}


class Officers:
    """Asks for people, in the caller's transaction; conversations given to it were read for change."""

    def __init__(self, queue: Queue, voice: Voice, clock: Clock) -> None:
        self._queue = queue
        self._voice = voice
        self._clock = clock
        self._callbacks = Callbacks(queue)

    async def raise_handoff(
        self, session: AsyncSession, conversation: Conversation, *, level: Level, reply_to: UUID
    ) -> list[Message]:
        """Bring danger before the officers. In an emergency the person is told nothing of queues."""
        await self._queue.open_handoff(session, conversation, reason=_REASONS[level], level=level.value)
        if level is Level.EMERGENCY:
            return []
        # The coach's step has said that the officer will see what they wrote.
        await self.note_consent(session, conversation, reply_to)
        return await self._tell_standing(session, conversation, "handoff/waiting_position", reply_to)

    async def asked_for(
        self,
        session: AsyncSession,
        conversation: Conversation,
        *,
        reply_to: UUID | None,
        reason: str = "asked",
        skill: str | None = None,
        say_standing: bool = True,
    ) -> list[Message]:
        """The person wants a person: a place in the queue, and the truth about it."""
        waits_already = await self._queue.position(session, conversation.id) is not None
        level = conversation.safety if conversation.safety == Level.URGENT.value else Level.NONE.value
        await self._queue.open_handoff(session, conversation, reason=reason, skill=skill, level=level)
        if not say_standing:
            return []
        words = "handoff/already_waiting" if waits_already else "handoff/waiting_position"
        return [
            *await self._tell_standing(session, conversation, words, reply_to),
            *await self._tell_what_is_passed_on(session, conversation, reply_to),
        ]

    async def note_consent(self, session: AsyncSession, conversation: Conversation, message_id: UUID | None) -> None:
        """In this message they asked for a person, and were told what that person then sees."""
        await conversations.note_fact(
            session, conversation.id, _AGREED, True, now=self._clock.now(), message_id=message_id
        )

    async def wanted_since(self, session: AsyncSession, conversation: Conversation, message_id: UUID) -> bool:
        """Whether they came to wait for a person after this message: their later wish counts, not a late answer."""
        message = await session.get_one(Message, message_id)
        handoff = await handoffs.open_handoff_of(session, conversation.id)
        return handoff is not None and handoff.state == State.WAITING.value and handoff.opened_at > message.sent_at

    async def call_back(
        self,
        session: AsyncSession,
        conversation: Conversation,
        *,
        reply_to: UUID | None,
        reason: str = "callback",
        slot: datetime | None = None,
        number: str | None = None,
        consent: bool = False,
        say_noted: bool = True,
    ) -> list[Message]:
        """The person would rather hear from somebody later: in the slot that begins then, on the number they gave."""
        booked = await self._callbacks.book(
            session, conversation, start=slot, number=number, consent=consent, reason=reason
        )
        if not say_noted:
            return []
        if booked.callback_at is None or booked.callback_until is None:
            return [await self._say(session, conversation, "handoff/callback_noted", reply_to)]
        starts, ends = booked.callback_at.astimezone(SCOTLAND), booked.callback_until.astimezone(SCOTLAND)
        told = {"day": starts.date().isoformat(), "starts": clock_time(starts), "ends": clock_time(ends)}
        return [await self._say(session, conversation, "queue/callback_booked", reply_to, told)]

    async def slots(self, session: AsyncSession) -> Sequence[Slot]:
        """When they could be rung."""
        return await self._callbacks.slots(session)

    async def leave(self, session: AsyncSession, conversation: Conversation, *, reply_to: UUID | None) -> list[Message]:
        """Give up the place in the queue. An emergency stays before the officers, and the person is told so."""
        standing = await handoffs.open_handoff_of(session, conversation.id)
        if await self._queue.leave(session, conversation):
            content_id = "handoff/left_queue"
        else:
            content_id = "safety/alert_stays" if standing and standing.emergency else "handoff/not_in_queue"
        return [await self._say(session, conversation, content_id, reply_to)]

    async def back_to_assistant(
        self, session: AsyncSession, conversation: Conversation, *, reply_to: UUID | None
    ) -> list[Message]:
        """The person would rather go on with the assistant; a place in the queue is kept."""
        if conversation.owner == Owner.OFFICER.value:
            await self._queue.take_from_officer(session, conversation)
        return [await self._say(session, conversation, "commands/back_to_assistant", reply_to)]

    async def person_wrote(self, session: AsyncSession, conversation: Conversation, message: Message) -> None:
        """Their place is ranked anew and their officer hears of it."""
        level = (message.safety or {}).get("level", Level.NONE.value)
        await self._queue.person_wrote(session, conversation, level=level)

    async def texts_stopped(self, session: AsyncSession, conversation: Conversation) -> None:
        """They want no more texts. Their officer sees it; in an open emergency whoever is on call is paged at once."""
        handoff = await handoffs.open_handoff_of(session, conversation.id)
        if handoff is None:
            return
        if handoff.emergency:
            await self._queue.page(session, handoff, "oncall/texts_stopped")
        self._queue.changed(session, handoff, "texts_stopped")

    async def texts_undelivered(self, session: AsyncSession, conversation: Conversation, *, page: bool) -> None:
        """What we text does not reach them. Whoever has them sees it.

        In an open emergency that nobody has, whoever is on call is paged, if `page`.
        """
        handoff = await handoffs.open_handoff_of(session, conversation.id)
        if handoff is None:
            return
        if page and handoff.emergency and handoff.state not in HELD:
            await self._queue.page(session, handoff, "sms_on_call/undelivered")
        self._queue.changed(session, handoff, "texts_undelivered")

    async def learned(self, session: AsyncSession, conversation: Conversation) -> None:
        """More is known of them: their place is ranked anew and whoever has their brief open sees it."""
        await self._queue.learned(session, conversation)

    async def standing(self, session: AsyncSession, conversation: Conversation) -> Standing:
        """Where the person stands, or would stand if they asked now."""
        return await self._queue.standing(session, conversation)

    async def position(self, session: AsyncSession, conversation_id: UUID) -> int | None:
        """Which one in the queue; None for who does not wait in it."""
        return await self._queue.position(session, conversation_id)

    async def _tell_standing(
        self, session: AsyncSession, conversation: Conversation, content_id: str, reply_to: UUID | None
    ) -> list[Message]:
        standing = await self._queue.standing(session, conversation)
        if standing.opens_at is not None and conversation.owner != Owner.QUEUE.value:
            return [await self._say(session, conversation, "queue/closed_now", reply_to, opening_of(standing))]
        if not standing.officers_available and conversation.owner != Owner.QUEUE.value:
            return [await self._say(session, conversation, "handoff/nobody_free", reply_to)]
        values = {"position": standing.position, "estimate_minutes": standing.estimate_minutes}
        return [await self._say(session, conversation, content_id, reply_to, values)]

    async def _tell_what_is_passed_on(
        self, session: AsyncSession, conversation: Conversation, reply_to: UUID | None
    ) -> list[Message]:
        """Once. In an emergency nobody is asked to agree to anything."""
        known = {fact.name for fact in await conversations.facts_of(session, conversation.id)}
        if _AGREED in known or conversation.safety == Level.EMERGENCY.value:
            return []
        await self.note_consent(session, conversation, reply_to)
        return [await self._say(session, conversation, CONSENT, reply_to)]

    async def _say(
        self,
        session: AsyncSession,
        conversation: Conversation,
        content_id: str,
        reply_to: UUID | None,
        values: Mapping[str, object] | None = None,
    ) -> Message:
        words = self._voice.say(content_id, channel=conversation.channel, values=values)
        message = await speak_authored(session, conversation, words, clock=self._clock, reply_to=reply_to)
        assert message is not None, "spoken in the present epoch"
        return message


def opening_of(standing: Standing) -> dict[str, str]:
    """When officers are there again, as it is said: the day (ISO) and the clock time; nothing while they are."""
    if standing.opens_at is None:
        return {}
    opening = standing.opens_at.astimezone(SCOTLAND)
    return {"opens_on": opening.date().isoformat(), "opens_at": clock_time(opening)}
