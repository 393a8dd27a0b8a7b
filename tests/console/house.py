"""What happens outside the console: staff accounts, people who come and go, and how things then stand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.console.words import local_day
from api.conversations import repository as conversation_rows
from api.conversations import service as conversations
from api.conversations.models import Conversation, Message
from api.handoffs.callbacks import CallResult
from api.handoffs.models import Handoff
from api.handoffs.officers import Handoffs
from api.handoffs.repository import open_handoff_of
from api.handoffs.service import Queue
from api.handoffs.watch import Watch
from api.live import conversation_topic
from api.staff import repository as staff_rows
from api.staff import service as staff_service
from api.staff import sign_in as signing
from api.staff.models import Role, StaffSession, Stage
from tests.console.hearing import WithHearing
from tests.console.past import WithPast
from tests.web_widget.conftest import Visitor

PASSWORD = "three gentle herons"
_numbers = count(1)


@dataclass(frozen=True)
class Officer:
    """A member of staff with the console's password."""

    id: UUID
    name: str
    email: str

    @property
    def first_name(self) -> str:
        return self.name.split()[0]


@dataclass(frozen=True)
class Person:
    """Somebody who asked for a person."""

    conversation_id: UUID
    handoff_id: UUID
    token: str


class House(WithPast, WithHearing):
    """The application with its staff and the people who come, and what is so of them."""

    def __init__(self, home: Path, **more: Any) -> None:
        super().__init__(home, **more)
        self._tokens: dict[UUID, str] = {}

    def empty(self) -> None:
        """Nobody waits, nobody is at a desk."""

        async def work(session: AsyncSession) -> None:
            now = self.app.state.clock.now()
            await session.execute(update(Handoff).values(state="abandoned", closed_at=now, claimed_by=None))
            await session.execute(update(StaffSession).values(last_seen_at=None))

        self.write(work)

    @property
    def officers(self) -> Handoffs:
        return self.app.state.handoffs

    @property
    def queue(self) -> Queue:
        return self.officers.queue

    # ---- staff

    def officer(self, name: str, *, role: str = "officer") -> Officer:
        email = f"{name.split()[0].lower()}.{next(_numbers)}@gateside.example"

        async def work(session: AsyncSession) -> Officer:
            invited = await staff_service.invite(
                session, self.clock, name=name, email=email, role=Role(role), actor="test"
            )
            staff = await staff_service.accept_invitation(session, self.clock, token=invited.token, password=PASSWORD)
            return Officer(staff.id, staff.name, staff.email)

        return self.write(work)

    def invited(self, name: str) -> tuple[str, str]:
        """The one-time token of a new account, and its email."""
        email = f"{name.split()[0].lower()}.{next(_numbers)}@gateside.example"

        async def work(session: AsyncSession) -> tuple[str, str]:
            invited = await staff_service.invite(
                session, self.clock, name=name, email=email, role=Role.OFFICER, actor="test"
            )
            return invited.token, email

        return self.write(work)

    def cookie(self, officer: Officer) -> dict[str, str]:
        """Sign an officer in, once; the cookie as a browser is given it."""
        if officer.id not in self._tokens:
            self._tokens[officer.id] = self._sign_in(officer)
        return {"name": signing.COOKIE, "value": self._tokens[officer.id], "url": self.address}

    def _sign_in(self, officer: Officer) -> str:
        """With a password; whose role needs a second step has given it, on another day."""
        signed_in = self.run(
            signing.sign_in(
                self.app.state.database,
                self.clock,
                self.app.state.sign_in_attempts,
                self.app.state.second_steps,
                email=officer.email,
                password=PASSWORD,
                address=f"desk {next(_numbers)}",
                hours=1,
            )
        )
        stage = update(StaffSession).where(StaffSession.staff_id == officer.id).values(stage=Stage.OPEN.value)
        self.write(lambda session: session.execute(stage))
        return signed_in.token

    def session_ids(self, officer: Officer, *, sign_in: bool = False) -> list[UUID]:
        """Where somebody is signed in."""
        if sign_in:
            self.cookie(officer)

        async def work(session: AsyncSession) -> list[UUID]:
            return [one.id for one in await staff_rows.sessions_of(session, officer.id, self.clock.now())]

        return self.write(work)

    def csrf_of(self, officer: Officer) -> str:
        """What the forms of this officer's pages carry."""
        token = staff_service.hash_secret(self.cookie(officer)["value"])

        async def work(session: AsyncSession) -> str:
            found = await staff_rows.session_by_token_hash(session, token)
            assert found is not None
            return found[0].csrf_token

        return self.write(work)

    def end_sessions(self) -> None:
        self._tokens.clear()
        self.write(lambda session: session.execute(delete(StaffSession)))

    def leaves_the_desk(self, officer: Officer) -> None:
        gone = update(StaffSession).where(StaffSession.staff_id == officer.id).values(last_seen_at=None)
        self.write(lambda session: session.execute(gone))

    # ---- people

    def arrives(
        self,
        text: str,
        *,
        level: str = "none",
        spans: Sequence[tuple[int, int]] = (),
        facts: dict[str, Any] | None = None,
        release_in_days: int | None = None,
        minutes_ago: int = 0,
        sms: bool = False,
    ) -> Person:
        """Somebody writes and asks for a person."""

        async def work(session: AsyncSession) -> Person:
            if sms:
                number = f"+44770090{next(_numbers):04}"
                conversation = await conversations.open_text_conversation(
                    session,
                    clock=self.clock,
                    fingerprint=self.app.state.numbers.fingerprint(number),
                    sealed=self.app.state.numbers.seal(number),
                )
                token = ""
            else:
                conversation, token = await conversations.open_webchat(session, clock=self.clock)
            message = await self._store(session, conversation, text, level=level, spans=spans)
            known = dict(facts or {})
            if release_in_days is not None:
                known["release_date"] = (local_day(self.clock.now()) + timedelta(days=release_in_days)).isoformat()
            for name, value in known.items():
                await conversation_rows.note_fact(
                    session, conversation.id, name, value, now=self.clock.now(), message_id=message.id
                )
            handoff = await self.queue.open_handoff(session, conversation, reason="asked", level=level)
            handoff.opened_at -= timedelta(minutes=minutes_ago)
            handoff.ranked_at -= timedelta(minutes=minutes_ago)
            return Person(conversation.id, handoff.id, token)

        return self.write(work)

    def taken_by(self, officer: Officer, text: str, **more: Any) -> Person:
        """Somebody whom an officer has taken."""
        person = self.arrives(text, **more)
        self.write(lambda session: self.officers.claim(session, person.handoff_id, officer))
        return person

    def to_be_rung(self, text: str, *, missed: bool = False, number: str | None = None, **more: Any) -> Person:
        """Somebody who is to be rung, when somebody can; `missed`: the time they chose is over and nobody rang."""
        person = self.arrives(text, **more)

        async def work(session: AsyncSession) -> None:
            conversation = await self._conversation(session, person)
            handoff = await self.officers.callbacks.book(
                session, conversation, start=None, number=number, consent=number is not None
            )
            if missed:
                handoff.callback_at = self.clock.now() - timedelta(hours=3)
                handoff.callback_until = self.clock.now() - timedelta(hours=1)
                assert await Watch(self.queue).note_missed_callbacks(session) == [handoff.id]

        self.write(work)
        return person

    def is_to_be_rung(self, person: Person, officer: Officer, *, tried: Sequence[str] = ()) -> None:
        """The officer who has them is to ring them, and rang in vain before."""

        async def work(session: AsyncSession) -> None:
            await self.officers.callbacks.by_officer(session, person.handoff_id, officer)
            for result in tried:
                await self.officers.claim(session, person.handoff_id, officer)
                await self.officers.callbacks.tried(session, person.handoff_id, officer, result=CallResult(result))
            await self.officers.claim(session, person.handoff_id, officer)

        self.write(work)

    def person_at(self, visitor: Visitor) -> Person:
        """Who sits at this chat."""
        conversation_id = UUID(json.loads(visitor.kept() or "")["id"])

        async def work(session: AsyncSession) -> Person:
            handoff = await open_handoff_of(session, conversation_id)
            assert handoff is not None
            return Person(conversation_id, handoff.id, "")

        return self.write(work)

    def books_a_call(self, person: Person, *, number: str) -> datetime:
        """They choose the first slot there is; when it begins."""

        async def work(session: AsyncSession) -> datetime:
            slot = (await self.officers.callbacks.slots(session))[0]
            await self.app.state.parts.officers.call_back(
                session,
                await self._conversation(session, person),
                reply_to=None,
                slot=slot.start,
                number=number,
                consent=True,
            )
            return slot.start

        return self.write(work)

    def writes(self, person: Person, text: str, *, level: str = "none") -> None:
        async def work(session: AsyncSession) -> None:
            conversation = await self._conversation(session, person)
            await self._store(session, conversation, text, level=level)
            await self.queue.person_wrote(session, conversation, level=level)

        self.write(work)

    def types(self, person: Person) -> None:
        event = {"type": "typing", "author": "person", "name": None}
        self.run(self.app.state.live.publish(conversation_topic(person.conversation_id), event))

    def learns(self, person: Person, **facts: Any) -> None:
        async def work(session: AsyncSession) -> None:
            for name, value in facts.items():
                await conversation_rows.note_fact(session, person.conversation_id, name, value, now=self.clock.now())
            await self.queue.person_wrote(session, await self._conversation(session, person))

        self.write(work)

    def leaves(self, person: Person) -> None:
        async def work(session: AsyncSession) -> None:
            assert await self.queue.leave(session, await self._conversation(session, person))

        self.write(work)

    def deletes(self, person: Person) -> None:
        """The person wipes what they wrote; only the alert without content stays."""

        async def work(session: AsyncSession) -> None:
            await self.app.state.parts.eraser.erase(session, await self._conversation(session, person))

        self.write(work)

    def lease_runs_out(self, person: Person) -> None:
        async def work(session: AsyncSession) -> None:
            handoff = await session.get(Handoff, person.handoff_id)
            assert handoff is not None
            handoff.lease_until = self.clock.now() - timedelta(seconds=1)
            await session.flush()
            assert await self.queue.release_expired_leases(session) == [handoff.id]

        self.write(work)

    def arrive_many(self, number: int) -> None:
        for each in range(number):
            self.arrives(
                "hello",
                level="emergency" if each == 0 else "urgent" if each % 9 == 1 else "none",
                facts=[{"first_name": "Mary", "audience": "self"}, {"relation": "son"}, {"first_name": "Tam"}, {}][
                    each % 4
                ],
                release_in_days=-(each % 12) if each % 3 == 0 else None,
                minutes_ago=60 - each,
                sms=each % 2 == 0,
            )

    def notes(self, person: Person, officer: Officer, text: str) -> None:
        self.write(lambda session: self.officers.add_note(session, person.handoff_id, officer, text=text))

    # ---- what is so now

    def state_of(self, person: Person) -> str:
        return self._look(Handoff, person.handoff_id).state

    def person_of(self, handoff_id: str) -> Person:
        """Who stands behind a page of the console."""
        handoff = self._look(Handoff, UUID(handoff_id.split("?")[0]))
        return Person(handoff.conversation_id, handoff.id, "")

    def handoff(self, person: Person) -> Handoff:
        handoff: Handoff = self._look(Handoff, person.handoff_id)
        return handoff

    def facts_of(self, person: Person) -> dict[str, Any]:
        async def work(session: AsyncSession) -> dict[str, Any]:
            return {fact.name: fact.value for fact in await conversation_rows.facts_of(session, person.conversation_id)}

        return self.write(work)

    def owner_of(self, person: Person) -> str:
        return self._look(Conversation, person.conversation_id).owner

    def texts_of(self, person: Person) -> list[str]:
        async def work(session: AsyncSession) -> list[str]:
            return [message.text for message in await conversation_rows.messages_after(session, person.conversation_id)]

        return self.write(work)

    def _look(self, table: type[Any], id: UUID) -> Any:
        return self.write(lambda session: session.get_one(table, id))

    async def _conversation(self, session: AsyncSession, person: Person) -> Conversation:
        conversation = await conversation_rows.conversation_for_change(session, person.conversation_id)
        assert conversation is not None
        return conversation

    async def _store(
        self, session: AsyncSession, conversation: Conversation, text: str, *, level: str, spans: Any = ()
    ) -> Message:
        kept = {"level": level, "check": False, "kinds": [], "spans": [list(span) for span in spans], "concepts": []}
        stored = await conversations.store_person_message(
            session, conversation, text=text, channel_id=str(uuid4()), safety=kept, clock=self.clock
        )
        return stored.message

    def replies(self, person: Person, officer: Officer, text: str) -> None:
        self.write(lambda session: self.officers.speak_as_officer(session, person.handoff_id, officer, text=text))
