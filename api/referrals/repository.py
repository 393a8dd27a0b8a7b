"""Every query about referrals and their keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import and_, case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.models import Conversation
from api.handoffs.models import Handoff
from api.handoffs.transitions import Outcome
from api.referrals.models import Referral, ReferralKey

REACHED_BY: Final = (
    Outcome.SAFE.value,
    Outcome.REFERRED.value,
    Outcome.NALOXONE_ARRANGED.value,
    Outcome.EMERGENCY_SERVICES_CALLED.value,
)
"""How a call ended in which the family was spoken with. Who went away, or is to be rung again, was not reached yet."""


async def by_request(session: AsyncSession, request_key: str) -> Referral | None:
    """The referral that came under this request key."""
    return (await session.execute(select(Referral).where(Referral.request_key == request_key))).scalar_one_or_none()


async def by_code(session: AsyncSession, code_hash: str) -> Referral | None:
    """The referral whose referrer was given this code."""
    return (await session.execute(select(Referral).where(Referral.code_hash == code_hash))).scalar_one_or_none()


async def conversation_of_number(session: AsyncSession, fingerprint: str) -> UUID | None:
    """The conversation in which officers keep what they know of the family behind a number that was referred."""
    found = await session.execute(
        select(Referral.conversation_id)
        .where(Referral.number_fingerprint == fingerprint, Referral.conversation_id.is_not(None))
        .order_by(Referral.created_at.desc())
        .limit(1)
    )
    return found.scalar_one_or_none()


async def was_texted(session: AsyncSession, fingerprint: str) -> bool:
    """Whether some referral has sent this number a text before."""
    found = await session.execute(
        select(Referral.id).where(Referral.number_fingerprint == fingerprint, Referral.texted_at.is_not(None)).limit(1)
    )
    return found.first() is not None


async def reached_since(session: AsyncSession, *, limit: int) -> Sequence[tuple[Referral, datetime]]:
    """Referrals not known as reached whose family an officer has spoken with since, each with when that was.

    An officer notes that they reached somebody whom they rang (`answered_at`), or how it ended says so.
    """
    noted = Handoff.answered_at >= Referral.created_at
    ended_well = and_(Handoff.outcome.in_(REACHED_BY), Handoff.closed_at >= Referral.created_at)
    found = await session.execute(
        select(Referral, case((noted, Handoff.answered_at), else_=Handoff.closed_at))
        .join(Handoff, Handoff.conversation_id == Referral.conversation_id)
        .where(Referral.reached_at.is_(None), or_(noted, ended_well))
        .order_by(Referral.created_at, Handoff.opened_at)
        .limit(limit)
    )
    return [(referral, spoken_at) for referral, spoken_at in found]


async def answered_since(session: AsyncSession, *, limit: int) -> Sequence[tuple[Referral, datetime]]:
    """Referrals whose number has answered the text since, each with when it last wrote."""
    found = await session.execute(
        select(Referral, Conversation.last_person_at)
        .join(Conversation, Conversation.number_fingerprint == Referral.number_fingerprint)
        .where(
            Referral.texted_at.is_not(None),
            Referral.answered_at.is_(None),
            or_(
                Conversation.last_person_at >= Referral.texted_at,
                and_(Conversation.opted_out_at.is_not(None), Conversation.opted_out_at >= Referral.texted_at),
            ),
        )
        .order_by(Referral.created_at)
        .limit(limit)
    )
    return [(referral, wrote_at) for referral, wrote_at in found if wrote_at is not None]


async def texts_due(session: AsyncSession, now: datetime, *, limit: int) -> Sequence[Referral]:
    """Referrals whose text may go now, kept from every other worker until this unit of work ends."""
    found = await session.execute(
        select(Referral)
        .where(Referral.text_due_at <= now)
        .order_by(Referral.text_due_at, Referral.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return found.scalars().all()


async def key_by_hash(session: AsyncSession, key_hash: str) -> ReferralKey | None:
    """The key, revoked or not."""
    return (await session.execute(select(ReferralKey).where(ReferralKey.key_hash == key_hash))).scalar_one_or_none()


async def keys(session: AsyncSession) -> Sequence[ReferralKey]:
    """Every key, oldest first."""
    return (await session.execute(select(ReferralKey).order_by(ReferralKey.created_at))).scalars().all()
