"""A family that somebody met is rung: once, at a time that is safe, by an officer who knows how to reach them."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone

import pytest

from api.conversations.repository import conversation_for_change
from api.handoffs.brief import build_brief
from api.handoffs.callbacks import CallResult
from api.handoffs.transitions import Outcome
from api.handoffs.watch import Watch
from api.problems import Conflict
from api.referrals import keys
from tests.api.clocks import FixedClock
from tests.api.people import hire
from tests.api.referrals.conftest import JEAN, Caller

# The clock stands at nine in the evening on Wednesday 25 November; the first times for calls are on Thursday morning.
THURSDAY = datetime(2026, 11, 26, tzinfo=timezone.utc)


async def test_a_family_is_promised_a_call_in_the_first_free_hours_and_the_officer_gets_a_brief(caller: Caller) -> None:
    answer = await caller.refers(when="afternoon", if_others_answer="first_name", worry="He never eats any more.")

    assert answer.status_code == 201
    told = answer.json()
    assert datetime.fromisoformat(told["call_from"]) == THURSDAY.replace(hour=13)
    assert datetime.fromisoformat(told["call_by"]) == THURSDAY.replace(hour=15)
    assert (told["code"], told["now"]) == (None, None)
    [handoff] = await caller.handoffs()
    assert (handoff.state, handoff.reason, handoff.skill) == ("callback_scheduled", "referral", "family_support")
    async with caller.house.parts.database.read() as session:
        brief = await build_brief(session, handoff, caller.house.clock.now())
    assert (brief.first_name, brief.audience, brief.place, brief.channel) == ("Jean", "family", "fife", "phone")
    assert brief.consent is not None
    facts = {fact.name: fact.value for fact in brief.facts}
    assert facts["referral"] == {
        "service": "Police Scotland, Tayside (D)",
        "about": "worried",
        "when": "afternoon",
        "if_others_answer": "first_name",
        "area": None,
    }
    [words] = await caller.house.said(handoff.conversation_id)
    assert (words.text, words.name) == ("He never eats any more.", "Police Scotland, Tayside (D)")
    [referral] = await caller.referrals()
    assert (referral.service_code, referral.came_by, referral.reached_at) == ("police-d", "wire", None)


async def test_the_same_request_again_is_the_same_referral_and_another_under_its_key_is_refused(caller: Caller) -> None:
    first = await caller.refers(request="incident-4711", tell_me=True)
    again = await caller.refers(request="incident-4711", tell_me=True)
    other = await caller.refers(request="incident-4711", tell_me=True, first_name="Joan")

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert again.json() == first.json()
    assert other.headers["content-type"] == "application/problem+json"
    assert len(await caller.referrals()) == len(await caller.handoffs()) == 1


async def test_two_who_send_the_same_at_once_are_one(caller: Caller) -> None:
    answers = await asyncio.gather(*(caller.refers(request="one-and-the-same") for _ in range(6)))

    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len(await caller.handoffs()) == 1


async def test_a_family_that_two_services_refer_has_one_place_and_both_count(caller: Caller, clock: FixedClock) -> None:
    async with caller.house.parts.database.write() as session:
        fire = await keys.issue(session, clock, service_code="fire")
    await caller.refers(worry="The house was full of smoke.")
    clock.forward(minutes=5)
    await caller.refers(key=fire, worry="Second call this week.")

    assert [referral.service_code for referral in await caller.referrals()] == ["police-d", "fire"]
    [handoff] = await caller.handoffs()
    said = await caller.house.said(handoff.conversation_id)
    assert [(message.name, message.text) for message in said] == [
        ("Police Scotland, Tayside (D)", "The house was full of smoke."),
        ("Scottish Fire and Rescue Service", "Second call this week."),
    ]


async def test_somebody_in_grief_has_a_call_within_half_a_day_and_is_for_who_knows_grief(caller: Caller) -> None:
    answer = await caller.refers(about="bereaved")

    [handoff] = await caller.handoffs()
    assert handoff.skill == "bereavement"
    assert datetime.fromisoformat(answer.json()["call_from"]) <= caller.house.clock.now() + timedelta(hours=12)


async def test_a_worry_that_reads_like_danger_goes_to_the_queue_at_once_and_the_referrer_hears_999(
    caller: Caller,
) -> None:
    answer = await caller.refers(worry="She says she is going to kill herself tonight", when="evening")

    assert "999" in answer.json()["now"]
    assert answer.json()["call_from"] is None
    [handoff] = await caller.handoffs()
    assert (handoff.state, handoff.emergency) == ("waiting", True)
    async with caller.house.parts.database.read() as session:
        brief = await build_brief(session, handoff, caller.house.clock.now())
    assert brief.risks[0].text == "She says she is going to kill herself tonight"


async def test_danger_that_somebody_else_reports_later_raises_the_place_that_stands(caller: Caller) -> None:
    await caller.refers()
    await caller.refers(worry="He is not breathing right and she won't ring anybody")

    [handoff] = await caller.handoffs()
    assert (handoff.state, handoff.level) == ("waiting", "emergency")


async def test_with_every_time_taken_the_family_waits_in_the_queue_instead(caller: Caller) -> None:
    caller.house.app.state.referrals.referrals._callbacks._slots._people = 0  # type: ignore[union-attr]
    answer = await caller.refers()

    assert answer.json()["call_from"] is None
    assert datetime.fromisoformat(answer.json()["call_by"]) == caller.house.clock.now() + timedelta(hours=24)
    assert [handoff.state for handoff in await caller.handoffs()] == ["waiting"]


async def test_the_promise_of_a_call_is_not_broken_before_its_time(caller: Caller, clock: FixedClock) -> None:
    await caller.refers(when="afternoon")
    queue = caller.house.parts.queue
    clock.set(THURSDAY.replace(hour=13, minute=1))
    async with caller.house.parts.database.write() as session:
        assert len(await Watch(queue).bring_back_callbacks(session)) == 1

    [handoff] = await caller.handoffs()
    assert handoff.state == "waiting"
    assert handoff.answer_by == THURSDAY.replace(hour=15)


# What is taken


@pytest.mark.parametrize(
    "wrong",
    [
        {"consent": False},
        {"phone": "999"},
        {"phone": "0909 8790000"},
        {"phone": "08080 10 10 11"},
        {"phone": "+33 6 12 34 56 78"},
        {"phone": "call her"},
        {"first_name": " "},
        {"worry": "x" * 301},
        {"casualty_name": "John"},
        {"about": "his drugs"},
    ],
    ids=str,
)
async def test_what_is_not_asked_for_or_cannot_be_rung_is_refused_and_nothing_is_kept(
    caller: Caller, wrong: dict[str, object]
) -> None:
    answer = await caller.refers(**wrong)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert await caller.referrals() == []
    assert await caller.conversations() == []


async def test_without_a_key_of_the_request_or_the_caller_nothing_is_taken(caller: Caller, clock: FixedClock) -> None:
    bearer = {"Authorization": f"Bearer {caller.key}"}
    assert (await caller.http.post("/api/v1/referrals", json=JEAN, headers=bearer)).status_code == 422
    assert (await caller.http.post("/api/v1/referrals", json=JEAN)).status_code == 401
    assert (await caller.refers(key="gsr_made-up")).status_code == 401
    async with caller.house.parts.database.write() as session:
        other = await keys.issue(session, clock, service_code="HMP-Perth")
        [first, _] = await keys.repository.keys(session)
        await keys.revoke(session, clock, first.id)
    assert (await caller.refers()).status_code == 401
    assert (await caller.refers(key=other)).status_code == 201
    assert [one.service_code for one in await caller.referrals()] == ["hmp-perth"]


async def test_the_number_is_nowhere_in_the_clear_and_the_key_nowhere_at_all(caller: Caller) -> None:
    await caller.refers(tell_me=True)

    kept = [
        str(value)
        for row in [*await caller.referrals(), *await caller.handoffs(), *await caller.conversations()]
        for value in vars(row).values()
    ]
    assert not any("900123" in value or caller.key in value for value in kept)


# That contact is no weapon


async def test_a_number_is_taken_three_times_a_day_and_danger_even_then(caller: Caller) -> None:
    answers = [await caller.refers() for _ in range(4)]

    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert int(answers[-1].headers["retry-after"]) > 60
    assert (await caller.refers(worry="he's no breathin")).status_code == 201
    assert len(await caller.handoffs()) == 1


async def test_one_key_cannot_flood_the_queue(caller: Caller) -> None:
    for _ in range(120):
        await caller.house.app.state.referrals.rates.allows(  # type: ignore[union-attr]
            caller.house.app.state.referrals.limits.by_key[0],  # type: ignore[union-attr]
            str(await _key(caller)),
        )
    assert (await caller.refers()).status_code == 429
    assert await caller.referrals() == []


async def _key(caller: Caller) -> object:
    async with caller.house.parts.database.read() as session:
        return (await keys.repository.keys(session))[0].id


async def test_a_referral_never_meets_what_the_family_itself_wrote(caller: Caller) -> None:
    own = await caller.house.texts("+447700900123", "hello")
    await caller.refers(first_name="Senga")

    assert own.conversation_id is not None
    assert "first_name" not in await caller.house.facts(own.conversation_id)
    assert len(await caller.conversations()) == 2
    assert [message.text for message in await caller.house.said(own.conversation_id)][:1] == ["hello"]


async def test_to_a_family_that_is_rung_nothing_can_be_written(caller: Caller, clock: FixedClock) -> None:
    await caller.refers()
    [handoff] = await caller.handoffs()
    database, deeds = caller.house.parts.database, caller.house.deeds
    karen = await hire(database, clock, "Karen Muir", present=True)
    async with database.write() as session:
        await deeds.claim(session, handoff.id, karen.staff)
    async with database.write() as session:
        with pytest.raises(Conflict, match="rung, not written to"):
            await deeds.speak_as_officer(session, handoff.id, karen.staff, text="Hello Jean")
    async with database.write() as session:
        assert await deeds.callbacks.number(session, handoff.id, karen.staff) == "+447700900123"
    assert await caller.house.said(handoff.conversation_id) == []


# What the referrer ever hears


async def test_with_a_code_the_referrer_learns_that_the_family_was_reached_and_nothing_else(
    caller: Caller, clock: FixedClock
) -> None:
    code = (await caller.refers(tell_me=True)).json()["code"]
    await caller.refers(phone="07700 900124")
    [handoff, _] = await caller.handoffs()

    async def asked(what: str) -> dict[str, bool]:
        bearer = {"Authorization": f"Bearer {caller.key}"}
        return (await caller.http.get(f"/api/v1/referrals/reached/{what}", headers=bearer)).json()

    database, deeds = caller.house.parts.database, caller.house.deeds
    karen = await hire(database, clock, "Karen Muir", present=True)
    clock.forward(hours=13)
    async with database.write() as session:
        await deeds.claim(session, handoff.id, karen.staff)
        await deeds.callbacks.tried(session, handoff.id, karen.staff, result=CallResult.NO_ANSWER)
    await _followed_up(caller)
    assert await asked(code) == {"reached": False}
    async with database.write() as session:
        await deeds.claim(session, handoff.id, karen.staff)
        await deeds.callbacks.tried(session, handoff.id, karen.staff, result=CallResult.REACHED)
    await _followed_up(caller)
    assert await asked(code) == await asked(code.replace("-", "").lower()) == {"reached": True}
    assert await asked("BCDF-GHJK") == {"reached": False}
    assert [referral.reached_at is not None for referral in await caller.referrals()] == [True, False]


@pytest.mark.parametrize(("outcome", "reached"), [(Outcome.SAFE, True), (Outcome.DISENGAGED, False)])
async def test_how_a_call_ended_says_whether_the_family_was_reached(
    caller: Caller, clock: FixedClock, outcome: Outcome, reached: bool
) -> None:
    await caller.refers()
    [handoff] = await caller.handoffs()
    database, deeds = caller.house.parts.database, caller.house.deeds
    karen = await hire(database, clock, "Karen Muir", present=True)
    clock.forward(hours=13)
    async with database.write() as session:
        await deeds.claim(session, handoff.id, karen.staff)
        await deeds.wrap_up(session, handoff.id, karen.staff, outcome=outcome, note="rang")
    await _followed_up(caller)

    [referral] = await caller.referrals()
    assert (referral.reached_at == clock.now()) is reached


async def test_when_a_family_is_wiped_the_count_stays_and_nothing_of_them(caller: Caller) -> None:
    await caller.refers(worry="She hides it in the cistern", tell_me=True)
    [handoff] = await caller.handoffs()
    async with caller.house.parts.database.write() as session:
        conversation = await conversation_for_change(session, handoff.conversation_id)
        assert conversation is not None
        await caller.house.parts.eraser.erase(session, conversation)

    [referral] = await caller.referrals()
    assert (referral.service_code, referral.conversation_id) == ("police-d", None)
    assert await caller.handoffs() == []
    assert await caller.conversations() == []


async def _followed_up(caller: Caller) -> None:
    async with caller.house.parts.database.write() as session:
        await caller.house.app.state.referrals.referrals.follow_up(session)  # type: ignore[union-attr]
