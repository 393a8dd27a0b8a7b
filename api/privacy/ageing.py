"""What has been kept for as long as it may be: one question for each class of data, a batch at a time.

Everything here may be done twice, by any number of workers: what is gone is not found again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from api.audit.models import AuditEntry
from api.conversations.models import Author, Channel, Conversation, Message
from api.conversations.repeats import PastText
from api.corrections.models import Correction
from api.database.base import Base
from api.delivery.models import OutboxItem, OutboxState, SentText
from api.handoffs.models import Handoff
from api.privacy.models import ProviderCopy
from api.privacy.owed import still_kept
from api.referrals.models import Referral
from api.release_plans.models import CheckIn, ReleasePlan
from api.release_plans.transitions import OPEN, State
from api.staff.models import StaffSession

_STILL_TO_GO = (OutboxState.PENDING.value, OutboxState.SENDING.value)


def conversations_over(*, quiet_since: datetime, helped_before: datetime, plans_before: datetime) -> Select[UUID]:
    """Conversations whose time is over, the oldest first.

    Quiet since then on both sides; with an officer, closed before then; with a plan, nothing of it open and nothing
    changed since then. While anything is still to go out, or somebody still waits, they stay.
    """
    of_this = Conversation.id
    spoken_since = exists().where(Message.conversation_id == of_this, Message.sent_at >= quiet_since)
    with_officer = exists().where(
        Handoff.conversation_id == of_this, or_(Handoff.closed_at.is_(None), Handoff.closed_at >= helped_before)
    )
    plan_changed = exists().where(ReleasePlan.conversation_id == of_this, ReleasePlan.updated_at >= plans_before)
    # A plan that rests (back inside, another holder) may leave open rows behind; they hold nobody for ever.
    checking_in = exists().where(
        CheckIn.conversation_id == of_this,
        or_(and_(CheckIn.state.in_(OPEN), CheckIn.due_at >= plans_before), CheckIn.state == State.WORKLIST.value),
    )
    asked_lately = exists().where(CheckIn.conversation_id == of_this, CheckIn.asked_at >= plans_before)
    to_go = exists().where(OutboxItem.conversation_id == of_this, OutboxItem.state.in_(_STILL_TO_GO))
    return (
        select(Conversation.id)
        .where(
            func.coalesce(Conversation.last_person_at, Conversation.created_at) < quiet_since,
            ~spoken_since, ~with_officer, ~plan_changed, ~checking_in, ~asked_lately, ~to_go,
        )
        .order_by(Conversation.created_at)
    )  # fmt: skip


async def drop_alerts(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Closed handoffs whose person wiped their conversation long ago."""
    old = select(Handoff.id).where(Handoff.conversation_id.is_(None), Handoff.closed_at < before)
    return await _dropped(session, Handoff, Handoff.id, old, limit)


async def drop_callback_numbers(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Numbers of people who were to be rung, on handoffs that are closed."""
    old = (
        select(Handoff.id)
        .where(Handoff.callback_number_sealed.is_not(None), Handoff.closed_at < before)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = (await session.execute(old)).scalars().all()
    await session.execute(update(Handoff).where(Handoff.id.in_(ids)).values(callback_number_sealed=None))
    return len(ids)


async def drop_referrals(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Referrals whose family's conversation is gone."""
    old = select(Referral.id).where(Referral.conversation_id.is_(None), Referral.created_at < before)
    return await _dropped(session, Referral, Referral.id, old, limit)


async def drop_corrections(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """What somebody meant who was not understood."""
    old = select(Correction.message_id).where(Correction.offered_on < before.date())
    return await _dropped(session, Correction, Correction.message_id, old, limit)


async def drop_past_texts(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Hashes of texts that no carrier tells of once more by now."""
    old = select(PastText.print).where(PastText.noted_at < before)
    return await _dropped(session, PastText, PastText.print, old, limit)


async def drop_deliveries(session: AsyncSession, *, before: datetime, now: datetime, limit: int) -> int:
    """How texts got on their way, and pages to the on-call number. Their copies at the provider are owed first."""
    old = (
        select(OutboxItem.id)
        .where(
            OutboxItem.state.in_((OutboxState.SENT.value, OutboxState.FAILED.value, OutboxState.DROPPED.value)),
            OutboxItem.created_at < before,
        )
        .order_by(OutboxItem.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = (await session.execute(old)).scalars().all()
    named = select(SentText.provider_id).where(SentText.outbox_id.in_(ids))
    carried = select(OutboxItem.provider_id).where(OutboxItem.id.in_(ids), OutboxItem.provider_id.is_not(None))
    provider_ids = {one for wanted in (named, carried) for one in (await session.execute(wanted)).scalars() if one}
    await owe_copies(session, provider_ids, now=now)
    # What travelled in one of them goes with it.
    await session.execute(delete(OutboxItem).where(OutboxItem.id.in_(ids)))
    return len(ids)


async def drop_sessions(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """That somebody was signed in."""
    old = select(StaffSession.id).where(StaffSession.expires_at < before)
    return await _dropped(session, StaffSession, StaffSession.id, old, limit)


async def drop_audit(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """What was done. The database itself refuses to let go of what is younger than a year."""
    old = select(AuditEntry.id).where(AuditEntry.at < before).order_by(AuditEntry.at)
    return await _dropped(session, AuditEntry, AuditEntry.id, old, limit)


async def owe_old_texts(session: AsyncSession, *, before: datetime, now: datetime, limit: int) -> int:
    """Owe the deletion of the provider's copies of texts that arrived or left before then."""
    known = exists().where(ProviderCopy.provider_id == SentText.provider_id)
    sent = select(SentText.provider_id).where(SentText.noted_at < before, ~known).limit(limit)
    answered_for = exists().where(ProviderCopy.provider_id == Message.channel_id)
    received = (
        select(Message.channel_id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.channel == Channel.SMS.value,
            Message.author == Author.PERSON.value,
            Message.channel_id.is_not(None),
            Message.sent_at < before,
            ~answered_for,
        )
        .limit(limit)
    )
    found = {one for wanted in (sent, received) for one in (await session.execute(wanted)).scalars() if one}
    return await owe_copies(session, found, now=now)


async def owe_copies(session: AsyncSession, provider_ids: set[str], *, now: datetime) -> int:
    """Owe the deletion of these, but for those that are owed or gone already."""
    already = select(ProviderCopy.provider_id).where(ProviderCopy.provider_id.in_(provider_ids))
    new = provider_ids - set((await session.execute(already)).scalars())
    session.add_all(ProviderCopy(provider_id=one, asked_at=now, next_try_at=now) for one in sorted(new))
    await session.flush()
    return len(new)


async def drop_settled_copies(session: AsyncSession, *, limit: int) -> int:
    """That a copy is gone, once the text itself is gone here too."""
    settled = select(ProviderCopy.provider_id).where(
        ProviderCopy.gone_at.is_not(None), ~still_kept(ProviderCopy.provider_id)
    )
    return await _dropped(session, ProviderCopy, ProviderCopy.provider_id, settled, limit)


async def _dropped(
    session: AsyncSession, table: type[Base], key: InstrumentedAttribute[Any], old: Select[Any], limit: int
) -> int:
    ids = (await session.execute(old.limit(limit).with_for_update(skip_locked=True))).scalars().all()
    await session.execute(delete(table).where(key.in_(ids)))
    return len(ids)
