"""Wiping a conversation: everywhere here, now; what could not be reached yet is written down as owed (`owed`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import Enum
from typing import Protocol
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service as audit
from api.conversations import repository as conversations
from api.conversations.models import Author, Channel, Conversation, Message
from api.conversations.repeats import Repeats
from api.database.engine import after_commit, announce
from api.delivery.models import OutboxItem, SentText
from api.handoffs.models import AmbulanceCall, Handoff, HandoffNote
from api.live import LiveEvent, conversation_topic
from api.privacy.models import Forgetting, ProviderCopy, ProviderSweep
from api.privacy.owed import LAST_TURN_OVER_AFTER
from api.referrals.models import Referral
from reference.clock import Clock

ERASED = "conversation.erased"
"""The audit's word for a wipe: all that stays of it, without content."""


class Because(str, Enum):
    """Why a conversation was wiped."""

    ASKED = "asked"
    """The person's own wish, by a button or a word."""
    STAFF = "staff"
    """The person asked a member of staff."""
    TIME = "time"
    """It has been kept for as long as the settings allow."""


class SpooledNotes(Protocol):
    """Messages that wait on this machine's disk until the database answers."""

    def forget(self, conversation_id: UUID, fingerprint: str | None) -> None:
        """Take away those of this conversation, or of this number."""


