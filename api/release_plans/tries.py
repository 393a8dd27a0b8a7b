"""What officers did to reach somebody who did not answer: each try by itself, until an outcome is written down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service as audit
from api.conversations import repository as conversations
from api.problems import Conflict, NotFound, Unprocessable
from api.release_plans import repository
from api.release_plans.models import CheckIn, CheckInTry
from api.release_plans.schemas import TriedOut, TryCode
from api.release_plans.transitions import State
from api.staff.models import Staff
from reference.clock import Clock


async def record_try(
    session: AsyncSession,
    check_in_id: UUID,
    *,
    what: TryCode,
    note: str | None,
    staff_id: UUID,
    clock: Clock,
    tried_at: datetime | None = None,
) -> None:
    """Write down that an officer tried, now or at `tried_at`; they stay on the list.

    Raises NotFound, Conflict where an outcome is written down already, Unprocessable for a time to come.
    """
    found = await repository.check_in_by_id(session, check_in_id)
    if found is None or await conversations.conversation_for_change(session, found.conversation_id) is None:
        raise NotFound("Nobody with this id is on the list.")
    await session.refresh(found)
    if found.state != State.WORKLIST.value:
        raise Conflict("Somebody has written down an outcome already.")
    now = clock.now()
    if tried_at is not None and tried_at > now:
        raise Unprocessable("That would be in the future.")
    when = tried_at or now
    session.add(CheckInTry(check_in_id=found.id, staff_id=staff_id, what=what, note=note, tried_at=when, noted_at=now))
    await audit.record(
        session, clock, actor=staff_id, action="check_in.tried", subject=check_in_id, detail={"what": what}
    )


async def tries_of(session: AsyncSession, check_in_id: UUID) -> Sequence[TriedOut]:
    """What officers tried, first one first, each with the first name of who did."""
    return await _tries(session, CheckInTry.check_in_id == check_in_id)


async def tries_to_reach(session: AsyncSession, conversation_id: UUID) -> Sequence[TriedOut]:
    """The same for a person, of whatever they did not answer and nobody has written down an outcome of."""
    listed = select(CheckIn.id).where(CheckIn.conversation_id == conversation_id, CheckIn.state == State.WORKLIST.value)
    return await _tries(session, CheckInTry.check_in_id.in_(listed))


async def _tries(session: AsyncSession, which: ColumnElement[bool]) -> Sequence[TriedOut]:
    found = await session.execute(
        select(CheckInTry, Staff)
        .join(Staff, Staff.id == CheckInTry.staff_id)
        .where(which)
        .order_by(CheckInTry.tried_at, CheckInTry.id)
    )
    return [
        TriedOut.model_validate({"what": one.what, "at": one.tried_at, "by": staff.first_name, "note": one.note})
        for one, staff in found
    ]
