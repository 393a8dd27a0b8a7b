"""The two ways to claim that decision 15 weighs: ours, and `SKIP LOCKED` on the conversations of those who wait."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.models import Conversation
from api.handoffs.deeds import Officer
from api.handoffs.models import Handoff
from api.handoffs.officers import Handoffs
from api.handoffs.service import Queue
from api.handoffs.transitions import State
from api.staff import presence

_FIRST_UNLOCKED = (
    select(Handoff.id)
    .join(Conversation, Conversation.id == Handoff.conversation_id)
    .where(Handoff.state == State.WAITING.value)
    .order_by(Handoff.emergency.desc(), Handoff.ranked_at, Handoff.id)
    .limit(1)
    .with_for_update(of=Conversation, skip_locked=True)
)
"""In the order of decision 7: the conversation is locked before its handoff."""


class Ours(Handoffs):
    """Officers' deeds as they are; `chosen` tells when each person who was taken was decided on."""

    def __init__(self, queue: Queue) -> None:
        super().__init__(queue)
        self.chosen: dict[UUID, float] = {}

    async def _take(self, session: AsyncSession, handoff_id: UUID, officer: Officer, *, head: bool) -> Handoff | None:
        at = time.monotonic()
        taken = await super()._take(session, handoff_id, officer, head=head)
        if taken is not None:
            self.chosen[handoff_id] = at
        return taken


class SkipsLocked(Ours):
    """The same, but for who is taken next: the first whose conversation nobody has locked, whatever for."""

    async def claim_next(self, session: AsyncSession, officer: Officer) -> Handoff | None:
        await presence.skills_of(session, officer.id)
        if (no_room := await self._no_room_for(session, officer)) is not None:
            raise no_room
        while (chosen := (await session.execute(_FIRST_UNLOCKED)).scalar_one_or_none()) is not None:
            taken = await self._take(session, chosen, officer, head=True)
            if taken is not None:
                return taken
        return None


WAYS: Final[Mapping[str, Any]] = {"ours": Ours, "skip_locked": SkipsLocked}
