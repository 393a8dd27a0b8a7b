"""What tests have officers and the clock do, each in a transaction of its own."""

from __future__ import annotations

from uuid import UUID

from api.database.engine import Database
from api.handoffs import repository
from api.handoffs.models import Handoff
from api.handoffs.officers import Handoffs
from api.handoffs.service import Queue
from tests.api.people import Colleague


def chat_of(handoff: Handoff) -> UUID:
    assert handoff.conversation_id is not None
    return handoff.conversation_id


async def claim(database: Database, handoffs: Handoffs, handoff: Handoff, officer: Colleague) -> Handoff:
    async with database.write() as session:
        return await handoffs.claim(session, handoff.id, officer.staff)


async def speak(database: Database, handoffs: Handoffs, handoff: Handoff, officer: Colleague, text: str) -> None:
    async with database.write() as session:
        await handoffs.speak_as_officer(session, handoff.id, officer.staff, text=text)


async def as_it_is_now(database: Database, handoff: Handoff) -> Handoff:
    async with database.read() as session:
        found = await repository.handoff_by_id(session, handoff.id)
    assert found is not None
    return found


async def release_expired(database: Database, queue: Queue) -> list[UUID]:
    async with database.write() as session:
        return list(await queue.release_expired_leases(session))
