"""What can come between: another date, early release, recall, death, a wrong number, and a word that ends it all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from api.release_plans import answering, service
from api.release_plans.transitions import FROM, OPEN, NotAllowed, PlanState, State, move, move_plan
from tests.api.release_plans.conftest import FRIDAY, Weeks, at

LATER = date(2026, 12, 11)


async def test_another_date_takes_back_what_was_asked_and_plans_anew(him: Weeks) -> None:
    await him.plan()
    him.house.clock.set(at(FRIDAY, 15, 30))
    await him.until(at(FRIDAY, 17))
    await him.plan(LATER)
    states = [(one.day, one.state) for one in await him.check_ins()]
    assert (0, "cancelled") in states
    assert (0, "planned") in states
    await him.until(at(LATER, 17), every=timedelta(hours=3))
    assert (await him.asked_at())[-1].startswith("11.12.")


async def test_whoever_got_out_early_is_asked_from_that_day_on(him: Weeks) -> None:
    await him.plan(LATER)
    him.house.clock.set(at(FRIDAY, 10))
    await him.plan(FRIDAY)
    await him.until(at(FRIDAY, 17))
    assert await him.asked() == ["ask_safe_today"]


async def test_the_same_date_said_again_changes_nothing(him: Weeks) -> None:
    await him.plan()
    before = [one.id for one in await him.check_ins()]
    await him.plan(agreed=False)
    assert [one.id for one in await him.check_ins()] == before


async def test_back_inside_it_rests_and_a_new_date_begins_it_again(her: Weeks) -> None:
    await her.plan()
    await _said(her, "recalled")
    plan = await her.standing()
    assert plan is not None
    assert (plan.state, plan.because) == ("paused", "recalled")
    await her.until(at(FRIDAY + timedelta(days=8), 12), every=timedelta(hours=6))
    assert await her.asked() == []
    await her.plan(LATER, agreed=False)
    await her.until(at(LATER, 17), every=timedelta(hours=6))
    assert "ask_safe_today" in await her.asked()


async def test_after_a_death_nothing_ever_comes_again_whatever_date_is_told(her: Weeks) -> None:
    await her.plan()
    await _said(her, "grief")
    plan = await her.standing()
    assert plan is not None
    assert (plan.state, plan.because) == ("ended", "died")
    await her.plan(LATER, agreed=False)
    await her.until(at(LATER + timedelta(days=60), 12), every=timedelta(hours=12))
    assert await her.asked() == []
    assert {one.state for one in await her.check_ins()} == {"cancelled"}


async def test_whoever_grieves_for_somebody_else_is_not_left_alone(him: Weeks) -> None:
    await him.plan()
    await _said(him, "grief")
    plan = await him.standing()
    assert plan is not None
    assert plan.state == "active"


@pytest.mark.parametrize("said", ["wrong_number", "who"])
async def test_another_holder_of_the_number_gets_nothing_more(him: Weeks, said: str) -> None:
    await him.plan()
    await _said(him, said)
    await him.until(at(FRIDAY + timedelta(days=9), 12), every=timedelta(hours=6))
    assert await him.asked() == []
    await him.plan(LATER, agreed=False)
    plan = await him.standing()
    assert plan is not None
    assert (plan.state, plan.because) == ("paused", "another_holder")


async def test_stop_is_one_word_and_start_begins_nothing_by_itself(him: Weeks) -> None:
    await him.plan()
    him.house.clock.set(at(FRIDAY, 15))
    await him.says("STOP")
    await him.until(at(FRIDAY + timedelta(days=3), 12))
    assert await him.asked() == []
    plan = await him.standing()
    assert plan is not None
    assert (plan.state, plan.because) == ("ended", "stopped")
    await him.says("START")
    await him.until(at(FRIDAY + timedelta(days=9), 12), every=timedelta(hours=6))
    assert await him.asked() == []


async def test_a_stop_while_the_question_is_on_its_way_holds_it_back(him: Weeks) -> None:
    await him.plan()
    him.house.clock.set(at(FRIDAY, 16))
    errand = await him.duty.take(him.conversation_id)
    assert errand is not None
    await him.says("stop")
    assert not await him.duty.run(errand)
    assert await him.asked() == []


async def test_danger_in_an_answer_is_told_officers_and_counts_as_an_answer(him: Weeks) -> None:
    await him.plan()
    him.house.clock.set(at(FRIDAY, 15, 30))
    await him.until(at(FRIDAY, 17))
    await him.says("my mate took too much and he's blue and not breathing")
    assert any("999" in message.text for message in (await him.house.said(him.conversation_id))[-2:])
    await him.duty.one_round()
    asked = next(one for one in await him.check_ins() if one.day == 0)
    assert (asked.state, asked.answer) == ("answered", "danger")
    handoff = await him.house.handoff(him.conversation_id)
    assert handoff is not None
    assert handoff.emergency


async def test_stopping_the_plan_leaves_nothing_of_it(him: Weeks) -> None:
    await him.plan()
    async with him.house.parts.database.write() as session:
        assert await service.stop(session, him.conversation_id)
    assert await him.check_ins() == []
    await him.until(at(FRIDAY + timedelta(days=3), 12), every=timedelta(hours=6))
    assert await him.asked() == []


async def test_a_check_in_moves_only_along_the_table() -> None:
    class Anything:
        state = "closed"

    for state in State:
        with pytest.raises(NotAllowed):
            move(Anything(), state)
    assert {State(one) for one in OPEN} <= FROM[State.CANCELLED], "whatever is open can be taken back"
    ended = Anything()
    ended.state = "ended"
    assert move_plan(ended, PlanState.ACTIVE)
    assert not move_plan(ended, PlanState.ACTIVE)


async def _said(weeks: Weeks, said: str) -> None:
    """They answered the first check-in so."""
    first = (await weeks.check_ins())[0]
    async with weeks.house.parts.database.write() as session:
        plan = await service.plan_of(session, weeks.conversation_id)
        check_in = await session.get(type(first), first.id)
        assert plan is not None
        assert check_in is not None
        await answering.note(session, plan, check_in, said=said, message_id=first.id, clock=weeks.house.clock)
