"""The rules of a release plan: one a conversation, the newest date stands, and nobody is asked who did not say yes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.repository import note_fact
from api.problems import Unprocessable
from api.release_plans import repository
from api.release_plans.models import CheckIn, ReleasePlan
from api.release_plans.schemas import CheckInOut, ReleasePlanOut
from api.release_plans.transitions import UNANSWERED, PlanState, Reason, State, may_move, move, move_plan
from reference.clock import SCOTLAND, Clock, today_in_scotland
from reference.throughcare import Schedule

FURTHEST = timedelta(days=366 * 30)
"""A date further off than this, either way, is a slip of the pen."""
LIKES_TO_HEAR_NOTHING = (Reason.DIED.value, Reason.ANOTHER_HOLDER.value)
"""Where a plan rests or ended for one of these, a date alone begins nothing anew."""


async def remember(
    session: AsyncSession,
    conversation_id: UUID,
    *,
    release_date: date,
    prison: str | None,
    clock: Clock,
    message_id: UUID | None = None,
    agreed: bool = False,
    hour: int | None = None,
) -> ReleasePlan:
    """Keep when somebody gets out, as a plan and as a fact. A prison named before stays. Raises Unprocessable.

    `agreed`: they asked for the check-ins themselves; without it a date that was only told is kept, and nobody is
    asked anything before they say yes.
    """
    if abs(release_date - today_in_scotland(clock)) > FURTHEST:
        raise Unprocessable("That release date is too far away to be right.")
    now = clock.now()
    plan = await plan_of(session, conversation_id)
    is_new = plan is None
    if plan is None:
        plan = ReleasePlan(
            conversation_id=conversation_id,
            state=PlanState.NOTED.value,
            set_by="person",
            hour=Schedule.load().hours["usual"],
            created_at=now,
        )
        session.add(plan)
    moved = is_new or plan.release_date != release_date
    plan.release_date, plan.updated_at = release_date, now
    plan.prison = prison or plan.prison
    facts = {"release_date": release_date.isoformat()} | ({"prison": prison} if prison else {})
    for name, value in facts.items():
        await note_fact(session, conversation_id, name, value, now=now, message_id=message_id)
    await session.flush()
    if moved:
        await _begin_anew(session, plan, clock)
    if agreed:
        await agree(session, plan, clock=clock, hour=hour, message_id=message_id)
    return plan


async def agree(
    session: AsyncSession, plan: ReleasePlan, *, clock: Clock, hour: int | None = None, message_id: UUID | None = None
) -> None:
    """They said yes to being asked, at the hour they chose."""
    now = clock.now()
    began = move_plan(plan, PlanState.ACTIVE)
    plan.because, plan.updated_at = None, now
    plan.agreed_at, plan.agreed_in = plan.agreed_at or now, message_id or plan.agreed_in
    chosen = hour is not None and hour != plan.hour
    plan.hour = plan.hour if hour is None else hour
    if began or chosen:
        await lay_out(session, plan, clock)


async def decline(session: AsyncSession, plan: ReleasePlan, *, clock: Clock) -> None:
    """They would rather not be asked; the date they told stays known."""
    if plan.state != PlanState.ENDED.value:
        await end(session, plan, Reason.DECLINED, clock=clock)


async def end(session: AsyncSession, plan: ReleasePlan, reason: Reason, *, clock: Clock) -> None:
    """Nothing goes out any more, ever, unless they ask for it anew; officers' rows about it go as well."""
    move_plan(plan, PlanState.ENDED)
    await _rest(session, plan, reason, clock)


async def pause(session: AsyncSession, plan: ReleasePlan, reason: Reason, *, clock: Clock) -> None:
    """Nothing goes out until more is known. A plan that is over stays over."""
    if plan.state != PlanState.ENDED.value:
        move_plan(plan, PlanState.PAUSED)
        await _rest(session, plan, reason, clock)


async def lay_out(session: AsyncSession, plan: ReleasePlan, clock: Clock) -> None:
    """Plan the check-ins that are still to come, at the chosen hour. What was asked already stays as it is."""
    now = clock.now()
    await repository.take_unasked_away(session, plan.conversation_id, after=now)
    asked = await repository.check_ins_of(session, plan.conversation_id)
    taken = {check_in.due_at for check_in in asked if check_in.due_at <= now or check_in.asked_at is not None}
    for due in Schedule.load().due(plan.release_date, today=today_in_scotland(clock)):
        due_at = moment_of(due.due, due.check_in.hour(plan.hour))
        # Whoever makes a plan an hour after today's question would have been asked has just told us how it is.
        if due_at > now and due_at not in taken:
            session.add(
                CheckIn(
                    conversation_id=plan.conversation_id,
                    day=due.check_in.day,
                    due_at=due_at,
                    act_at=due_at,
                    state=State.PLANNED.value,
                )
            )
    await session.flush()


def moment_of(day: date, hour: int) -> datetime:
    """That hour of that day by the clock in Scotland, whatever summer time does in between."""
    return datetime.combine(day, time(hour), SCOTLAND)


async def plan_of(session: AsyncSession, conversation_id: UUID) -> ReleasePlan | None:
    """The plan of this conversation."""
    return await repository.plan_of(session, conversation_id)


async def stop(session: AsyncSession, conversation_id: UUID) -> bool:
    """Take the plan away; False when there was none. What was said stays in the conversation until it is wiped."""
    plan = await plan_of(session, conversation_id)
    if plan is None:
        return False
    await session.delete(plan)
    await session.flush()
    return True


def days_until(plan: ReleasePlan, clock: Clock) -> int:
    """Days from today in Scotland to the release; negative after it."""
    return (plan.release_date - today_in_scotland(clock)).days


async def outward(session: AsyncSession, plan: ReleasePlan) -> ReleasePlanOut:
    """The plan as its person sees it: what is to come, and what came of what was."""
    check_ins = await repository.check_ins_of(session, plan.conversation_id)
    return ReleasePlanOut(
        release_date=plan.release_date,
        prison=plan.prison,
        agreed=plan.state == PlanState.ACTIVE.value,
        hour=plan.hour,
        check_ins=[
            CheckInOut(due=check_in.due_at.astimezone(SCOTLAND).date(), state=State(check_in.state))
            for check_in in check_ins
            if check_in.kind == "check_in"
        ],
    )


async def _begin_anew(session: AsyncSession, plan: ReleasePlan, clock: Clock) -> None:
    """Another date: questions about the old one are taken back, and those about the new one are planned."""
    if plan.because in LIKES_TO_HEAR_NOTHING or plan.state == PlanState.INVITED.value:
        return
    for check_in in await repository.check_ins_of(session, plan.conversation_id):
        if check_in.state in UNANSWERED:
            move(check_in, State.CANCELLED)
    if plan.because == Reason.RECALLED.value and plan.agreed_at is not None:
        move_plan(plan, PlanState.ACTIVE)
    elif plan.state in (PlanState.PAUSED.value, PlanState.ENDED.value):
        move_plan(plan, PlanState.NOTED)
    plan.because = None
    await lay_out(session, plan, clock)


async def _rest(session: AsyncSession, plan: ReleasePlan, reason: Reason, clock: Clock) -> None:
    plan.because, plan.updated_at = reason.value, clock.now()
    for check_in in await repository.check_ins_of(session, plan.conversation_id):
        if may_move(check_in, State.CANCELLED):
            move(check_in, State.CANCELLED)
    await session.flush()
