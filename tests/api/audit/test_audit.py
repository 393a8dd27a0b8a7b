"""What was done stays written."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update

from api.audit import service as audit
from api.audit.models import AuditEntry
from api.database.engine import Database
from tests.api.clocks import FixedClock


@pytest.fixture
async def written(database: Database, clock: FixedClock) -> AuditEntry:
    async with database.write() as session:
        await audit.record(session, clock, actor="cli", action="staff.invited", subject="x", detail={"role": "lead"})
        return (await session.execute(select(AuditEntry))).scalar_one()


async def _do(database: Database, statement: object) -> None:
    async with database.write() as session:
        await session.execute(statement)  # type: ignore[call-overload]


async def test_a_deed_is_written_with_its_time_and_actor(written: AuditEntry, clock: FixedClock) -> None:
    assert (written.at, written.actor, written.action) == (clock.now(), "cli", "staff.invited")
    assert (written.subject, written.detail) == ("x", {"role": "lead"})


@pytest.mark.parametrize("change", [update(AuditEntry).values(actor="somebody else"), delete(AuditEntry)])
async def test_nobody_can_change_or_take_away_what_was_written(
    database: Database, written: AuditEntry, change: object
) -> None:
    with pytest.raises(Exception, match="append only"):
        await _do(database, change)
    async with database.read() as session:
        assert (await session.execute(select(AuditEntry.actor))).scalar_one() == "cli"
