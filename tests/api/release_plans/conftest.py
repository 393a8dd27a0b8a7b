"""A house with somebody in it who gets out, and a clock that runs through their weeks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from api.conversations.models import Message
from api.conversations.repository import note_fact
from api.conversations.service import open_text_conversation
from api.delivery.unprompted import QuietHours
from api.release_plans import answering, repository, service
from api.release_plans.asking import CheckIns
from api.release_plans.models import CheckIn, ReleasePlan
from reference.clock import SCOTLAND
from tests.api.bot_stand_in import answer
from tests.api.clocks import FixedClock
from tests.api.house import House, build_house

FRIDAY = date(2026, 11, 27)
HIS_PHONE = "+447700900123"


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """By the clock in Scotland."""
    return datetime.combine(day, time(hour, minute), SCOTLAND)


async def asks(turn: dict[str, Any]) -> dict[str, Any]:
    """The assistant: a check-in that is due is asked by its topic, anything else is heard."""
    if turn.get("intent") != "check_in_due":
        return answer("I hear you.", content_id="smalltalk/go_on")
    slot = turn["slots"]["check_in"]
    name = "ask_again" if slot["again"] else "invitation" if slot["kind"] == "invitation" else f"ask_{slot['topic']}"
    return answer(f"{name}?", content_id=f"check_ins/{name}", open_question=f"check_ins/{name}")


def duty_of(house: House) -> CheckIns:
    """A worker's own."""
    parts = house.parts
    return CheckIns(parts.database, parts.assistant, parts.voice, parts.clock, QuietHours.of(parts.settings))


async def with_phone(house: House, number: str) -> Weeks:
    """Somebody with a phone that only texts, who gets out themselves."""
    numbers = house.parts.numbers
    async with house.parts.database.write() as session:
        conversation = await open_text_conversation(
            session, clock=house.clock, fingerprint=numbers.fingerprint(number), sealed=numbers.seal(number)
        )
        await note_fact(session, conversation.id, "audience", "self", now=house.clock.now())
    return Weeks(house, conversation.id, number)


@dataclass
class Weeks:
    """A person with a plan, and the clock's duty that looks after them."""

    house: House
    conversation_id: UUID
    number: str | None = None
    duty: CheckIns = field(init=False)

    def __post_init__(self) -> None:
        self.duty = duty_of(self.house)

    async def plan(self, release: date = FRIDAY, **wish: Any) -> ReleasePlan:
        """Tell the date; they want to be asked unless told otherwise."""
        async with self.house.parts.database.write() as session:
            return await service.remember(
                session,
                self.conversation_id,
                release_date=release,
                prison=None,
                clock=self.house.clock,
                **{"agreed": True, **wish},
            )

    async def until(self, then: datetime, *, every: timedelta = timedelta(hours=1)) -> None:
        """Let time pass, the duty looking every hour."""
        while self.house.clock.now() < then:
            self.house.clock.set(min(self.house.clock.now() + every, then))
            await self.duty.one_round()

    async def says(self, text: str, said: str | None = None) -> None:
        """They write; the dialogue takes it as `said`."""
        if self.number is not None:
            received = await self.house.texts(self.number, text)
            if said is not None:
                asked = [one for one in await self.check_ins() if one.asked_at is not None]
                async with self.house.parts.database.write() as session:
                    plan = await service.plan_of(session, self.conversation_id)
                    check_in = await repository.check_in_by_id(session, asked[-1].id)
                    assert plan is not None
                    assert check_in is not None
                    await answering.note(
                        session, plan, check_in, said=said, message_id=received.message.id, clock=self.house.clock
                    )

    async def standing(self) -> ReleasePlan | None:
        async with self.house.parts.database.read() as session:
            return await service.plan_of(session, self.conversation_id)

    async def check_ins(self) -> list[CheckIn]:
        async with self.house.parts.database.read() as session:
            return list(await repository.check_ins_of(session, self.conversation_id))

    async def states(self) -> dict[int, str]:
        """Each day's state."""
        return {one.day: one.state for one in await self.check_ins()}

    async def asked(self) -> list[str]:
        """What was asked of them, in order."""
        return [str(message.content_id).removeprefix("check_ins/") for message in await self._questions()]

    async def asked_at(self) -> list[str]:
        """When, by the clock in Scotland."""
        return [f"{message.sent_at.astimezone(SCOTLAND):%d.%m. %H:%M}" for message in await self._questions()]

    async def _questions(self) -> list[Message]:
        said = await self.house.said(self.conversation_id)
        return [message for message in said if (message.content_id or "").startswith("check_ins/")]


@pytest.fixture
async def house(tmp_path: Path, database_url: str, clock: FixedClock) -> AsyncIterator[House]:
    house = build_house(tmp_path, database_url, clock)
    house.bot.script = asks
    yield house
    await house.parts.close()


@pytest.fixture
async def him(house: House) -> Weeks:
    """A man with a phone that only texts; Wednesday, nine in the evening."""
    return await with_phone(house, HIS_PHONE)


@pytest.fixture
async def her(house: House) -> Weeks:
    """His mother, in a webchat."""
    chat = await house.chat()
    async with house.parts.database.write() as session:
        await note_fact(session, chat.id, "audience", "family", now=house.clock.now())
        await note_fact(session, chat.id, "relation", "son", now=house.clock.now())
    return Weeks(house, chat.id)
