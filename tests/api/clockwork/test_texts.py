"""A text to somebody in danger that does not arrive is told staff, whatever dies in between, and not too often."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from sqlalchemy import func, select

from api.clockwork.queue import see_to_the_queue
from api.clockwork.texts import TextAlerts
from api.conversations.models import Author, Status
from api.delivery.models import OutboxItem
from api.delivery.service import note_provider_status
from api.live.events import QUEUE_TOPIC
from tests.api.clocks import FixedClock
from tests.api.delivering import deliver_due
from tests.api.delivery.pigeon import say
from tests.api.house import ON_CALL, House, build_house
from tests.api.people import hire

NUMBER = "+447700900123"
EMERGENCY = "he's no breathin, he's gone blue"
UNDELIVERED, STOPPED = "sms_on_call/undelivered", "oncall/texts_stopped"


def _alerts(house: House) -> TextAlerts:
    return TextAlerts(house.parts.database, house.parts.officers, house.clock)


async def _delivered(house: House) -> None:
    while await deliver_due(house.parts.database, house.parts.senders, house.clock, jitter=lambda: 0.0):
        house.clock.forward(seconds=1)


async def _pages(house: House, content_id: str) -> int:
    """How many pages of this kind there were."""
    words = house.parts.voice.say(content_id, channel="sms").text
    assert ON_CALL not in words
    async with house.parts.database.read() as session:
        pages = select(func.count()).where(OutboxItem.channel == "on_call", OutboxItem.text == words)
        return await session.scalar(pages) or 0


async def _brought_back(house: House, code: str) -> None:
    """The network reports that every text to this number came back."""
    for text in [one for one in house.twilio.sent if one.to == NUMBER]:
        async with house.parts.database.write() as session:
            await note_provider_status(session, text.sid, Status.FAILED, code, clock=house.clock)


async def _refused(house: House, code: int) -> UUID:
    house.twilio.refused[NUMBER] = code
    received = await house.texts(NUMBER, EMERGENCY)
    await _delivered(house)
    assert received.conversation_id is not None
    return received.conversation_id


async def _came_back(house: House) -> UUID:
    received = await house.texts(NUMBER, EMERGENCY)
    await _delivered(house)
    await _brought_back(house, "30005")
    assert received.conversation_id is not None
    return received.conversation_id


@pytest.mark.parametrize(
    "failed", [lambda house: _refused(house, 21614), lambda house: _refused(house, 99999), _came_back]
)
async def test_danger_steps_that_do_not_arrive_page_whoever_is_on_call(
    house: House, failed: Callable[[House], Awaitable[UUID]]
) -> None:
    conversation_id = await failed(house)
    assert await _pages(house, UNDELIVERED) == 0
    async with house.parts.live.subscribe(QUEUE_TOPIC) as events, asyncio.timeout(10):
        await see_to_the_queue(house.parts.database, house.parts.queue)()
        changes = []
        while "texts_undelivered" not in changes:
            _, event = await anext(events)
            changes.append(event.get("change"))
    assert await _pages(house, UNDELIVERED) == 1
    assert any((message.failure or "").startswith("texts/failed_") for message in await house.said(conversation_id))


async def test_danger_steps_that_have_not_left_after_two_minutes_are_told_as_well(house: House) -> None:
    house.twilio.refused[NUMBER] = 20429
    await house.texts(NUMBER, EMERGENCY)
    for minutes, pages in ((0, 0), (1, 0), (1, 1), (1, 1)):
        house.clock.forward(minutes=minutes)
        await deliver_due(house.parts.database, house.parts.senders, house.clock, jitter=lambda: 0.5)
        await _alerts(house).one_round()
        assert await _pages(house, UNDELIVERED) == pages


async def test_many_that_do_not_arrive_page_once_in_half_an_hour(house: House) -> None:
    conversation_id = await _came_back(house)
    await _alerts(house).one_round()
    for minutes, pages in ((5, 1), (5, 1), (31, 2)):
        house.clock.forward(minutes=minutes)
        await say(house.parts.database, house.clock, conversation_id, "Are you there?")
        await _delivered(house)
        await _brought_back(house, "30005")
        await _alerts(house).one_round()
        assert await _pages(house, UNDELIVERED) == pages


async def test_an_officer_who_has_them_sees_it_and_nobody_is_woken(house: House) -> None:
    received = await house.texts(NUMBER, EMERGENCY)
    handoff = await house.handoff(received.conversation_id)
    assert handoff is not None
    karen = await hire(house.parts.database, house.clock, present=True)
    async with house.parts.database.write() as session:
        await house.deeds.claim(session, handoff.id, karen.staff)
    await _delivered(house)
    await _brought_back(house, "30005")
    async with house.parts.live.subscribe(QUEUE_TOPIC) as events, asyncio.timeout(10):
        await _alerts(house).one_round()
        _, event = await anext(events)
    assert (event["handoff_id"], event["change"]) == (str(handoff.id), "texts_undelivered")
    assert await _pages(house, UNDELIVERED) == 0


async def test_without_danger_nobody_is_told(house: House) -> None:
    received = await house.texts(NUMBER, "what is naloxone")
    await _delivered(house)
    await _brought_back(house, "30005")
    assert (await house.said(received.conversation_id))[-1].status == Status.FAILED.value
    await _alerts(house).one_round()
    async with house.parts.database.read() as session:
        assert await session.scalar(select(func.count()).where(OutboxItem.channel == "on_call")) == 0


async def test_a_stop_that_only_the_carrier_knew_of_is_told_also_when_the_process_died_right_after(
    house: House, clock: FixedClock
) -> None:
    await _refused(house, 21610)
    # Nothing of the process that heard it is left but the database.
    home, url = house.parts.settings.home, house.parts.database.url
    other = build_house(home, url, clock)
    try:
        await asyncio.gather(*(_alerts(other).one_round() for _ in range(3)))
        assert (await _pages(other, STOPPED), await _pages(other, UNDELIVERED)) == (1, 0)
    finally:
        await other.parts.close()


async def test_danger_after_a_stop_that_twilio_keeps_to_is_told(house: House) -> None:
    stopped = await house.texts(NUMBER, "STOP")
    await _refused(house, 21610)
    await _alerts(house).one_round()
    assert await _pages(house, UNDELIVERED) == 1
    said = [message for message in await house.said(stopped.conversation_id) if message.author != Author.PERSON.value]
    assert {message.status for message in said} == {Status.FAILED.value}
