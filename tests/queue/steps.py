"""Every step that two people, two officers and the clock can take, over the service's own code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import repository as conversations
from api.conversations.models import Author, Conversation
from api.conversations.service import say, store_person_message
from api.handoffs import repository
from api.handoffs.models import Handoff
from api.handoffs.officers import Handoffs
from api.handoffs.transitions import HELD, Outcome
from tests.api.people import Colleague

Step = Callable[[AsyncSession], Awaitable[object]]
_NUMBERS = count()


class CannotBeDone(Exception):
    """There is nobody to do it to, or with, just now."""


@dataclass(frozen=True)
class Stage:
    """People and two officers. `levels` is how grave it is for each when they ask: the second is in danger."""

    handoffs: Handoffs
    people: tuple[UUID, ...]
    officers: tuple[Colleague, Colleague]
    levels: tuple[str, ...] = ("none", "emergency")

    def steps(self) -> dict[str, Step]:
        """Each step under its name. A step may raise Conflict, and then must have changed nothing."""
        steps: dict[str, Step] = {"the clock looks": self._clock_looks}
        for number, chat in enumerate(self.people):
            person = "AB"[number]
            steps[f"{person} asks"] = self._asks(chat, self.levels[number])
            steps[f"{person} writes"] = self._writes(chat)
            steps[f"{person} leaves"] = self._leaves(chat)
            steps[f"{person} wants the assistant"] = self._wants_assistant(chat)
            steps[f"the assistant is late for {person}"] = self._late_reply(chat)
            for officer, other in (self.officers, self.officers[::-1]):
                name = officer.staff.first_name
                steps |= {f"{name} {deed} {person}": step for deed, step in self._deeds(chat, officer, other).items()}
        for officer in self.officers:
            steps[f"{officer.staff.first_name} takes the next"] = self._takes_next(officer)
            steps[f"{officer.staff.first_name} falls silent"] = self._falls_silent(officer)
        return steps

    def _deeds(self, chat: UUID, officer: Colleague, other: Colleague) -> dict[str, Step]:
        deeds, who = self.handoffs, officer.staff

        def on(deed: Callable[[AsyncSession, UUID], Awaitable[object]]) -> Step:
            async def step(session: AsyncSession) -> None:
                handoff = await repository.open_handoff_of(session, chat)
                if handoff is None:
                    raise CannotBeDone
                await deed(session, handoff.id)

            return step

        return {
            "claims": on(lambda session, id_: deeds.claim(session, id_, who)),
            "writes to": on(lambda session, id_: deeds.speak_as_officer(session, id_, who, text="I am here")),
            "asks a colleague in for": on(lambda session, id_: deeds.transfer(session, id_, who, to=other.id)),
            "joins": on(lambda session, id_: deeds.transfers.join(session, id_, who)),
            "steps out from": on(lambda session, id_: deeds.transfers.step_out(session, id_, who)),
            "whispers about": on(lambda session, id_: deeds.oversight.whisper(session, id_, who, text="ask where")),
            "takes over": on(lambda session, id_: deeds.oversight.take_over(session, id_, who)),
            "hands to the queue": on(lambda session, id_: deeds.transfer(session, id_, who)),
            "hands to the assistant": on(lambda session, id_: deeds.return_to_assistant(session, id_, who)),
            "says goodbye to": on(lambda session, id_: deeds.end(session, id_, who)),
            "writes up": on(lambda session, id_: deeds.wrap_up(session, id_, who, outcome=Outcome.SAFE, note="fine")),
        }

    def _asks(self, chat: UUID, level: str) -> Step:
        async def step(session: AsyncSession) -> None:
            await self.handoffs.queue.open_handoff(session, await _locked(session, chat), reason="asked", level=level)

        return step

    def _writes(self, chat: UUID) -> Step:
        async def step(session: AsyncSession) -> None:
            conversation = await _locked(session, chat)
            await store_person_message(
                session,
                conversation,
                text="and another thing",
                channel_id=f"step {next(_NUMBERS)}",
                safety={"level": "none"},
                clock=self.handoffs.queue.clock,
            )
            await self.handoffs.queue.person_wrote(session, conversation)

        return step

    def _leaves(self, chat: UUID) -> Step:
        async def step(session: AsyncSession) -> None:
            await self.handoffs.queue.leave(session, await _locked(session, chat))

        return step

    def _wants_assistant(self, chat: UUID) -> Step:
        async def step(session: AsyncSession) -> None:
            await self.handoffs.queue.take_from_officer(session, await _locked(session, chat))

        return step

    def _late_reply(self, chat: UUID) -> Step:
        async def step(session: AsyncSession) -> None:
            conversation = await _locked(session, chat)
            said = await say(
                session,
                conversation,
                author=Author.ASSISTANT,
                text="too late",
                clock=self.handoffs.queue.clock,
                epoch=conversation.owner_epoch - 1,
            )
            assert said is None, "words for an epoch that is over are dropped"

        return step

    def _takes_next(self, officer: Colleague) -> Step:
        async def step(session: AsyncSession) -> None:
            waiting = await repository.waiting(session)
            taken = await self.handoffs.claim_next(session, officer.staff)
            assert (taken is None) == (not waiting)
            if taken is not None and any(one.emergency for one in waiting):
                assert taken.emergency, "nobody is taken before an emergency"

        return step

    def _falls_silent(self, officer: Colleague) -> Step:
        """The officer's lease of everybody they have runs out, and the clock looks."""

        async def step(session: AsyncSession) -> None:
            over = self.handoffs.queue.clock.now() - timedelta(seconds=1)
            for holder, lease in (
                (Handoff.claimed_by, "lease_until"),
                (Handoff.second_officer, "second_lease_until"),
            ):
                await session.execute(
                    update(Handoff)
                    .where(holder == officer.id, Handoff.state.in_(HELD))
                    .values({lease: over})
                    .execution_options(synchronize_session=False)
                )
            session.expire_all()
            await self.handoffs.queue.release_expired_leases(session)

        return step

    async def _clock_looks(self, session: AsyncSession) -> None:
        await self.handoffs.queue.release_expired_leases(session)
        await self.handoffs.queue.settle_owners(session)
        await self.handoffs.queue.page_unclaimed_emergencies(session)


async def _locked(session: AsyncSession, chat: UUID) -> Conversation:
    conversation = await conversations.conversation_for_change(session, chat)
    assert conversation is not None
    return conversation
