"""What is written down when an ambulance was called (architecture, section 5): who rang, when, where, reference."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.handoffs.deeds import Deeds, Officer
from api.handoffs.models import AmbulanceCall
from api.problems import Conflict, Unprocessable


class RungBy(str, Enum):
    """Who rang 999."""

    OFFICER = "officer"
    PERSON = "person"
    SOMEBODY_THERE = "somebody_there"
    OTHER_SERVICE = "other_service"


class Rescue(Deeds):
    """Records; it rings nobody."""

    async def ambulance_called(
        self,
        session: AsyncSession,
        handoff_id: UUID,
        officer: Officer,
        *,
        rung_by: RungBy,
        rung_at: datetime | None = None,
        place: str | None = None,
        reference: str | None = None,
    ) -> AmbulanceCall:
        """Write it down while the handoff is open, whoever has the person. Raises Unprocessable for a future call."""
        handoff, _ = await self._existing(session, handoff_id)
        now = self._clock.now()
        if handoff.closed_at is not None:
            raise Conflict(f"This handoff is {handoff.state}.", state=handoff.state)
        if rung_at is not None and rung_at > now:
            raise Unprocessable("That call would be in the future.")
        call = AmbulanceCall(
            handoff_id=handoff.id,
            staff_id=officer.id,
            rung_by=rung_by.value,
            rung_at=rung_at or now,
            place=(place or "").strip() or None,
            reference=(reference or "").strip() or None,
            recorded_at=now,
        )
        session.add(call)
        await self._done(session, handoff, officer, "handoff.ambulance_called", "ranked", rung_by=rung_by.value)
        return call
