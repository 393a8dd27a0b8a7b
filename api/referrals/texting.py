"""The one neutral text before a call, where the family said that it is safe: once a number, never at night.

Whoever refers cannot have a number texted twice, and nothing follows until it answers.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service as audit
from api.conversations import repository as conversations
from api.conversations.phone_numbers import NumberSafe
from api.conversations.service import open_text_conversation
from api.delivery.service import speak_authored
from api.delivery.unprompted import QuietHours, may_be_sent_first
from api.handoffs import repository as handoffs
from api.handoffs.models import Handoff
from api.hours.slots import clock_time
from api.referrals import repository
from api.referrals.models import Referral
from api.referrals.service import FACT
from reference.clock import SCOTLAND, Clock
from voice import Utterance, Voice

_AT_ONCE = 20


class FirstText:
    """Sends it, and notes that it was answered; every method works in the caller's unit of work."""

    def __init__(self, *, voice: Voice, clock: Clock, numbers: NumberSafe, quiet: QuietHours) -> None:
        """`quiet` as the operator set it: a text waits until it is over."""
        self._voice = voice
        self._clock = clock
        self._numbers = numbers
        self._quiet = quiet

    async def send_due(self, session: AsyncSession) -> int:
        """Send those whose time has come; returns how many went."""
        sent = 0
        for referral in await repository.texts_due(session, self._clock.now(), limit=_AT_ONCE):
            handoff = await self._still_to_be_rung(session, referral)
            if handoff is None or handoff.callback_number_sealed is None:
                referral.text_due_at = None
            else:
                sent += await self._send(session, referral, handoff, self._numbers.open(handoff.callback_number_sealed))
            await session.flush()
        return sent

    async def note_answers(self, session: AsyncSession) -> int:
        """Let officers see which families have answered it; returns how many did."""
        answered = await repository.answered_since(session, limit=_AT_ONCE)
        for referral, at in answered:
            referral.answered_at = at
            await self._tell_officers(session, referral, answered=True)
        await session.flush()
        return len(answered)

    async def _send(self, session: AsyncSession, referral: Referral, handoff: Handoff, number: str) -> bool:
        fingerprint = self._numbers.fingerprint(number)
        await handoffs.one_at_a_time(session, f"text first {fingerprint}")
        if await repository.was_texted(session, fingerprint):
            referral.text_due_at = None
            return False
        standing = await open_text_conversation(
            session, clock=self._clock, fingerprint=fingerprint, sealed=self._numbers.seal(number)
        )
        conversation = await conversations.conversation_for_change(session, standing.id)
        assert conversation is not None
        if conversation.last_seq and conversation.last_person_at is None:
            # Something was sent first already, a plan's invitation perhaps, and nobody has answered it.
            referral.text_due_at = None
            return False
        verdict = await may_be_sent_first(session, conversation, clock=self._clock, quiet=self._quiet)
        if not verdict.goes:
            referral.text_due_at = verdict.not_before
            return False
        await speak_authored(session, conversation, self._words(referral), clock=self._clock)
        referral.texted_at, referral.text_due_at = self._clock.now(), None
        await self._tell_officers(session, referral, text=True)
        await audit.record(session, self._clock, actor=audit.SYSTEM, action="referral.texted", subject=referral.id)
        return True

    def _words(self, referral: Referral) -> Utterance:
        starts, now = referral.call_from, self._clock.now()
        if starts is None or starts <= now:
            return self._voice.say("referral_text/call_soon", channel="sms")
        said = {
            "day": starts.astimezone(SCOTLAND).date().isoformat(),
            "starts": clock_time(starts),
            "ends": clock_time(referral.call_by),
        }
        return self._voice.say("referral_text/call_at", channel="sms", values=said)

    async def _still_to_be_rung(self, session: AsyncSession, referral: Referral) -> Handoff | None:
        if referral.conversation_id is None or referral.reached_at is not None:
            return None
        return await handoffs.open_handoff_of(session, referral.conversation_id)

    async def _tell_officers(self, session: AsyncSession, referral: Referral, **more: bool) -> None:
        if referral.conversation_id is None:
            return
        known = {fact.name: fact.value for fact in await conversations.facts_of(session, referral.conversation_id)}
        told = {**known.get(FACT, {}), **more}
        await conversations.note_fact(session, referral.conversation_id, FACT, told, now=self._clock.now())
