"""Staff wipe or copy what is kept of somebody who asked them to, by their number or by the handoff they are in."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service as audit
from api.conversations import repository as conversations
from api.conversations.models import Conversation
from api.conversations.phone_numbers import NotAPhoneNumber, NumberSafe, parse_number
from api.database.dependencies import clock_of, database_of
from api.handoffs.models import Handoff
from api.privacy.copy import copies_of_number, copy_of
from api.privacy.erasure import Because, Eraser
from api.privacy.schemas import CopyOut
from api.problems import NotFound, Unprocessable
from api.staff.guards import CurrentStaff, StaffMay

router = APIRouter(prefix="/api/v1/people", tags=["privacy"])
COPIED = "conversation.copied"
"""The audit's word for a copy that staff made."""

Lead = Annotated[CurrentStaff, Depends(StaffMay("oversee"))]


class Whom(BaseModel):
    """One person: by their phone number, or by a handoff of theirs."""

    number: str | None = Field(None, max_length=40)
    handoff_id: UUID | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Whom:
        if (self.number is None) == (self.handoff_id is None):
            raise ValueError("give either the number or the handoff")
        return self


class Erased(BaseModel):
    """How many conversations were wiped, and whether an alert without content stays until it is closed."""

    conversations: int
    alert_stays: bool


class Copies(BaseModel):
    """A copy of every conversation of this person."""

    items: list[CopyOut]


@router.post("/erase")
async def erase(request: Request, staff: Lead, whom: Whom) -> Erased:
    """Wipe all that is kept of somebody who asked for it; make sure first that it is they who ask."""
    eraser: Eraser = request.app.state.eraser
    async with database_of(request).write() as session:
        if whom.number is not None:
            wiped, alert_stays = await eraser.erase_number(session, _fingerprint(request, whom.number), actor=staff.id)
            return Erased(conversations=wiped, alert_stays=alert_stays)
        conversation = await _of_handoff(session, whom.handoff_id)
        alert_stays = await eraser.erase(session, conversation, because=Because.STAFF, actor=staff.id)
        return Erased(conversations=1, alert_stays=alert_stays)


@router.post("/copy")
async def copy(request: Request, staff: Lead, whom: Whom) -> Copies:
    """Everything that is kept of somebody who asked for it, to hand over; that it was made is audited."""
    numbers: NumberSafe = request.app.state.numbers
    async with database_of(request).write() as session:
        if whom.number is not None:
            items = await copies_of_number(session, _fingerprint(request, whom.number), numbers)
        else:
            items = [await copy_of(session, await _of_handoff(session, whom.handoff_id), numbers)]
        for item in items:
            await audit.record(session, clock_of(request), actor=staff.id, action=COPIED, subject=item.id)
    return Copies(items=items)


def _fingerprint(request: Request, number: str) -> str:
    numbers: NumberSafe = request.app.state.numbers
    try:
        return numbers.fingerprint(parse_number(number))
    except NotAPhoneNumber:
        raise Unprocessable("That is no phone number.") from None


async def _of_handoff(session: AsyncSession, handoff_id: UUID | None) -> Conversation:
    handoff = await session.get(Handoff, handoff_id)
    conversation = None
    if handoff is not None and handoff.conversation_id is not None:
        conversation = await conversations.conversation_for_change(session, handoff.conversation_id)
    if conversation is None:
        raise NotFound("There is no such handoff, or nothing is kept of this person any more.")
    return conversation
