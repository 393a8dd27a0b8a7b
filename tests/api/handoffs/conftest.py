"""The queue, over both databases, with the real words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from cryptography.fernet import Fernet

from api.conversations import repository
from api.conversations.phone_numbers import NumberSafe
from api.database.engine import Database
from api.handoffs.models import Handoff
from api.handoffs.officers import Handoffs
from api.handoffs.service import Queue
from tests.api.callers import webchat
from tests.api.clocks import FixedClock
from tests.api.people import Colleague, hire
from tests.api.reception.conftest import house
from voice import Voice

__all__ = ["house"]

ON_CALL = "+447700900123"
SAFEGUARDING = "+447700900124"
Wait = Callable[..., Awaitable[Handoff]]


@pytest.fixture(scope="session")
def voice() -> Voice:
    return Voice.load()


@pytest.fixture
def numbers() -> NumberSafe:
    return NumberSafe(encryption_key=Fernet.generate_key(), lookup_key=b"lookup")


@pytest.fixture
def queue(clock: FixedClock, voice: Voice, numbers: NumberSafe) -> Queue:
    return Queue(
        clock=clock,
        voice=voice,
        numbers=numbers,
        on_call_number=ON_CALL,
        safeguarding_number=SAFEGUARDING,
        lease_seconds=90,
        presence_seconds=45,
    )


@pytest.fixture
def handoffs(queue: Queue) -> Handoffs:
    return Handoffs(queue)


@pytest.fixture
def wait(database: Database, clock: FixedClock, queue: Queue) -> Wait:
    """Somebody asks for a person: `await wait(level="urgent", release_date="2026-11-25")`."""

    async def ask(
        *,
        conversation_id: UUID | None = None,
        level: str = "none",
        skill: str | None = None,
        reason: str = "asked",
        **facts: object,
    ) -> Handoff:
        conversation_id = conversation_id or await webchat(database, clock, **facts)
        async with database.write() as session:
            conversation = await repository.conversation_for_change(session, conversation_id)
            assert conversation is not None
            return await queue.open_handoff(session, conversation, reason=reason, level=level, skill=skill)

    return ask


@pytest.fixture
async def karen(database: Database, clock: FixedClock) -> Colleague:
    return await hire(database, clock, "Karen Muir", present=True)


@pytest.fixture
async def ross(database: Database, clock: FixedClock) -> Colleague:
    return await hire(database, clock, "Ross Bain", present=True)
