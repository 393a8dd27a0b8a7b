"""What lies behind the house: a month of people who came, families that were referred, promises that were broken."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import repository as conversation_rows
from api.conversations import service as conversations
from api.handoffs.models import Handoff
from api.referrals.models import Referral
from tests.console.application import RunningApplication


class WithId(Protocol):
    """An officer."""

    @property
    def id(self) -> UUID:
        """The account."""


class WithHandoff(Protocol):
    """A person."""

    @property
    def handoff_id(self) -> UUID:
        """Their place in the queue."""


class WithPast(RunningApplication):
    """The application and what was before."""

    def a_month_of_contacts(self, officer: WithId, number: int = 60) -> None:
        """People over a month, some of whom an officer helped."""
        areas = ("east ayrshire", "glasgow city", "fife", "dundee city", "highland")
        needs = (["naloxone"], ["family_support", "naloxone"], ["housing"], ["own_use"])
        outcomes = ("safe", "referred", "naloxone_arranged", "disengaged")

        async def work(session: AsyncSession) -> None:
            for each in range(number):
                conversation, _ = await conversations.open_webchat(session, clock=self.clock)
                began = self.clock.now() - timedelta(days=each % 28, hours=each % 7)
                conversation.created_at = conversation.last_person_at = began
                conversation.page = "https://families.example/help" if each % 3 else None
                facts = {"place": areas[each * each % 5], "needs": needs[each % 4], "audience": "family"}
                for name, value in facts.items():
                    await conversation_rows.note_fact(session, conversation.id, name, value, now=began)
                session.add(
                    Handoff(
                        conversation_id=conversation.id,
                        state="closed",
                        reason="asked",
                        level=("none", "urgent")[each % 2],
                        opened_at=began,
                        ranked_at=began,
                        claimed_by=officer.id,
                        answered_at=began + timedelta(minutes=each % 25),
                        answer_by=began + timedelta(minutes=20),
                        closed_at=began + timedelta(hours=1),
                        outcome=outcomes[each % 4],
                        naloxone=("arranged", "has_it", "not_raised")[each % 3],
                    )
                )

        self.write(work)

    def referred(self, service_code: str, families: int, *, reached: int = 0) -> None:
        """Families that a service referred, some of whom were reached."""
        now = self.clock.now()
        made = [
            Referral(
                service_code=service_code,
                came_by="form",
                about="family",
                level="none",
                request_key=uuid4().hex,
                created_at=now,
                call_by=now,
                reached_at=now if number < reached else None,
            )
            for number in range(families)
        ]

        async def work(session: AsyncSession) -> None:
            session.add_all(made)

        self.write(work)

    def promise_broken(self, person: WithHandoff) -> None:
        """The first words to somebody were due a while ago."""
        due = self.clock.now() - timedelta(minutes=30)
        late = update(Handoff).where(Handoff.id == person.handoff_id).values(answer_by=due, warned_at=due)
        self.write(lambda session: session.execute(late))
