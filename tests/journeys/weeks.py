"""Weeks that go by in a minute: one clock for every process, moved on while real parts do what is due by it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.phone_numbers import NumberSafe
from api.conversations.repository import conversation_by_number
from api.database.engine import Database
from api.delivery.models import OutboxItem, OutboxState
from api.keys import load_keys
from api.reception.repository import anything_open
from api.release_plans import repository
from api.settings import Settings
from reference.clock import SCOTLAND, StartedClock
from tests.journeys.conftest import ON_CALL, Phone, Twilio
from tests.journeys.house import House

WEDNESDAY_EVENING = datetime(2026, 11, 25, 20, 0, tzinfo=SCOTLAND)
RELEASE = date(2026, 11, 27)
PATIENCE = 60


def at(day: int, clock: str) -> datetime:
    """That time of the clock in Scotland, so many days after the release."""
    return datetime.combine(RELEASE + timedelta(days=day), time_of_day.fromisoformat(clock), SCOTLAND)


@contextmanager
def weeks_in(home: Path) -> Iterator[Weeks]:
    """A whole house of its own with real Rasa and a Twilio beside it, on the Wednesday before a release."""
    since, ahead = time.time(), home.with_name("ahead")
    clock = StartedClock(WEDNESDAY_EVENING, running_since=since, ahead=ahead)
    with Twilio(clock).running() as twilio:
        house = House(
            home,
            {
                **twilio.settings,
                "GATESIDE_CLOCK": WEDNESDAY_EVENING.isoformat(),
                "GATESIDE_CLOCK_STARTED": repr(since),
                "GATESIDE_CLOCK_AHEAD": str(ahead),
                "GATESIDE_ON_CALL_NUMBER": ON_CALL,
                "GATESIDE_TEXTS_A_DAY": "50",
            },
        )
        try:
            house.start()
            with _Records(house) as records:
                yield Weeks(house, twilio, clock, records)
            house.stop()
        finally:
            if house.process is not None and house.process.poll() is None:
                house.stop()


@dataclass
class Weeks:
    """The house, its clock, and the people whose phones are watched."""

    house: House
    twilio: Twilio
    clock: StartedClock
    records: _Records
    people: list[Person] = field(default_factory=list)

    def somebody(self, number: str) -> Person:
        """Their phone, watched from now on."""
        self.people.append(Person(self, number))
        return self.people[-1]

    def until(self, then: datetime, *, asks: Sequence[Person] = ()) -> None:
        """Time passes, until whoever is `asks` has got a text and nothing is left that is due."""
        before = {person.phone.number: len(person.phone.received) for person in self.people}
        self.clock.move_to(then)
        for person in asks:
            person.phone.wait_for("", after=before[person.phone.number], seconds=PATIENCE)
        self.settled()
        for person in self.people:
            person.unasked += [(then, text) for text in person.phone.received[before[person.phone.number] :]]

    def settled(self) -> None:
        """Wait until every message has its answer, every text is out, and no check-in is due."""
        self.house.wait_for(lambda: not self.records.anything_due(self.clock.now()), PATIENCE)


class Person:
    """Somebody with a phone that only texts, and what came to it unasked."""

    def __init__(self, weeks: Weeks, number: str) -> None:
        self.phone = Phone(weeks.house, weeks.twilio, number)
        self.unasked: list[tuple[datetime, str]] = []
        self._weeks = weeks

    def texts(self, body: str, *, hears: str) -> str:
        """They text; the text with these words that comes back, once everything has settled."""
        before = len(self.phone.received)
        assert self.phone.text(body).status_code == 200
        found = self.phone.wait_for(hears, after=before, seconds=PATIENCE)
        self._weeks.settled()
        return found

    def agrees_to_check_ins(self) -> None:
        """They get out on Friday, and want to be asked in the afternoon."""
        self.texts("change the release date to 27 November", hears="check in with you")
        self.texts("ok", hears="time of day")
        self.texts("afternoon", hears="first question comes")

    @property
    def asked_at(self) -> list[datetime]:
        """When something came unasked."""
        return [then for then, _ in self.unasked]

    def unasked_on(self, *moments: datetime) -> list[str]:
        return [text for then, text in self.unasked if then in moments]

    def states(self) -> dict[int, str]:
        """How each day's check-in stands."""
        return self._weeks.records.states(self.phone.number)

    def plan(self) -> tuple[str, str | None]:
        """How the plan stands, and why."""
        return self._weeks.records.plan(self.phone.number)


class _Records:
    """What the house's own database says, read from beside it."""

    def __init__(self, house: House) -> None:
        keys = load_keys(Settings(home=house.home))
        self._numbers = NumberSafe(encryption_key=keys.encryption, lookup_key=keys.lookup)
        self._database = Database(f"sqlite+aiosqlite:///{house.home / 'gateside.db'}")
        self._runner = asyncio.Runner()

    def __enter__(self) -> _Records:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.run(self._database.close())
        self._runner.close()

    def anything_due(self, now: datetime) -> bool:
        return bool(self._runner.run(self._anything_due(now)))

    def states(self, number: str) -> dict[int, str]:
        async def look(session: AsyncSession, conversation_id: Any) -> dict[int, str]:
            return {one.day: one.state for one in await repository.check_ins_of(session, conversation_id)}

        return self._runner.run(self._of(number, look))  # type: ignore[no-any-return]

    def plan(self, number: str) -> tuple[str, str | None]:
        async def look(session: AsyncSession, conversation_id: Any) -> tuple[str, str | None]:
            found = await repository.plan_of(session, conversation_id)
            assert found is not None
            return found.state, found.because

        return self._runner.run(self._of(number, look))  # type: ignore[no-any-return]

    async def _anything_due(self, now: datetime) -> bool:
        unsent = (OutboxState.PENDING.value, OutboxState.SENDING.value)
        async with self._database.read() as session:
            return bool(
                await repository.to_act_on(session, now, limit=1)
                or await repository.heard_since_asked(session)
                or await anything_open(session)
                or (await session.execute(select(OutboxItem.id).where(OutboxItem.state.in_(unsent)))).first()
            )

    async def _of(self, number: str, look: Any) -> Any:
        async with self._database.read() as session:
            found = await conversation_by_number(session, self._numbers.fingerprint(number))
            assert found is not None
            return await look(session, found.id)
