"""What the person may decide about their place in the queue."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api.channels.web.conversations import state_of
from api.channels.web.dependencies import Door, door_of
from api.channels.web.guard import HoldsToken, Person, checked
from api.channels.web.schemas import CallbackRequest, ConversationOut, SlotOut, WaitingOut
from api.conversations import repository

router = APIRouter(prefix="/api/v1/conversations", tags=["webchat"])
_holds_token = HoldsToken()


@router.get("/{conversation_id}/waiting")
async def waiting(
    request: Request, person: Annotated[Person, Depends(_holds_token)], door: Annotated[Door, Depends(door_of)]
) -> WaitingOut:
    """Where they stand or would stand, honestly, and what they can do meanwhile."""
    async with door.database.read() as session:
        conversation = checked(request, await repository.conversation_by_id(session, person.conversation_id), person)
        standing = await door.officers.standing(session, conversation)
        waits = await door.officers.position(session, conversation.id) is not None
        slots = await door.officers.slots(session)
    return WaitingOut(
        position=standing.position,
        waiting=waits,
        officers_available=standing.officers_available,
        estimate_minutes=standing.estimate_minutes,
        opens_at=standing.opens_at,
        callback_slots=[SlotOut(start=slot.start, end=slot.end) for slot in slots],
        choices=["wait", "leave_message", "callback", "leave_queue"] if waits else ["leave_message", "callback"],
    )


@router.post("/{conversation_id}/leave-queue")
async def leave_queue(
    request: Request, person: Annotated[Person, Depends(_holds_token)], door: Annotated[Door, Depends(door_of)]
) -> ConversationOut:
    """Give up the place in the queue. An emergency stays before the officers, and the person is told so."""
    async with door.database.write() as session:
        conversation = checked(
            request, await repository.conversation_for_change(session, person.conversation_id), person
        )
        await door.officers.leave(session, conversation, reply_to=None)
    return await state_of(request, door, person)


@router.post("/{conversation_id}/callback")
async def ask_for_callback(
    request: Request,
    person: Annotated[Person, Depends(_holds_token)],
    door: Annotated[Door, Depends(door_of)],
    wanted: CallbackRequest | None = None,
) -> ConversationOut:
    """Hear from a person later. What suits is kept in the person's own words, for the officer."""
    async with door.database.write() as session:
        conversation = checked(
            request, await repository.conversation_for_change(session, person.conversation_id), person
        )
        if wanted and wanted.when:
            await repository.note_fact(
                session, conversation.id, "callback_when", wanted.when, now=door.clock.now(), words=wanted.when
            )
        await door.officers.call_back(
            session,
            conversation,
            reply_to=None,
            slot=wanted.slot if wanted else None,
            number=wanted.number if wanted else None,
            consent=bool(wanted and wanted.consent),
        )
    return await state_of(request, door, person)
