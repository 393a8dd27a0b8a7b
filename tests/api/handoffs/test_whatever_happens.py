"""What must hold whatever officers, people and the clock do, in any order and at once."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.conversations import repository as conversations
from api.conversations import service as conversation_rules
from api.conversations.models import Author, Owner
from api.database.engine import Database
from api.handoffs import repository
from api.handoffs.models import Handoff
from api.handoffs.officers import Handoffs
from api.handoffs.service import Queue
from api.handoffs.transitions import HELD, TRANSITIONS, Outcome, State, move
from api.problems import Conflict
from tests.api.callers import conversation, said, write
from tests.api.clocks import FixedClock
from tests.api.handoffs.conftest import Wait
from tests.api.handoffs.deeds import chat_of, release_expired
from tests.api.people import Colleague


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("to", list(State))
def test_only_the_ways_in_the_table_can_be_gone(state: State, to: State) -> None:
    handoff = Handoff(state=state.value)
    if to in TRANSITIONS[state]:
        move(handoff, to)
        assert handoff.state == to.value
    else:
        with pytest.raises(Conflict):
            move(handoff, to)


def test_what_is_over_stays_over() -> None:
    for state in (State.CLOSED, State.RETURNED_TO_ASSISTANT, State.ABANDONED):
        assert TRANSITIONS[state] == frozenset()


DEEDS = st.lists(
    st.sampled_from(
        ["claim karen", "claim ross", "speak karen", "speak ross", "late reply", "person", "lease", "transfer",
         "return", "person returns", "wrap up", "ask", "leave", "emergency"]
    ),
    max_size=14,
)  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
async def test_whatever_happens_one_speaks_nothing_is_lost_and_no_emergency_is_dropped(
    database: Database,
    wait: Wait,
    handoffs: Handoffs,
    queue: Queue,
    clock: FixedClock,
    karen: Colleague,
    ross: Colleague,
    deeds: list[str],
) -> None:
    handoff = await wait()
    chat = chat_of(handoff)
    staff = {"karen": karen, "ross": ross}
    stored = 0
    for deed in deeds:
        stored += await _do(deed, database, wait, handoffs, queue, clock, staff, chat)
        async with database.read() as session:
            standing = await repository.open_handoff_of(session, chat)
        now = await conversation(database, chat)
        held = standing is not None and standing.state in HELD
        assert (now.owner == Owner.OFFICER.value) == held
        if standing is not None and held:
            assert now.officer_id == standing.claimed_by
        elif standing is not None and standing.emergency:
            assert standing.state in (State.WAITING.value, State.WRAP_UP.value)
    messages = await said(database, chat)
    assert [message.seq for message in messages] == list(range(1, len(messages) + 1))
    assert len([m for m in messages if m.author in ("person", "officer")]) == stored
    for officers_words in (m for m in messages if m.author == "officer"):
        later = [m for m in messages if m.seq > officers_words.seq and m.owner_epoch == officers_words.owner_epoch]
        assert all(m.author != Author.ASSISTANT.value for m in later)


async def _do(
    deed: str,
    database: Database,
    wait: Wait,
    handoffs: Handoffs,
    queue: Queue,
    clock: FixedClock,
    staff: dict[str, Colleague],
    chat: UUID,
) -> int:
    """Do one deed as far as it is possible now; returns how many words of people were stored."""
    before = await conversation(database, chat)
    if deed == "person":
        await write(database, clock, chat, "and another thing")
        return 1
    if deed == "lease":
        clock.forward(seconds=91)
        await release_expired(database, queue)
        return 0
    if deed in ("ask", "emergency"):
        await wait(conversation_id=chat, level="emergency" if deed == "emergency" else "none")
        return 0
    if deed == "late reply":
        return await _a_reply_for_an_epoch_that_is_over(database, clock, chat, before.owner_epoch - 1)
    try:
        async with database.write() as session:
            person = await conversations.conversation_for_change(session, chat)
            assert person is not None
            if deed == "leave":
                await queue.leave(session, person)
                return 0
            if deed == "person returns":
                await queue.take_from_officer(session, person)
                return 0
            handoff = await repository.open_handoff_of(session, chat)
            if handoff is None:
                return 0
            who = deed.split()[-1]
            officer = staff.get(who, staff["karen"]).staff
            if deed.startswith("claim"):
                await handoffs.claim(session, handoff.id, officer)
            elif deed.startswith("speak"):
                await handoffs.speak_as_officer(session, handoff.id, officer, text="I am here")
                return 1
            elif deed == "transfer":
                await handoffs.transfer(session, handoff.id, officer, skill="any")
            elif deed == "return":
                await handoffs.return_to_assistant(session, handoff.id, officer)
            elif deed == "wrap up":
                await handoffs.wrap_up(session, handoff.id, officer, outcome=Outcome.SAFE, note="fine")
    except Conflict:
        pass
    return 0


async def _a_reply_for_an_epoch_that_is_over(database: Database, clock: FixedClock, chat: UUID, epoch: int) -> int:
    async with database.write() as session:
        person = await conversations.conversation_for_change(session, chat)
        assert person is not None
        reply = await conversation_rules.say(
            session, person, author=Author.ASSISTANT, text="too late", clock=clock, epoch=epoch
        )
    assert reply is None
    return 0


async def test_messages_claims_and_the_clock_at_once_never_wait_for_each_other_for_ever(
    database: Database, wait: Wait, handoffs: Handoffs, queue: Queue, karen: Colleague, ross: Colleague
) -> None:
    waiting = [await wait(level=level) for level in ("none", "urgent", "emergency") * 2]

    async def people_write() -> None:
        for handoff in waiting * 3:
            async with database.write() as session:
                person = await conversations.conversation_for_change(session, chat_of(handoff))
                assert person is not None
                await queue.person_wrote(session, person, level="urgent")

    async def officer_works(officer: Colleague) -> None:
        for _ in range(6):
            async with database.write() as session:
                taken = await handoffs.claim_next(session, officer.staff)
            if taken is None:
                continue
            async with database.write() as session:
                await handoffs.transfer(session, taken.id, officer.staff, skill="any")

    async def clock_ticks() -> None:
        for duty in (queue.release_expired_leases, queue.page_unclaimed_emergencies, queue.settle_owners) * 6:
            async with database.write() as session:
                await duty(session)

    async with asyncio.timeout(60):
        await asyncio.gather(
            people_write(), people_write(), officer_works(karen), officer_works(ross), clock_ticks(), clock_ticks()
        )
    async with database.read() as session:
        assert {handoff.id for handoff in await repository.waiting(session)} == {handoff.id for handoff in waiting}
