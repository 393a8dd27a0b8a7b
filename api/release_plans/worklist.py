"""Those who did not answer, for officers: what is known, what was tried, and what came of it in the end.

"Non-response to appointments will be acted on" (throughcare model of 2005, paragraph 9).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service as audit
from api.conversations import repository as conversations
from api.conversations.models import Conversation
from api.problems import Conflict, NotFound
from api.release_plans import repository, service
from api.release_plans.asking import channel_id_of
from api.release_plans.models import CheckIn, ReleasePlan
from api.release_plans.schemas import NonResponseOut, TriedOut
from api.release_plans.transitions import PlanState, Reason, State, may_move, move
from api.release_plans.tries import tries_of
from reference.clock import Clock

_TOLD = ("first_name", "audience", "relation", "place", "prison", "naloxone_at_home", "substances", "needs")


async def non_responses(session: AsyncSession) -> Sequence[NonResponseOut]:
    """Everybody on the list, the longest waiting first."""
    return [await _row(session, *found) for found in await repository.listed(session)]


async def record_outcome(
    session: AsyncSession, check_in_id: UUID, *, outcome: str, note: str | None, staff_id: UUID, clock: Clock
) -> None:
    """Close what is open about this person with what came of it. Raises NotFound, Conflict.

    Where they died, are back inside, want no more, or have another number, the plan ends or rests by it.
    """
    found = await repository.check_in_by_id(session, check_in_id)
    if found is None:
        raise NotFound("Nobody with this id is on the list.")
    if await conversations.conversation_for_change(session, found.conversation_id) is None:
        raise NotFound("Nobody with this id is on the list.")
    await session.refresh(found)
    if not may_move(found, State.CLOSED):
        raise Conflict("Somebody has written down an outcome already.")
    for check_in in await repository.check_ins_of(session, found.conversation_id):
        if check_in.state == State.WORKLIST.value:
            move(check_in, State.CLOSED)
            check_in.outcome, check_in.closed_by, check_in.closed_at = outcome, staff_id, clock.now()
            check_in.outcome_note = note if check_in.id == check_in_id else None
    plan = await service.plan_of(session, found.conversation_id)
    if plan is not None and plan.state != PlanState.ENDED.value:
        await _go_by(session, plan, outcome, clock)
    await audit.record(
        session, clock, actor=staff_id, action="check_in.outcome", subject=check_in_id, detail={"outcome": outcome}
    )


async def _go_by(session: AsyncSession, plan: ReleasePlan, outcome: str, clock: Clock) -> None:
    if outcome == "died":
        await service.end(session, plan, Reason.DIED, clock=clock)
    elif outcome == "asked_to_stop":
        await service.end(session, plan, Reason.STOPPED, clock=clock)
    elif outcome == "back_inside":
        await service.pause(session, plan, Reason.RECALLED, clock=clock)
    elif outcome == "wrong_number":
        await service.pause(session, plan, Reason.ANOTHER_HOLDER, clock=clock)


async def _row(
    session: AsyncSession, check_in: CheckIn, plan: ReleasePlan, conversation: Conversation
) -> NonResponseOut:
    facts = {fact.name: fact.value for fact in await conversations.facts_of(session, conversation.id)}
    before = await repository.check_ins_of(session, conversation.id)
    heard = conversation.last_person_at
    assert check_in.listed_at is not None, "it is on the list"
    return NonResponseOut(
        id=check_in.id,
        conversation_id=conversation.id,
        channel=conversation.channel,
        listed_at=check_in.listed_at,
        day=check_in.day,
        topic=check_in.topic,
        release_date=plan.release_date,
        last_heard_at=heard,
        heard_since=heard is not None and heard > check_in.listed_at,
        known={name: facts[name] for name in _TOLD if name in facts},
        tried=[*[asked async for asked in _asked(session, check_in)], *await tries_of(session, check_in.id)],
        earlier_answers=[one.answer for one in before if one.answer is not None],
    )


async def _asked(session: AsyncSession, check_in: CheckIn) -> AsyncIterator[TriedOut]:
    for what, at, again in (("asked", check_in.asked_at, False), ("asked_again", check_in.asked_again_at, True)):
        if at is not None:
            asked = channel_id_of(check_in.id, again=again)
            status = await repository.message_status(session, check_in.conversation_id, asked)
            yield TriedOut.model_validate({"what": what, "at": at, "status": status})
