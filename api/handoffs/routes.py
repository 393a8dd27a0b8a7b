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
from api.handoffs.officers import Audience, Ending, Handoffs
from api.handoffs.schemas import (
    AmbulanceCalled,
    AmbulanceOut,
    CallbackAt,
    CallbackNumber,
    CallbackTried,
    HandoffDetail,
    HandoffOut,
    HandoffPage,
    MessagePage,
    NoteIn,
    NoteOut,
    ReturnWith,
    TransferTo,
    Words,
    WordsToSay,
    WrapUp,
)
from api.handoffs.service_levels import target_state
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
Overseer = Annotated[CurrentStaff, Depends(StaffMay("oversee"))]
HandingOver = Annotated[CurrentStaff, Depends(StaffMay("transfer"))]

_PAGE = 100


@router.get("")
async def list_handoffs(
    _staff: Reader,
    database: Store,
    clock: Now,
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
        items = [_outward(handoff, clock) for handoff in found[:_PAGE]]
        waiting = [item for item in items if item.state == State.WAITING.value]
        # Those who wait stand in their order on the page, so one count serves them all.
        first = await position_of(session, next(one for one in found if one.id == waiting[0].id)) if waiting else 0
    for position, item in enumerate(waiting, start=first):
        item.position = position
    return HandoffPage(items=items, next=str(after + _PAGE) if len(found) > _PAGE else None)


@router.post("/next")
async def take_next(staff: Claimer, database: Store, deeds: Deeds, clock: Now) -> HandoffOut:
    """Take the head of the queue; 404 when nobody waits."""
    async with database.write() as session:
        handoff = await deeds.claim_next(session, staff)
        if handoff is None:
            raise NotFound("Nobody is waiting.")
        return await _out(session, clock, handoff)


@router.get("/missed-callbacks")
async def missed_callbacks(_staff: Reader, database: Store, clock: Now) -> HandoffPage:
    """Calls that nobody made in time, the longest missed first."""
    async with database.read() as session:
        found = await repository.missed_callbacks(session, limit=_PAGE)
    return HandoffPage(items=[_outward(handoff, clock) for handoff in found], next=None)


@router.get("/callbacks")
async def calls_to_make(_staff: Reader, database: Store, clock: Now) -> HandoffPage:
    """Everybody who is to be rung and whose outcome nobody has written down, the longest promised first."""
    async with database.read() as session:
        found = await repository.calls_to_make(session, limit=_PAGE)
    return HandoffPage(items=[_outward(handoff, clock) for handoff in found], next=None)


@router.get("/{handoff_id}")
async def read_handoff(handoff_id: UUID, _staff: Reader, database: Store, clock: Now) -> HandoffDetail:
    """One handoff with its brief and its notes."""
    async with database.read() as session:
        handoff = await _existing(session, handoff_id)
        outward = await _out(session, clock, handoff)
        return HandoffDetail(
            **outward.model_dump(),
            brief=await build_brief(session, handoff, clock.now()),
            notes=[NoteOut.model_validate(note) for note in await repository.notes_of(session, handoff_id)],
            listeners=list(await repository.listeners_of(session, handoff_id)),
        )


@router.post("/{handoff_id}/claim")
async def claim(handoff_id: UUID, staff: Claimer, database: Store, deeds: Deeds, clock: Now) -> HandoffOut:
    """Take this person; 409 when somebody else has them."""
    async with database.write() as session:
        return await _out(session, clock, await deeds.claim(session, handoff_id, staff))


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
async def speak(
    handoff_id: UUID, words: WordsToSay, staff: Speaker, database: Store, deeds: Deeds
) -> MessageOut | NoteOut:
    """Say something to the person; with `audience: staff`, to colleagues alone."""
    async with database.write() as session:
        if words.audience is Audience.STAFF:
            return NoteOut.model_validate(await deeds.add_note(session, handoff_id, staff, text=words.text))
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
        return await _out(session, clock, await deeds.heartbeat(session, handoff_id, staff))


@router.post("/{handoff_id}/notes", status_code=status.HTTP_201_CREATED)
async def add_note(handoff_id: UUID, words: NoteIn, staff: NoteWriter, database: Store, deeds: Deeds) -> NoteOut:
    """Keep a note, for colleagues or for the person's copy too."""
    async with database.write() as session:
        note = await deeds.add_note(session, handoff_id, staff, text=words.text, audience=words.audience)
        return NoteOut.model_validate(note)


@router.post("/{handoff_id}/transfer")
async def transfer(
    handoff_id: UUID, to: TransferTo, staff: HandingOver, database: Store, deeds: Deeds, clock: Now
) -> HandoffOut:
    """Ask a colleague, or whoever has a skill, to join; or hand back to the queue."""
    async with database.write() as session:
        if to.skill is not None and to.warm and to.staff_id is None:
            handed = await deeds.transfers.offer_to_skill(session, handoff_id, staff, to.skill)
        else:
            handed = await deeds.transfer(session, handoff_id, staff, to=to.staff_id, skill=to.skill)
        return await _out(session, clock, handed)


@router.delete("/{handoff_id}/transfer")
async def withdraw(handoff_id: UUID, staff: HandingOver, database: Store, deeds: Deeds, clock: Now) -> HandoffOut:
    """Ask nobody to join any more."""
    async with database.write() as session:
        return await _out(session, clock, await deeds.transfers.withdraw(session, handoff_id, staff))


@router.post("/{handoff_id}/join")
async def join(handoff_id: UUID, staff: Claimer, database: Store, deeds: Deeds, clock: Now) -> HandoffOut:
    """Come into a conversation that one was asked into."""
    async with database.write() as session:
        return await _out(session, clock, await deeds.transfers.join(session, handoff_id, staff))


@router.post("/{handoff_id}/step-out")
async def step_out(handoff_id: UUID, staff: HandingOver, database: Store, deeds: Deeds, clock: Now) -> HandoffOut:
    """Leave the person with the other officer."""
    async with database.write() as session:
        return await _out(session, clock, await deeds.transfers.step_out(session, handoff_id, staff))


@router.post("/{handoff_id}/listen")
async def listen(handoff_id: UUID, staff: Overseer, database: Store, deeds: Deeds, clock: Now) -> HandoffOut:
    """Follow a conversation; its officers see it."""
    async with database.write() as session:
        return await _out(session, clock, await deeds.oversight.listen(session, handoff_id, staff))


@router.delete("/{handoff_id}/listen")
async def stop_listening(handoff_id: UUID, staff: Overseer, database: Store, deeds: Deeds, clock: Now) -> HandoffOut:
    """Listen no longer."""
    async with database.write() as session:
        return await _out(session, clock, await deeds.oversight.stop_listening(session, handoff_id, staff))


@router.post("/{handoff_id}/whisper", status_code=status.HTTP_201_CREATED)
async def whisper(handoff_id: UUID, words: Words, staff: Overseer, database: Store, deeds: Deeds) -> NoteOut:
    """Say something to the officers that the person never sees."""
    async with database.write() as session:
        return NoteOut.model_validate(await deeds.oversight.whisper(session, handoff_id, staff, text=words.text))


@router.post("/{handoff_id}/take-over")
async def take_over(handoff_id: UUID, staff: Overseer, database: Store, deeds: Deeds, clock: Now) -> HandoffOut:
    """Answer for the person in the officers' place."""
    async with database.write() as session:
        return await _out(session, clock, await deeds.oversight.take_over(session, handoff_id, staff))


@router.post("/{handoff_id}/return")
async def return_to_assistant(
    handoff_id: UUID,
    staff: HandingOver,
    database: Store,
    deeds: Deeds,
    clock: Now,
    told: ReturnWith | None = None,
) -> HandoffOut:
    """The person goes on with the assistant, which gets what was agreed."""
    async with database.write() as session:
        agreed = told.agreed if told else None
        handed = await deeds.return_to_assistant(session, handoff_id, staff, agreed=agreed)
        return await _out(session, clock, handed)


@router.post("/{handoff_id}/callback")
async def callback(
    handoff_id: UUID, at: CallbackAt, staff: HandingOver, database: Store, deeds: Deeds, clock: Now
) -> HandoffOut:
    """Somebody rings later: in a slot, at a time of their own, or when they can."""
    async with database.write() as session:
        booked = await deeds.callbacks.by_officer(
            session, handoff_id, staff, start=at.slot, when=at.when, number=at.number, consent=at.consent
        )
        return await _out(session, clock, booked)


@router.post("/{handoff_id}/callback-tried")
async def callback_tried(
    handoff_id: UUID, call: CallbackTried, staff: Speaker, database: Store, deeds: Deeds, clock: Now
) -> HandoffOut:
    """Write down that the person was rung and what came of it; who was not reached is rung again."""
    async with database.write() as session:
        rung = await deeds.callbacks.tried(
            session, handoff_id, staff, result=call.result, tried_at=call.tried_at, start=call.slot
        )
        return await _out(session, clock, rung)


@router.post("/{handoff_id}/callback-number")
async def callback_number(handoff_id: UUID, staff: Speaker, database: Store, deeds: Deeds) -> CallbackNumber:
    """Where to ring the person; that it was read is written down."""
    async with database.write() as session:
        return CallbackNumber(number=await deeds.callbacks.number(session, handoff_id, staff))


@router.post("/{handoff_id}/ambulance-called", status_code=status.HTTP_201_CREATED)
async def ambulance_called(
    handoff_id: UUID, call: AmbulanceCalled, staff: NoteWriter, database: Store, deeds: Deeds
) -> AmbulanceOut:
    """Write down that an ambulance was called."""
    async with database.write() as session:
        recorded = await deeds.rescue.ambulance_called(session, handoff_id, staff, **call.model_dump())
        return AmbulanceOut.model_validate(recorded)


@router.post("/{handoff_id}/end")
async def end(handoff_id: UUID, staff: Finisher, database: Store, deeds: Deeds, clock: Now) -> HandoffOut:
    """Say goodbye now and write up how it ended afterwards."""
    async with database.write() as session:
        return await _out(session, clock, await deeds.end(session, handoff_id, staff))


@router.post("/{handoff_id}/wrap-up")
async def wrap_up(
    handoff_id: UUID, how: WrapUp, staff: Finisher, database: Store, deeds: Deeds, clock: Now
) -> HandoffOut:
    """Finish, with an outcome and a note."""
    ending = Ending(how.needs_met, how.needs_referred, how.naloxone, how.follow_up_on)
    async with database.write() as session:
        ended = await deeds.wrap_up(
            session, handoff_id, staff, outcome=how.outcome, note=how.note, ending=ending, agreed=how.agreed
        )
        return await _out(session, clock, ended)


async def _existing(session: AsyncSession, handoff_id: UUID) -> Handoff:
    handoff = await repository.handoff_by_id(session, handoff_id)
    if handoff is None:
        raise NotFound("There is no such handoff.")
    return handoff


def _outward(handoff: Handoff, clock: Clock) -> HandoffOut:
    outward = HandoffOut.model_validate(handoff)
    state = target_state(handoff, clock.now())
    outward.service_level = state.value if state else None
    return outward


async def _out(session: AsyncSession, clock: Clock, handoff: Handoff) -> HandoffOut:
    outward = _outward(handoff, clock)
    if handoff.state == State.WAITING.value:
        outward.position = await position_of(session, handoff)
    return outward
