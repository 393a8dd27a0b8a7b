"""Random walks through every step, with crashes between any two statements: a step is done whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import event, update

from api.database.engine import Database
from api.handoffs.models import Handoff
from api.handoffs.officers import Handoffs
from api.handoffs.service import Queue
from api.handoffs.transitions import OPEN
from api.problems import Problem
from tests.api.callers import webchat
from tests.api.clocks import FixedClock
from tests.api.people import Colleague
from tests.queue.promises import Place, places_of
from tests.queue.steps import CannotBeDone, Stage

STATEMENTS = 24
"""More than any step needs, so that a crash may also come after the last one."""


class Crashed(Exception):
    """The process ended here."""


class Night(RuleBasedStateMachine):
    """Two people and two officers on a real database; after each step every promise is looked at."""

    url: str
    queue: Queue
    clock: FixedClock
    officers: tuple[Colleague, Colleague]

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.Runner()
        self._database = Database(self.url)
        self._loop.run(self._begin())

    async def _begin(self) -> None:
        now = self.clock.now()
        async with self._database.write() as session:
            over = {"state": "closed", "closed_at": now, "lease_until": None, "second_officer": None}
            await session.execute(update(Handoff).where(Handoff.state.in_(OPEN)).values(over))
        people = (await webchat(self._database, self.clock), await webchat(self._database, self.clock))
        self._stage = Stage(Handoffs(self.queue), people, self.officers)
        self._steps = self._stage.steps()

    def teardown(self) -> None:
        self._loop.run(self._database.close())
        self._loop.close()

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        self._loop.run(self._do(data.draw(st.sampled_from(sorted(self._steps)), label="step")))

    @rule(data=st.data(), after=st.integers(0, STATEMENTS))
    def the_process_ends_in_the_midst_of_something(self, data: st.DataObject, after: int) -> None:
        name = data.draw(st.sampled_from(sorted(self._steps)), label="step")
        before = self._places()
        with self._ends_after(after) as crash:
            self._loop.run(self._do(name))
        if crash["came"]:
            assert self._places() == before, f"half of {name!r} was done"

    @invariant()
    def every_promise_holds(self) -> None:
        self._places()

    def _places(self) -> tuple[Place, ...]:
        return self._loop.run(self._look())

    async def _look(self) -> tuple[Place, ...]:
        async with self._database.read() as session:
            return await places_of(session, self._stage.people)

    async def _do(self, name: str) -> None:
        try:
            async with self._database.write() as session:
                await self._steps[name](session)
        except (Problem, CannotBeDone, Crashed):
            pass

    @contextmanager
    def _ends_after(self, statements: int) -> Iterator[dict[str, bool]]:
        left, crash = [statements], {"came": False}

        def count(*_: Any) -> None:
            if left[0] == 0:
                crash["came"] = True
                raise Crashed
            left[0] -= 1

        engine = self._database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", count)
        try:
            yield crash
        finally:
            event.remove(engine, "before_cursor_execute", count)


def test_whatever_happens_and_wherever_a_process_ends_the_promises_hold(
    database_url: str, database: Database, queue: Queue, clock: FixedClock, karen: Colleague, ross: Colleague
) -> None:
    class OnThisDatabase(Night):
        url = database_url

    OnThisDatabase.queue, OnThisDatabase.clock, OnThisDatabase.officers = queue, clock, (karen, ross)
    run_state_machine_as_test(
        OnThisDatabase,
        settings=settings(
            max_examples=10, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
