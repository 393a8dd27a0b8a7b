"""Signs that a phone is in other hands stop everything personal by themselves, with the assistant and without it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import pytest

from api.conversations.holders import holder_of
from api.delivery.unprompted import gives_away
from tests.api.house import House
from tests.api.release_plans.conftest import FRIDAY, Weeks, at, duty_of, with_phone

WRONG_NUMBER: Final = (
    "wrong number", "Wrong number pal", "sorry, you've got the wrong number", "Sorry you’ve got the wrong number!",
    "wrang number", "this isn't his number anymore", "it isnt her number", "that's his old number", "not my number",
    "I got this number new last week", "new number for me mate", "I'm not him", "im not her sorry", "not him",
    "wrong person pal", "wrong phone", "Wrong.", "not me", "don't know him",
    "I don't know anyone called John", "dinnae ken anybody cried that", "this is my number now",
)  # fmt: skip
WHO: Final = (
    "who is this", "Who's this?", "who’s this", "whos this please", "wha's this", "who dis", "new phone who dis",
    "who are you", "who the hell are you", "sorry who is this texting me", "how did you get this number",
    "who gave you my number??", "wtf is this", "what is this about", "I don't know who this is", "who?", "eh?",
)  # fmt: skip
NO_SIGN: Final = (
    "aye fine", "A", "not bad", "no great", "he's not himself", "my number is 07700 900111",
    "who do i see for my script", "the wrong bus came", "not good", "ok", "what a day",
)  # fmt: skip


async def _asked_on_the_day(house: House, texts: tuple[str, ...]) -> list[Weeks]:
    """As many people as texts, all asked on the day, a few hours after they last wrote."""
    people = [await with_phone(house, f"+4477009{number:05}") for number in range(len(texts))]
    for person in people:
        await person.plan()
    house.clock.set(at(FRIDAY, 16))
    await duty_of(house).one_round()
    assert [await person.asked() for person in people] == [["ask_safe_today"]] * len(people)
    return people


async def _because(person: Weeks) -> tuple[str, str | None]:
    plan = await person.standing()
    assert plan is not None
    return plan.state, plan.because


@pytest.mark.parametrize("away", [False, True], ids=["assistant there", "assistant away"])
@pytest.mark.parametrize(("texts", "told"), [(WRONG_NUMBER, "sms/wrong_number"), (WHO, "check_ins/who_is_this")])
async def test_every_way_of_saying_it_lets_everything_personal_rest(
    house: House, texts: tuple[str, ...], told: str, away: bool
) -> None:
    people = await _asked_on_the_day(house, texts)
    house.bot.down = away
    for person, text in zip(people, texts, strict=True):
        await person.says(text)
        assert (text, await house.last_said(person.conversation_id)) == (text, [told])
        assert (text, *await _because(person)) == (text, "paused", "another_holder")
        async with house.parts.database.read() as session:
            holder = await holder_of(session, person.conversation_id)
        assert (holder is not None and holder.doubted_at is not None) == (told == "sms/wrong_number"), text
    before = [len(await house.said(person.conversation_id)) for person in people]
    await people[0].until(at(FRIDAY + timedelta(days=9), 12), every=timedelta(hours=12))
    assert [len(await house.said(person.conversation_id)) for person in people] == before
    assert not gives_away(house.parts.voice.say(told, channel="sms").text)


async def test_what_is_no_sign_of_it_lets_the_plan_go_on(house: House) -> None:
    people = await _asked_on_the_day(house, NO_SIGN)
    for person, text in zip(people, NO_SIGN, strict=True):
        await person.says(text)
        assert (text, *await _because(person)) == (text, "active", None)


@pytest.mark.parametrize("away", [False, True], ids=["assistant there", "assistant away"])
async def test_an_ok_after_being_told_begins_it_again_and_the_next_questions_come(him: Weeks, away: bool) -> None:
    await him.plan()
    him.house.clock.set(at(FRIDAY, 16))
    await him.duty.one_round()
    him.house.bot.down = away
    await him.says("who is this?")
    await him.says("who?")
    assert await him.house.last_said(him.conversation_id) == ["check_ins/who_is_this"]
    await him.says("ok")
    assert await him.house.last_said(him.conversation_id) == ["check_ins/invitation_taken"]
    assert await _because(him) == ("active", None)
    him.house.bot.down = False
    await him.until(at(FRIDAY + timedelta(days=2), 12))
    assert (await him.asked())[-1] == "ask_seen_in_two_days"
    later = {state for day, state in (await him.states()).items() if day > 2}
    assert (later, max(await him.states())) == ({"planned"}, 84)


async def test_wrong_after_being_told_ends_it_for_this_number(him: Weeks) -> None:
    await him.plan()
    him.house.clock.set(at(FRIDAY, 16))
    await him.duty.one_round()
    await him.says("who is this?")
    await him.says("wrong")
    assert await him.house.last_said(him.conversation_id) == ["sms/wrong_number"]
    assert await _because(him) == ("paused", "another_holder")


async def test_what_nothing_else_has_read_is_read_before_anything_goes_out(him: Weeks) -> None:
    await him.plan()
    him.house.clock.set(at(FRIDAY, 16))
    await him.duty.one_round()
    him.house.clock.forward(minutes=1)
    # It is no command any more once something was said in between.
    await him.says("hello")
    await him.says("how did you get my number")
    await him.duty.one_round()
    assert await _because(him) == ("paused", "another_holder")
