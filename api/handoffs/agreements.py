"""What an officer and a person agreed is said to the person once, however and whenever the officer wrote it down."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.holders import holder_of
from api.conversations.models import Conversation, Owner
from api.handoffs.models import Handoff
from api.staff import repository as staff_rows
from reference.clock import SCOTLAND

SAID: str = "handoff_agreed/agreed"


async def agreed_to_say(
    session: AsyncSession, handoff: Handoff, conversation: Conversation, now: datetime
) -> dict[str, Any] | None:
    """The values of `SAID`, noted as told; None where it was told, or is not for just now.

    In the midst of danger, beside an officer and on a phone that others may hold, it waits for a calmer message.
    """
    if handoff.agreed is None or handoff.agreed_told_at is not None:
        return None
    if conversation.coach_flow is not None or conversation.owner == Owner.OFFICER.value:
        return None
    holder = await holder_of(session, conversation.id)
    if conversation.opted_out_at is not None or (holder is not None and holder.is_shut(now)):
        return None
    officer = await staff_rows.staff_by_id(session, handoff.claimed_by) if handoff.claimed_by else None
    handoff.agreed_told_at = now
    ended = handoff.ended_at or handoff.closed_at or now
    return {
        "agreed": handoff.agreed,
        "officer_first_name": officer.first_name if officer else None,
        "day": ended.astimezone(SCOTLAND).date().isoformat(),
    }
