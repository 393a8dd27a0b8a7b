"""Whether a check-in may go out now: by the rules for whatever is sent first, and not into a talk."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.models import Conversation, Owner
from api.delivery.unprompted import QuietHours, Reason, may_be_sent_first
from api.handoffs.repository import open_handoff_of
from reference.clock import Clock

IN_THE_MIDST_OF_TALK = timedelta(minutes=30)
_WHILE_AN_OFFICER_HAS_THEM = timedelta(hours=1)


class AnotherHolder(Exception):
    """Somebody else seems to have the number now: nothing goes there any more."""


async def not_before(
    session: AsyncSession, conversation: Conversation, *, clock: Clock, quiet: QuietHours
) -> datetime | None:
    """None when it may go now; otherwise when to look again. Raises AnotherHolder.

    Not at night, not into a talk that is going on, and not while officers have this person.
    """
    now = clock.now()
    verdict = await may_be_sent_first(session, conversation, clock=clock, quiet=quiet)
    if verdict.reason is Reason.OTHER_HOLDER:
        raise AnotherHolder
    if conversation.owner != Owner.ASSISTANT.value or await open_handoff_of(session, conversation.id) is not None:
        return now + _WHILE_AN_OFFICER_HAS_THEM
    heard = conversation.last_person_at
    if heard is not None and now - heard < IN_THE_MIDST_OF_TALK:
        return heard + IN_THE_MIDST_OF_TALK
    return verdict.not_before
