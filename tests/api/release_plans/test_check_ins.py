"""Whoever said yes is asked one easy thing at the hour they chose, once; nobody else is asked anything."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta, timezone

import pytest

from api.conversations.models import Status
from api.conversations.service import move_status
from tests.api.release_plans.conftest import FRIDAY, Weeks, at, duty_of


async def test_a_plan_lays_out_check_ins_before_on_the_day_within_two_days_and_weekly(him: Weeks) -> None:
    await him.plan(date(2027, 1, 15))
    assert list(await him.states()) == [-28, -14, -7, -3, -1, 0, 2, 7, 14, 21, 28, 35, 42, 56, 84]
    assert set((await him.states()).values()) == {"planned"}


async def test_the_steady_weeks(him: Weeks) -> None:
    await him.plan()
    for day in (0, 2, 7, 14, 21, 28, 35, 42):
        await him.until(at(FRIDAY + timedelta(days=day), 12 if day else 17))
        await him.says("aye fine", "good")
    assert await him.asked() == [
        "ask_naloxone",
        *("ask_safe_today", "ask_seen_in_two_days", "ask_seen_this_week", "ask_safe_still", "ask_seen_this_week"),
        *("ask_safe_still", "ask_seen_this_week", "ask_what_next"),
    ]
    states = await him.states()
    assert {states[day] for day in (0, 2, 7, 14, 21, 28, 35, 42)} == {"answered"}
    assert {states[day] for day in (56, 84)} == {"planned"}


async def test_each_is_asked_at_the_chosen_hour_and_on_the_day_itself_not_before_they_are_out(him: Weeks) -> None:
    await him.plan(hour=10)
    await him.until(at(FRIDAY + timedelta(days=8), 9))
    assert (await him.asked_at())[:3] == ["26.11. 10:00", "27.11. 16:00", "27.11. 20:00"]


async def test_nobody_is_asked_who_only_told_a_date(him: Weeks) -> None:
    await him.plan(agreed=False)
    await him.until(at(FRIDAY + timedelta(days=9), 12), every=timedelta(hours=6))
    assert await him.asked() == []


async def test_an_answer_of_any_kind_is_an_answer(him: Weeks) -> None:
    await him.plan()
    await him.until(at(FRIDAY, 17))
    await him.says("the bus was late")
    await him.duty.one_round()
    assert (await him.states())[0] == "answered"


async def test_no_answer_is_asked_once_more_and_then_given_to_officers(him: Weeks) -> None:
    await him.plan(date(2026, 11, 26))
    await him.until(at(date(2026, 11, 26), 17))
    assert (await him.states())[0] == "asked"
    await him.until(at(date(2026, 11, 26), 20, 30))
    assert (await him.states())[0] == "chased"
    await him.until(at(date(2026, 11, 27), 9))
    assert (await him.states())[0] == "worklist"
    assert await him.asked() == ["ask_safe_today", "ask_again"]


async def test_nothing_goes_out_at_night(him: Weeks) -> None:
    await him.plan()
    him.house.clock.set(at(FRIDAY + timedelta(days=2), 23))
    await him.duty.one_round()
    assert await him.asked() == []
    await him.until(at(FRIDAY + timedelta(days=3), 10))
    assert await him.asked_at() == ["30.11. 09:00"]


async def test_after_an_outage_only_the_most_useful_is_asked_never_three_at_once(him: Weeks) -> None:
    await him.plan()
    him.house.clock.set(at(FRIDAY + timedelta(days=2), 12))
    await him.duty.one_round()
    await him.until(at(FRIDAY + timedelta(days=2), 14))
    assert await him.asked() == ["ask_seen_in_two_days"]
    assert {day: state for day, state in (await him.states()).items() if day <= 2} == {
        -1: "missed", 0: "missed", 2: "asked",
    }  # fmt: skip


async def test_after_a_long_outage_what_is_too_late_is_let_go(him: Weeks) -> None:
    await him.plan()
    him.house.clock.set(at(FRIDAY + timedelta(days=12), 12))
    await him.duty.one_round()
    assert await him.asked() == []
    assert (await him.states())[7] == "missed"


@pytest.mark.parametrize("release", [date(2026, 3, 20), date(2026, 10, 16)])
async def test_the_hour_stays_the_hour_when_the_clocks_change(him: Weeks, release: date) -> None:
    him.house.clock.set(datetime.combine(release, datetime.min.time(), timezone.utc))
    await him.plan(release, hour=14)
    await him.until(at(release + timedelta(days=22), 15))
    assert {moment.split()[1] for moment in (await him.asked_at())[1:] if "again" not in moment} >= {"14:00"}
    due = [one for one in await him.check_ins() if one.day in (2, 21)]
    assert [one.due_at.astimezone(at(release, 1).tzinfo).hour for one in due] == [14, 14]
    assert due[0].due_at.astimezone(timezone.utc).hour != due[1].due_at.astimezone(timezone.utc).hour


async def test_two_workers_that_look_at_the_same_instant_ask_once(him: Weeks) -> None:
    await him.plan()
    him.house.clock.set(at(FRIDAY, 16))
    await asyncio.gather(*(duty_of(him.house).one_round() for _ in range(4)))
    assert await him.asked() == ["ask_safe_today"]


async def test_a_worker_that_dies_in_the_midst_leaves_nothing_undone_and_nothing_done_twice(him: Weeks) -> None:
    await him.plan()
    him.house.clock.set(at(FRIDAY, 16))
    errand = await him.duty.take(him.conversation_id)
    assert errand is not None
    await him.duty.one_round()
    assert await him.asked() == []
    him.house.clock.forward(minutes=3)
    await him.duty.one_round()
    assert await him.asked() == ["ask_safe_today"]
    assert not await him.duty.run(errand), "it comes back to life"
    assert await him.asked() == ["ask_safe_today"]


async def test_without_the_assistant_the_written_words_go_out_all_the_same(him: Weeks) -> None:
    await him.plan()
    him.house.bot.down = True
    him.house.clock.set(at(FRIDAY, 15, 58))
    await him.until(at(FRIDAY, 17), every=timedelta(minutes=3))
    question = (await him.house.said(him.conversation_id))[-1]
    assert question.content_id == "check_ins/ask_safe_today"
    assert (await him.house.conversation(him.conversation_id)).open_question == "check_ins/ask_safe_today"


async def test_nobody_is_interrupted_in_the_midst_of_a_talk(him: Weeks) -> None:
    await him.plan()
    him.house.clock.set(at(FRIDAY, 15, 50))
    await him.says("hiya")
    him.house.clock.set(at(FRIDAY, 16))
    await him.duty.one_round()
    assert await him.asked() == []
    await him.until(at(FRIDAY, 16, 30), every=timedelta(minutes=5))
    assert await him.asked_at() == ["27.11. 16:20"]


async def test_who_begins_to_write_while_the_question_is_on_its_way_is_not_talked_over(him: Weeks) -> None:
    await him.plan()
    him.house.clock.set(at(FRIDAY, 16))
    errand = await him.duty.take(him.conversation_id)
    assert errand is not None
    await him.says("is it ok to text you")
    assert not await him.duty.run(errand)
    assert await him.asked() == []


async def test_whoever_waits_for_an_officer_is_not_asked_by_the_clock(him: Weeks) -> None:
    await him.plan()
    him.house.clock.set(at(FRIDAY, 12))
    await him.says("person")
    await him.until(at(FRIDAY, 18))
    assert await him.asked() == []


async def test_a_text_that_never_arrived_is_not_sent_again_but_given_to_officers(him: Weeks) -> None:
    await him.plan()
    him.house.clock.set(at(FRIDAY, 15, 30))
    await him.until(at(FRIDAY, 16))
    asked = (await him.house.said(him.conversation_id))[-1]
    async with him.house.parts.database.write() as session:
        await move_status(session, asked.id, Status.FAILED)
    await him.until(at(FRIDAY, 20, 30))
    assert (await him.states())[0] == "worklist"
    assert await him.asked() == ["ask_safe_today"]


async def test_the_lighter_weeks_are_a_free_choice_that_nobody_is_chased_for(him: Weeks) -> None:
    await him.plan()
    him.house.clock.set(at(FRIDAY + timedelta(days=56), 10))
    await him.until(at(FRIDAY + timedelta(days=63), 12), every=timedelta(hours=6))
    assert (await him.states())[56] == "missed"
    assert await him.asked() == ["ask_still_ok", "ask_again"]


async def test_a_no_to_going_on_ends_it_in_peace(him: Weeks) -> None:
    await him.plan()
    him.house.clock.set(at(FRIDAY + timedelta(days=42), 10))
    await him.until(at(FRIDAY + timedelta(days=42), 12))
    await him.says("b", "bad")
    plan = await him.standing()
    assert plan is not None
    assert (plan.state, plan.because) == ("ended", "completed")
    assert {day: state for day, state in (await him.states()).items() if day > 42} == {56: "cancelled", 84: "cancelled"}


async def test_what_is_settled_is_not_asked_again_and_nothing_is_asked_three_times(him: Weeks) -> None:
    await him.plan(FRIDAY + timedelta(days=28))
    await him.until(at(FRIDAY, 12))
    await him.says("a", "good")
    for day, reply in ((14, "bad"), (21, "bad"), (25, "good"), (27, "good")):
        await him.until(at(FRIDAY + timedelta(days=day), 12))
        await him.says("b", reply)
    assert await him.asked() == ["ask_first_meeting", "ask_naloxone", "ask_naloxone", "ask_roof", "ask_prescription"]
    assert (await him.house.facts(him.conversation_id))["naloxone_at_home"] == "no"
