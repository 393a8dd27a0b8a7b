"""The queue over HTTP, for the console and for staff's scripts."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import repository as conversations
from api.conversations.schemas import MessageOut
from api.database.dependencies import clock_of, database_of
from api.database.engine import Database
from api.handoffs import repository
from api.handoffs.brief import build_brief
from api.handoffs.dependencies import handoffs_of
from api.handoffs.models import Handoff
from api.handoffs.officers import Handoffs
from api.handoffs.schemas import (
    CallbackAt,
    HandoffDetail,
    HandoffOut,
    HandoffPage,
    MessagePage,
    NoteOut,
    TransferTo,
    Words,
    WordsToSay,
    WrapUp,
)
from api.handoffs.standing import position_of
from api.handoffs.transitions import OPEN, State
from api.problems import NotFound
from api.staff import service as staff_service
from api.staff.guards import CurrentStaff, StaffMay
from reference.clock import Clock

router = APIRouter(prefix="/api/v1/handoffs", tags=["handoffs"])

Store = Annotated[Database, Depends(database_of)]
Deeds = Annotated[Handoffs, Depends(handoffs_of)]
Now = Annotated[Clock, Depends(clock_of)]
Reader = Annotated[CurrentStaff, Depends(StaffMay("read_queue"))]
Claimer = Annotated[CurrentStaff, Depends(StaffMay("claim"))]
Speaker = Annotated[CurrentStaff, Depends(StaffMay("speak"))]
NoteWriter = Annotated[CurrentStaff, Depends(StaffMay("note"))]
Finisher = Annotated[CurrentStaff, Depends(StaffMay("wrap_up"))]
HandingOver = Annotated[CurrentStaff, Depends(StaffMay("transfer"))]

_PAGE = 100


@router.get("")
async def list_handoffs(
    _staff: Reader,
    database: Store,
    state: Literal[
        "open", "waiting", "claimed", "active", "wrap_up", "closed",
        "callback_scheduled", "returned_to_assistant", "abandoned",
    ] = "open",
    after: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> HandoffPage:  # fmt: skip
    """The queue in its order; `state=open` is everybody who still waits for something."""
    states = OPEN if state == "open" else (state,)
    async with database.read() as session:
        found = await repository.page_of_queue(session, states=states, after=after, limit=_PAGE + 1)
        items = [await _out(session, handoff) for handoff in found[:_PAGE]]
    return HandoffPage(items=items, next=str(after + _PAGE) if len(found) > _PAGE else None)


@router.post("/next")
async def take_next(staff: Claimer, database: Store, deeds: Deeds) -> HandoffOut:
    """Take the head of the queue; 404 when nobody waits."""
    async with database.write() as session:
        handoff = await deeds.claim_next(session, staff)
        if handoff is None:
            raise NotFound("Nobody is waiting.")
        return await _out(session, handoff)


@router.get("/{handoff_id}")
async def read_handoff(handoff_id: UUID, _staff: Reader, database: Store, clock: Now) -> HandoffDetail:
    """One handoff with its brief and its notes."""
    async with database.read() as session:
        handoff = await _existing(session, handoff_id)
        outward = await _out(session, handoff)
        return HandoffDetail(
            **outward.model_dump(),
            brief=await build_brief(session, handoff, clock.now()),
            notes=[NoteOut.model_validate(note) for note in await repository.notes_of(session, handoff_id)],
        )


@router.post("/{handoff_id}/claim")
async def claim(handoff_id: UUID, staff: Claimer, database: Store, deeds: Deeds) -> HandoffOut:
    """Take this person; 409 when somebody else has them."""
    async with database.write() as session:
        return await _out(session, await deeds.claim(session, handoff_id, staff))


@router.get("/{handoff_id}/messages")
async def read_messages(
    handoff_id: UUID, _staff: Reader, database: Store, after: Annotated[int, Query(ge=0)] = 0
) -> MessagePage:
    """The conversation, from a sequence number on."""
    async with database.read() as session:
        handoff = await _existing(session, handoff_id)
        if handoff.conversation_id is None:
            return MessagePage(items=[], next=None)
        found = await conversations.messages_after(session, handoff.conversation_id, after=after, limit=_PAGE)
    return MessagePage(
        items=[MessageOut.of(message) for message in found], next=found[-1].seq if len(found) == _PAGE else None
    )


@router.post("/{handoff_id}/messages", status_code=status.HTTP_201_CREATED)
async def speak(handoff_id: UUID, words: WordsToSay, staff: Speaker, database: Store, deeds: Deeds) -> MessageOut:
    """Say something to the person."""
    async with database.write() as session:
        said = await deeds.speak_as_officer(session, handoff_id, staff, text=words.text, client_id=words.client_id)
        return MessageOut.of(said)


@router.post("/{handoff_id}/typing", status_code=status.HTTP_204_NO_CONTENT)
async def typing(handoff_id: UUID, staff: Speaker, database: Store, deeds: Deeds) -> None:
    """Show the person that the officer is writing."""
    async with database.write() as session:
        await deeds.typing(session, handoff_id, staff)


@router.post("/{handoff_id}/heartbeat")
async def heartbeat(handoff_id: UUID, staff: Claimer, database: Store, deeds: Deeds, clock: Now) -> HandoffOut:
    """Keep the person: the lease goes on. 409 when it was lost."""
    async with database.write() as session:
        if staff.session_id is not None:
            await staff_service.touch(session, clock, staff.session_id)
        return await _out(session, await deeds.heartbeat(session, handoff_id, staff))


@router.post("/{handoff_id}/notes", status_code=status.HTTP_201_CREATED)
async def add_note(handoff_id: UUID, words: Words, staff: NoteWriter, database: Store, deeds: Deeds) -> NoteOut:
    """Keep a note for colleagues."""
    async with database.write() as session:
        return NoteOut.model_validate(await deeds.add_note(session, handoff_id, staff, text=words.text))


@router.post("/{handoff_id}/transfer")
async def transfer(handoff_id: UUID, to: TransferTo, staff: HandingOver, database: Store, deeds: Deeds) -> HandoffOut:
    """Hand over to a colleague on shift, or back to the queue."""
    async with database.write() as session:
        handed = await deeds.transfer(session, handoff_id, staff, to=to.staff_id, skill=to.skill)
        return await _out(session, handed)


@router.post("/{handoff_id}/return")
async def return_to_assistant(handoff_id: UUID, staff: HandingOver, database: Store, deeds: Deeds) -> HandoffOut:
    """The person goes on with the assistant."""
    async with database.write() as session:
        return await _out(session, await deeds.return_to_assistant(session, handoff_id, staff))


@router.post("/{handoff_id}/callback")
async def callback(handoff_id: UUID, at: CallbackAt, staff: HandingOver, database: Store, deeds: Deeds) -> HandoffOut:
    """Somebody gets in touch later."""
    async with database.write() as session:
        return await _out(session, await deeds.callback(session, handoff_id, staff, when=at.when))


@router.post("/{handoff_id}/wrap-up")
async def wrap_up(handoff_id: UUID, end: WrapUp, staff: Finisher, database: Store, deeds: Deeds) -> HandoffOut:
    """Finish, with an outcome and a note."""
    async with database.write() as session:
        ended = await deeds.wrap_up(session, handoff_id, staff, outcome=end.outcome, note=end.note)
        return await _out(session, ended)


async def _existing(session: AsyncSession, handoff_id: UUID) -> Handoff:
    handoff = await repository.handoff_by_id(session, handoff_id)
    if handoff is None:
        raise NotFound("There is no such handoff.")
    return handoff


async def _out(session: AsyncSession, handoff: Handoff) -> HandoffOut:
    outward = HandoffOut.model_validate(handoff)
    if handoff.state == State.WAITING.value:
        outward.position = await position_of(session, handoff)
    return outward
