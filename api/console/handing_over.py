"""Handing a person on, as forms: a colleague joins before the first steps out; a lead listens, whispers, takes over."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.console.calls import record_call, slot_start
from api.console.deeds import local_moment
from api.console.desk_page import HandingOver, Overseer, Speaker, Taker, Text, address, do, lead, lines
from api.console.pages import HOME, ConsoleRoute
from api.console.worklist import Recorded
from api.handoffs.dependencies import handoffs_of
from api.problems import NotFound

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
BACK_TO_QUEUE = "queue"
OWN_TIME = "own"
Moment = Annotated[str, Form(max_length=40)]


@router.post("/people/{handoff_id}/transfer")
async def hand_over(
    request: Request,
    handoff_id: UUID,
    staff: HandingOver,
    to: Annotated[str, Form(max_length=60)] = BACK_TO_QUEUE,
    note: Text = "",
) -> Response:
    """Ask a colleague (`staff:<id>`) or whoever has a skill (`skill:<code>`) to join, or hand back to the queue."""
    deeds = handoffs_of(request)
    how, _, whom = to.partition(":")

    async def deed(session: AsyncSession) -> None:
        if note.strip():
            await deeds.add_note(session, handoff_id, staff, text=lines(note))
        if how == "staff":
            await deeds.transfer(session, handoff_id, staff, to=_colleague(whom))
        elif how == "skill":
            await deeds.transfers.offer_to_skill(session, handoff_id, staff, whom)
        else:
            await deeds.transfer(session, handoff_id, staff, skill=whom or None)

    if how == BACK_TO_QUEUE:
        return await do(request, staff, handoff_id, deed, said="handed_over", to=HOME)
    return await do(request, staff, handoff_id, deed, said="asked_to_join", trouble="console/colleague_gone")


@router.post("/people/{handoff_id}/transfer/withdraw")
async def withdraw(request: Request, handoff_id: UUID, staff: HandingOver) -> Response:
    """Ask nobody to join any more."""
    return await do(
        request,
        staff,
        handoff_id,
        lambda session: handoffs_of(request).transfers.withdraw(session, handoff_id, staff),
        said="withdrawn",
    )


@router.post("/people/{handoff_id}/join")
async def join(request: Request, handoff_id: UUID, staff: Taker) -> Response:
    """Come into a conversation one was asked into."""
    return await do(
        request,
        staff,
        handoff_id,
        lambda session: handoffs_of(request).transfers.join(session, handoff_id, staff),
        said="joined",
    )


@router.post("/people/{handoff_id}/step-out")
async def step_out(request: Request, handoff_id: UUID, staff: HandingOver) -> Response:
    """Leave the person with the other officer."""
    return await do(
        request,
        staff,
        handoff_id,
        lambda session: handoffs_of(request).transfers.step_out(session, handoff_id, staff),
        said="stepped_out",
        to=HOME,
    )


@router.post("/people/{handoff_id}/return")
async def give_back(
    request: Request,
    handoff_id: UUID,
    staff: HandingOver,
    agreed: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Let the assistant answer the person again, knowing what was agreed."""
    return await do(
        request,
        staff,
        handoff_id,
        lambda session: handoffs_of(request).return_to_assistant(
            session, handoff_id, staff, agreed=lines(agreed) or None
        ),
        said="returned",
        to=HOME,
    )


@router.post("/people/{handoff_id}/callback")
async def book_callback(
    request: Request,
    handoff_id: UUID,
    staff: HandingOver,
    slot: Moment = "",
    when: Moment = "",
    number: Annotated[str, Form(max_length=40)] = "",
    consent: Annotated[bool, Form()] = False,
) -> Response:
    """Ring later: in a slot with room, at a time of one's own (`slot=own`), or when somebody can."""

    async def deed(session: AsyncSession) -> None:
        own = slot == OWN_TIME
        await handoffs_of(request).callbacks.by_officer(
            session,
            handoff_id,
            staff,
            start=None if own else slot_start(slot),
            when=local_moment(when) if own else None,
            number=number.strip() or None,
            consent=consent,
        )

    trouble = "console/callback_number_trouble" if number.strip() and not consent else "console/callback_past"
    return await do(request, staff, handoff_id, deed, said="callback_booked", to=HOME, trouble=trouble)


@router.post("/people/{handoff_id}/callback-tried")
async def rang(
    request: Request,
    handoff_id: UUID,
    staff: Speaker,
    result: Annotated[str, Form(max_length=20)] = "",
    at: Moment = "",
    again: Moment = "",
    note: Text = "",
) -> Response:
    """Write down that they were rung; who was not reached is rung again."""

    async def deed(session: AsyncSession) -> None:
        what = Recorded(result, lines(note), again)
        await record_call(session, request, handoff_id, staff, what, tried_at=local_moment(at))

    return await do(request, staff, handoff_id, deed, said="call_noted", trouble="console/work_result_needed")


@router.post("/people/{handoff_id}/listen")
async def listen(request: Request, handoff_id: UUID, staff: Overseer, stop: bool = False) -> Response:
    """Follow a conversation, for its officers to see; `stop` to listen no longer."""
    oversight = handoffs_of(request).oversight
    deed = oversight.stop_listening if stop else oversight.listen
    return await do(request, staff, handoff_id, lambda session: deed(session, handoff_id, staff))


@router.post("/people/{handoff_id}/whisper")
async def whisper(request: Request, handoff_id: UUID, staff: Overseer, text: Text = "") -> Response:
    """Say something to the officers that the person never sees."""
    if not text.strip():
        return lead(address(handoff_id))
    return await do(
        request,
        staff,
        handoff_id,
        lambda session: handoffs_of(request).oversight.whisper(session, handoff_id, staff, text=lines(text)),
        said="whispered",
    )


@router.post("/people/{handoff_id}/take-over")
async def take_over(request: Request, handoff_id: UUID, staff: Overseer) -> Response:
    """Answer for the person in the officers' place."""
    return await do(
        request,
        staff,
        handoff_id,
        lambda session: handoffs_of(request).oversight.take_over(session, handoff_id, staff),
        said="taken",
    )


def _colleague(chosen: str) -> UUID:
    """Who was chosen. Raises NotFound."""
    try:
        return UUID(chosen)
    except ValueError as error:
        raise NotFound("There is no such colleague.") from error
