"""Six weeks after a release, by text, from Twilio's webhook to Twilio's API, with a clock that is moved.

The dialogue is a stand-in that reads answers by the same words as the real one and hands them to the same service.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.delivery.unprompted import gives_away
from api.release_plans import worklist
from reference.throughcare import Schedule
from reference.throughcare_answers import said_back
from tests.api.bot_stand_in import answer
from tests.api.delivering import deliver_due
from tests.api.house import TOKEN, House
from tests.api.release_plans.conftest import FRIDAY, HIS_PHONE, Weeks, at
from voice.segments import measure

PUBLIC = "https://gateside.example.org"


@dataclass
class Dialogue:
    """Asks what is due and hands over what is said back, as the assistant's actions do."""

    house: House
    http: httpx.AsyncClient
    open: dict[str, str] = field(default_factory=dict)

    async def turn(self, turn: dict[str, Any]) -> dict[str, Any]:
        conversation = turn["conversation_id"]
        if "intent" in turn:
            slot = turn["slots"]["check_in"]
            self.open[conversation] = slot["id"]
            asks = "check_ins/ask_again" if slot["again"] else Schedule.load().topics[slot["topic"]].asks
            words = self.house.parts.voice.say(asks, channel="sms", audience=turn["metadata"]["audience"])
            return answer(words.text, content_id=asks, open_question=asks)
        said = said_back(turn["text"])
        if conversation in self.open and said is not None:
            body = {"message_id": turn["message_id"], "said": said.value}
            path = f"/internal/v1/conversations/{conversation}/check-ins/{self.open.pop(conversation)}/answer"
            kept = await self.http.put(path, json=body, headers={"Authorization": f"Bearer {TOKEN}"})
            assert kept.status_code == 200, kept.text
            if said.value == "bad":
                await self._asks_for_a_person(conversation, turn["message_id"])
        return answer("Thank you.", content_id="check_ins/noted")

    async def _asks_for_a_person(self, conversation: str, message_id: str) -> None:
        body = {"message_id": message_id, "kind": "handoff", "reason": "check_in", "skill": None}
        path = f"/internal/v1/conversations/{conversation}/requests"
        asked = await self.http.post(path, json=body, headers={"Authorization": f"Bearer {TOKEN}"})
        assert asked.status_code == 202, asked.text


@dataclass
class Phone:
    """His phone, and the weeks that pass."""

    weeks: Weeks
    http: httpx.AsyncClient

    async def text(self, body: str) -> list[str]:
        """He texts; what is answered."""
        house, before = self.weeks.house, len(self.received)
        came = await house.twilio.text_in(self.http, PUBLIC, number=HIS_PHONE, body=body)
        assert came.status_code == 200
        await house.parts.turns.settle_all()
        await self._delivered()
        return self.received[before:]

    async def until(self, then: datetime) -> list[str]:
        """Time passes; what comes by itself meanwhile."""
        clock, before = self.weeks.house.clock, len(self.received)
        step = timedelta(hours=1 if then - clock.now() < timedelta(days=3) else 2)
        while clock.now() < then:
            await self.weeks.until(min(clock.now() + step, then), every=step)
            await self._delivered()
        return self.received[before:]

    @property
    def received(self) -> list[str]:
        return self.weeks.house.twilio.texts_to(HIS_PHONE)

    async def _delivered(self) -> None:
        house = self.weeks.house
        while await deliver_due(house.parts.database, house.parts.senders, house.clock, jitter=lambda: 0.0):
            house.clock.forward(seconds=5)


@pytest.fixture
async def phone(him: Weeks) -> AsyncIterator[Phone]:
    """A plan for Friday, asked at two in the afternoon."""
    app = create_app(him.house.parts.settings, parts=him.house.parts)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PUBLIC) as http:
        him.house.bot.script = Dialogue(him.house, http).turn
        await him.plan(hour=14)
        yield Phone(him, http)


async def test_the_steady_path(phone: Phone) -> None:
    first = []
    for day in (0, 2, 7, 14, 21, 28, 35, 42):
        first += await phone.until(at(FRIDAY + timedelta(days=day), 17 if day == 0 else 15))
        assert await phone.text("A") == ["Thank you."]
    states = await phone.weeks.states()
    assert {states[day] for day in (0, 2, 7, 14, 21, 28, 35, 42)} == {"answered"}
    assert len(first) == 9, "one before the day, and one each time; nothing twice"
    assert [text for text in first if gives_away(text)] == []
    assert all(measure(text).segments <= 2 for text in first)
    assert await phone.weeks.house.handoff(phone.weeks.conversation_id) is None


async def test_the_silent_path(phone: Phone) -> None:
    await phone.until(at(FRIDAY, 15))
    assert len(await phone.until(at(FRIDAY + timedelta(days=1), 12))) == 2, "asked, and asked once more"
    async with phone.weeks.house.parts.database.read() as session:
        listed = await worklist.non_responses(session)
    assert [row.day for row in listed] == [-1, 0]
    assert [tried.status for tried in listed[-1].tried] == ["sent", "sent"]
    assert len(await phone.until(at(FRIDAY + timedelta(days=6), 12))) == 2, "day two, and once more"


async def test_the_crisis_path(phone: Phone) -> None:
    await phone.until(at(FRIDAY, 17))
    await phone.text("no great, naewhere tae stay")
    handoff = await phone.weeks.house.handoff(phone.weeks.conversation_id)
    assert handoff is not None
    assert handoff.reason == "check_in"
    danger = await phone.text("my pal took too much, he's blue and not breathing")
    assert "999" in danger[0]
    handoff = await phone.weeks.house.handoff(phone.weeks.conversation_id)
    assert handoff is not None
    assert handoff.emergency
    assert await phone.until(at(FRIDAY + timedelta(days=2), 20)) == [], "officers have him: the clock keeps quiet"


async def test_the_path_of_one_word(phone: Phone) -> None:
    await phone.until(at(FRIDAY, 17))
    await phone.text("STOP")
    assert await phone.until(at(FRIDAY + timedelta(days=22), 12)) == []
    assert {state for day, state in (await phone.weeks.states()).items() if day > 0} == {"cancelled"}


async def test_the_path_of_a_wrong_number(phone: Phone) -> None:
    await phone.until(at(FRIDAY, 17))
    await phone.text("wrong number pal")
    assert await phone.until(at(FRIDAY + timedelta(days=22), 12)) == []
    plan = await phone.weeks.standing()
    assert plan is not None
    assert (plan.state, plan.because) == ("paused", "another_holder")
