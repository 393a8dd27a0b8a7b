"""Contact must not become a weapon: a number that somebody else gave gets one neutral text, and then its own say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from api.conversations.repository import conversation_by_number
from api.delivery.unprompted import gives_away
from api.problems import Unprocessable
from api.release_plans import answering, repository, service
from api.release_plans.invitations import invite
from tests.api.house import House, voice
from tests.api.release_plans.conftest import FRIDAY, Weeks, at, duty_of
from voice import Library

NUMBER = "07700 900456"
E164 = "+447700900456"


async def given(house: House, **more: Any) -> None:
    """Somebody gives the number."""
    parts = house.parts
    wanted = {"number": NUMBER, "release_date": FRIDAY, "prison": "barlinnie", "set_by": "family"} | more
    async with parts.database.write() as session:
        await invite(session, **wanted, numbers=parts.numbers, clock=house.clock)


async def holder(house: House) -> Weeks:
    """Whoever has the number."""
    async with house.parts.database.read() as session:
        found = await conversation_by_number(session, house.parts.numbers.fingerprint(E164))
    assert found is not None
    return Weeks(house, found.id, E164)


async def test_one_neutral_text_and_nothing_more_until_a_yes(house: House) -> None:
    house.clock.set(at(FRIDAY - timedelta(days=15), 12))
    await given(house)
    them = await holder(house)
    await them.until(at(FRIDAY + timedelta(days=50), 12), every=timedelta(hours=12))
    assert await them.asked() == ["invitation"]
    assert await house.facts(them.conversation_id) == {}


async def test_after_a_yes_the_plan_is_theirs(house: House) -> None:
    house.clock.set(at(FRIDAY - timedelta(days=3), 12))
    await given(house)
    them = await holder(house)
    await them.until(at(FRIDAY - timedelta(days=3), 13))
    await them.says("ok", "agreed")
    await them.until(at(FRIDAY, 17))
    assert await them.asked() == ["invitation", "ask_naloxone", "ask_safe_today"]
    assert (await house.facts(them.conversation_id))["prison"] == "barlinnie"


@pytest.mark.parametrize("said", ["declined", "wrong_number", "who", "enough"])
async def test_anything_but_a_yes_ends_it(house: House, said: str) -> None:
    house.clock.set(at(FRIDAY - timedelta(days=3), 12))
    await given(house)
    them = await holder(house)
    await them.until(at(FRIDAY - timedelta(days=3), 13))
    await them.says("hmm", said)
    await them.until(at(FRIDAY + timedelta(days=9), 12), every=timedelta(hours=6))
    assert await them.asked() == ["invitation"]


async def test_a_number_given_again_and_again_is_asked_once_ever(house: House) -> None:
    house.clock.set(at(FRIDAY - timedelta(days=3), 12))
    for _ in range(3):
        await given(house, set_by="prison")
        them = await holder(house)
        await them.until(house.clock.now() + timedelta(hours=20))
    assert await them.asked() == ["invitation"]


async def test_a_number_that_said_stop_or_has_a_plan_of_its_own_hears_nothing(house: House, him: Weeks) -> None:
    await him.plan()
    await given(house, number=him.number, release_date=FRIDAY + timedelta(days=30))
    plan = await him.standing()
    assert plan is not None
    assert (plan.release_date, plan.set_by, plan.state) == (FRIDAY, "person", "active")
    await house.texts(E164, "stop")
    await given(house)
    them = await holder(house)
    await them.until(house.clock.now() + timedelta(days=1))
    assert await them.asked() == []
    assert await them.standing() is None


async def test_who_gave_the_number_learns_nothing_whatever_is_known_of_it(house: House, him: Weeks) -> None:
    await him.plan()
    parts = house.parts
    answers = []
    for number in (him.number, NUMBER):
        async with parts.database.write() as session:
            answers.append(
                await invite(
                    session, number=str(number), release_date=FRIDAY, prison=None, set_by="family",
                    numbers=parts.numbers, clock=house.clock,
                )
            )  # fmt: skip
    assert answers == [None, None]


@pytest.mark.parametrize("number", ["0141 496 0000", "hello", "12", "0808 157 0000"])
async def test_only_a_mobile_number_can_be_given(house: House, number: str) -> None:
    with pytest.raises(Unprocessable):
        await given(house, number=number)


async def test_two_workers_send_one_invitation(house: House) -> None:
    house.clock.set(at(FRIDAY - timedelta(days=3), 12))
    await given(house)
    first, second = duty_of(house), duty_of(house)
    them = await holder(house)
    errand = await first.take(them.conversation_id)
    assert errand is not None
    assert await second.take(them.conversation_id) is None
    assert await first.run(errand)
    assert not await second.run(errand)
    assert await them.asked() == ["invitation"]


def test_nothing_that_comes_first_by_text_tells_whoever_picks_up_the_phone() -> None:
    asks = [block for block in Library.load() if block.topic == "check_ins" and block.asks]
    assert len(asks) > 14
    for block in asks:
        for audience in (None, "self", "family", "worker"):
            said = voice().say(
                block.id, channel="sms", audience=audience, values={"relation": None, "release_date": None}
            )
            assert not gives_away(said.text), (block.id, audience, said.text)


async def test_the_notes_of_whoever_gave_it_are_noted_as_theirs_only_with_the_yes(house: House) -> None:
    house.clock.set(at(FRIDAY - timedelta(days=3), 12))
    await given(house)
    them = await holder(house)
    await them.until(at(FRIDAY - timedelta(days=3), 13))
    async with house.parts.database.write() as session:
        plan = await service.plan_of(session, them.conversation_id)
        invitation = (await repository.check_ins_of(session, them.conversation_id))[0]
        assert plan is not None
        await answering.note(session, plan, invitation, said="agreed", message_id=invitation.id, clock=house.clock)
        assert plan.agreed_in == invitation.id
    assert set(await house.facts(them.conversation_id)) == {"release_date", "prison"}
