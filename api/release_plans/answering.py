"""What an answer to a check-in changes."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import repository as conversations
from api.release_plans import service
from api.release_plans.models import CheckIn, ReleasePlan
from api.release_plans.transitions import PlanState, Reason, State, may_move, move
from reference.clock import Clock
from reference.throughcare import Opens, Schedule

_FACT = {"good": "yes", "bad": "no", "unsure": "unsure"}


async def note(
    session: AsyncSession, plan: ReleasePlan, check_in: CheckIn, *, said: str, message_id: UUID, clock: Clock
) -> None:
    """Keep what was said, and let the plan go on, rest or end by it. `said` is one of `AnswerIn`."""
    if may_move(check_in, State.ANSWERED):
        move(check_in, State.ANSWERED)
        check_in.answered_at = clock.now()
    check_in.answer = said
    topic = Schedule.load().topics.get(check_in.topic or "")
    if topic is not None and topic.fact and said in _FACT:
        await conversations.note_fact(
            session, plan.conversation_id, topic.fact, _FACT[said], now=clock.now(), message_id=message_id
        )
    if said == "agreed":
        await accept(session, plan, message_id=message_id, clock=clock)
    elif said == "declined":
        await service.decline(session, plan, clock=clock)
    elif said == "enough":
        await service.end(session, plan, Reason.STOPPED, clock=clock)
    elif said == "grief":
        await grieved(session, plan, clock=clock)
    elif said == "recalled":
        await service.pause(session, plan, Reason.RECALLED, clock=clock)
    elif said in ("wrong_number", "who"):
        await service.pause(session, plan, Reason.ANOTHER_HOLDER, clock=clock)
    elif said == "bad" and topic is not None and topic.opens is Opens.ENDING:
        await service.end(session, plan, Reason.COMPLETED, clock=clock)


async def grieved(session: AsyncSession, plan: ReleasePlan, *, clock: Clock) -> bool:
    """Somebody has died. Where the plan is about another person, everything stops; True when it did.

    Whoever makes a plan for themselves and writes of a death grieves for somebody else: now more than ever they are
    not left alone.
    """
    facts = {fact.name: fact.value for fact in await conversations.facts_of(session, plan.conversation_id)}
    if facts.get("audience") == "self":
        return False
    if plan.state != PlanState.ENDED.value:
        await service.end(session, plan, Reason.DIED, clock=clock)
    return True


async def accept(session: AsyncSession, plan: ReleasePlan, *, message_id: UUID, clock: Clock) -> None:
    """Whoever has the number said yes: what was told with it is theirs now."""
    told = {"release_date": plan.release_date.isoformat()} | ({"prison": plan.prison} if plan.prison else {})
    for name, value in told.items():
        await conversations.note_fact(
            session, plan.conversation_id, name, value, now=clock.now(), message_id=message_id
        )
    await service.agree(session, plan, clock=clock, message_id=message_id)