class Eraser:
    """Wipes conversations, in the transaction of the caller."""

    def __init__(self, clock: Clock, spooled: SpooledNotes, repeats: Repeats) -> None:
        """`spooled` are the messages that wait on this machine's disk for the database."""
        self._clock = clock
        self._spooled = spooled
        self._repeats = repeats

    async def erase(
        self,
        session: AsyncSession,
        conversation: Conversation,
        *,
        because: Because = Because.ASKED,
        actor: UUID | str = "person",
    ) -> bool:
        """Wipe messages, facts, plan, outbox and turns with the conversation; what others hold is owed from now on.

        With a number goes what a referral had noted under it. During an open emergency an alert without content stays
        until staff close it; returns whether one does. The conversation must be locked.
        """
        alert_stays = await self._erase(session, conversation, because=because, actor=actor)
        for other in await self._noted_under(session, conversation.number_fingerprint):
            alert_stays |= await self._erase(session, other, because=because, actor=actor)
        return alert_stays

    async def erase_number(self, session: AsyncSession, fingerprint: str, *, actor: UUID | str) -> tuple[int, bool]:
        """Wipe all that is kept of a number, for somebody who asked staff: how many conversations, and as `erase`.

        Referrals whose conversation is gone already lose what is left of the number too.
        """
        wiped, alert_stays = 0, False
        texting = await conversations.conversation_by_number(session, fingerprint)
        locked = await conversations.conversation_for_change(session, texting.id) if texting is not None else None
        others = [] if locked is not None else await self._noted_under(session, fingerprint)
        for conversation in [locked, *others]:
            if conversation is not None:
                alert_stays |= await self.erase(session, conversation, because=Because.STAFF, actor=actor)
                wiped += 1
        await self._empty_referrals(session, Referral.number_fingerprint == fingerprint)
        return wiped, alert_stays

    async def _erase(
        self, session: AsyncSession, conversation: Conversation, *, because: Because, actor: UUID | str
    ) -> bool:
        alert_stays = await self._empty_handoffs(session, conversation)
        await self._empty_referrals(session, Referral.conversation_id == conversation.id)
        if conversation.channel == Channel.SMS.value:
            await self._owe_texts(session, conversation)
            await self._repeats.note(session, conversation.id)
        # Of what has lain untouched until its time was over nothing can be on its way to the assistant any more.
        already = LAST_TURN_OVER_AFTER if because is Because.TIME else timedelta()
        session.add(Forgetting(conversation_id=conversation.id, asked_at=self._clock.now() - already))
        await session.flush()
        await session.execute(delete(Conversation).where(Conversation.id == conversation.id))
        session.expunge(conversation)
        if because is not Because.TIME:
            detail = {"because": because.value, "channel": conversation.channel, "alert_stays": alert_stays}
            await audit.record(session, self._clock, actor=actor, action=ERASED, subject=conversation.id, detail=detail)
        conversation_id, fingerprint = conversation.id, conversation.number_fingerprint

        async def forget_spooled() -> None:
            self._spooled.forget(conversation_id, fingerprint)

        after_commit(session, forget_spooled)
        announce(session, LiveEvent(conversation_topic(conversation.id), {"type": "wiped"}))
        return alert_stays

    async def _noted_under(self, session: AsyncSession, fingerprint: str | None) -> list[Conversation]:
        """Conversations, locked, in which officers keep what a referral told of the family behind this number."""
        if fingerprint is None:
            return []
        named = select(Referral.conversation_id).where(
            Referral.number_fingerprint == fingerprint, Referral.conversation_id.is_not(None)
        )
        found = [
            await conversations.conversation_for_change(session, conversation_id)
            for conversation_id in sorted(set((await session.execute(named)).scalars().all()), key=str)
            if conversation_id is not None
        ]
        return [one for one in found if one is not None]

    async def _empty_referrals(self, session: AsyncSession, which: ColumnElement[bool]) -> None:
        """A referral stays as a number in the reports: by which service, when, whether reached."""
        found = (await session.execute(select(Referral).where(which))).scalars().all()
        for referral in found:
            referral.conversation_id = referral.number_fingerprint = None
            referral.request_print = referral.code_hash = None
            referral.request_key = uuid4().hex
        await session.flush()

    async def _owe_texts(self, session: AsyncSession, conversation: Conversation) -> None:
        now = self._clock.now()
        known = await provider_ids(session, conversation.id)
        gone = delete(ProviderCopy).where(ProviderCopy.provider_id.in_(known), ProviderCopy.gone_at.is_not(None))
        settled = set((await session.execute(gone.returning(ProviderCopy.provider_id))).scalars().all())
        already = select(ProviderCopy.provider_id).where(ProviderCopy.provider_id.in_(known))
        settled |= set((await session.execute(already)).scalars().all())
        session.add_all(
            ProviderCopy(provider_id=one, asked_at=now, next_try_at=now) for one in known if one not in settled
        )
        if conversation.number_sealed:
            session.add(ProviderSweep(number_sealed=conversation.number_sealed, asked_at=now, next_try_at=now))

    async def _empty_handoffs(self, session: AsyncSession, conversation: Conversation) -> bool:
        handoffs = (
            (await session.execute(select(Handoff).where(Handoff.conversation_id == conversation.id))).scalars().all()
        )
        ids = [handoff.id for handoff in handoffs]
        await session.execute(delete(HandoffNote).where(HandoffNote.handoff_id.in_(ids)))
        alerts = [handoff.id for handoff in handoffs if handoff.emergency and handoff.closed_at is None]
        await session.execute(delete(Handoff).where(Handoff.id.in_([one for one in ids if one not in alerts])))
        await session.execute(
            update(Handoff)
            .where(Handoff.id.in_(alerts))
            .values(conversation_id=None, outcome_note=None, skill=None, agreed=None, callback_number_sealed=None)
        )
        await session.execute(
            update(AmbulanceCall).where(AmbulanceCall.handoff_id.in_(alerts)).values(place=None, reference=None)
        )
        for handoff_id in ids:
            event = {
                "type": "queue",
                "handoff_id": str(handoff_id),
                "change": "ranked" if handoff_id in alerts else "closed",
                "emergency": handoff_id in alerts,
            }
            announce(session, LiveEvent("queue", event))
        return bool(alerts)


async def provider_ids(session: AsyncSession, conversation_id: UUID) -> Sequence[str]:
    """What the provider calls the texts of a conversation, those that came in and those that went out."""
    came_in = select(Message.channel_id).where(
        Message.conversation_id == conversation_id,
        Message.author == Author.PERSON.value,
        Message.channel_id.is_not(None),
    )
    carried = select(OutboxItem.provider_id).where(
        OutboxItem.conversation_id == conversation_id, OutboxItem.provider_id.is_not(None)
    )
    reported = (
        select(SentText.provider_id)
        .join(OutboxItem, OutboxItem.id == SentText.outbox_id)
        .where(OutboxItem.conversation_id == conversation_id)
    )
    found: set[str] = set()
    for wanted in (came_in, carried, reported):
        found.update(one for one in (await session.execute(wanted)).scalars().all() if one)
    return sorted(found)
