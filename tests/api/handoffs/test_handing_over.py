"""Handing over is warm: the colleague comes in, both are there, and then the first steps out. Leads listen and help."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from api.audit.models import AuditEntry
from api.conversations import repository as conversation_rows
from api.conversations.models import Owner
from api.database.engine import Database
from api.handoffs import repository
from api.handoffs.models import Handoff
from api.handoffs.officers import Audience, Handoffs
from api.handoffs.service import Queue
from api.handoffs.transitions import Outcome
from api.problems import Conflict, NotFound, Unprocessable
from api.staff import presence
from api.staff.models import Role
from tests.api.callers import conversation, said
from tests.api.clocks import FixedClock
from tests.api.handoffs.conftest import Wait
from tests.api.handoffs.deeds import as_it_is_now, chat_of, claim, release_expired, speak
from tests.api.people import Colleague, hire


@pytest.fixture
async def with_karen(database: Database, wait: Wait, handoffs: Handoffs, karen: Colleague) -> Handoff:
    handoff = await wait()
    await claim(database, handoffs, handoff, karen)
    await speak(database, handoffs, handoff, karen, "Hello, I'm Karen")
    return handoff


@pytest.fixture
async def lead(database: Database, clock: FixedClock) -> Colleague:
    return await hire(database, clock, "Morag Lead", role=Role.LEAD, present=True)


async def _ask_in(database: Database, handoffs: Handoffs, handoff: Handoff, by: Colleague, whom: Colleague) -> None:
    async with database.write() as session:
        await handoffs.transfer(session, handoff.id, by.staff, to=whom.id)


async def _join(database: Database, handoffs: Handoffs, handoff: Handoff, who: Colleague) -> None:
    async with database.write() as session:
        await handoffs.transfers.join(session, handoff.id, who.staff)


async def _step_out(database: Database, handoffs: Handoffs, handoff: Handoff, who: Colleague) -> None:
    async with database.write() as session:
        await handoffs.transfers.step_out(session, handoff.id, who.staff)


async def test_both_officers_speak_until_the_first_steps_out_and_the_person_hears_who_is_there(
    database: Database, with_karen: Handoff, handoffs: Handoffs, karen: Colleague, ross: Colleague
) -> None:
    await _ask_in(database, handoffs, with_karen, karen, ross)
    asked = await as_it_is_now(database, with_karen)
    assert (asked.claimed_by, asked.offered_to, asked.second_officer) == (karen.id, ross.id, None)
    await _join(database, handoffs, with_karen, ross)
    await speak(database, handoffs, with_karen, ross, "I'm Ross")
    await speak(database, handoffs, with_karen, karen, "I leave you with Ross")
    await _step_out(database, handoffs, with_karen, karen)
    after = await as_it_is_now(database, with_karen)
    assert (after.state, after.claimed_by, after.second_officer, after.offered_to) == ("active", ross.id, None, None)
    chat = await conversation(database, chat_of(with_karen))
    assert (chat.owner, chat.officer_first_name, chat.officer_has_spoken) == (Owner.OFFICER.value, "Ross", True)
    with pytest.raises(Conflict, match="Ross has this person"):
        await speak(database, handoffs, with_karen, karen, "One more thing")
    assert [(m.author, m.content_id or m.name) for m in await said(database, chat_of(with_karen))] == [
        ("assistant", "handoff/officer_joined"),
        ("officer", "Karen"),
        ("service", "queue/officer_joins"),
        ("officer", "Ross"),
        ("officer", "Karen"),
        ("service", "queue/officer_steps_out"),
    ]


async def test_who_was_not_asked_cannot_come_in_and_who_is_alone_cannot_step_out(
    database: Database, with_karen: Handoff, handoffs: Handoffs, karen: Colleague, ross: Colleague
) -> None:
    with pytest.raises(Conflict, match="Karen has this person"):
        await _join(database, handoffs, with_karen, ross)
    with pytest.raises(Conflict, match="only one"):
        await _step_out(database, handoffs, with_karen, karen)
    await _ask_in(database, handoffs, with_karen, karen, ross)
    async with database.write() as session:
        await handoffs.transfers.withdraw(session, with_karen.id, karen.staff)
    with pytest.raises(Conflict):
        await _join(database, handoffs, with_karen, ross)


async def test_the_second_can_step_out_again_and_the_first_keeps_the_person(
    database: Database, with_karen: Handoff, handoffs: Handoffs, karen: Colleague, ross: Colleague
) -> None:
    await _ask_in(database, handoffs, with_karen, karen, ross)
    await _join(database, handoffs, with_karen, ross)
    await _join(database, handoffs, with_karen, ross)
    await _step_out(database, handoffs, with_karen, ross)
    after = await as_it_is_now(database, with_karen)
    assert (after.claimed_by, after.second_officer) == (karen.id, None)


async def test_when_the_first_is_lost_the_second_keeps_the_person_and_nobody_goes_back_to_the_queue(
    database: Database,
    with_karen: Handoff,
    handoffs: Handoffs,
    queue: Queue,
    clock: FixedClock,
    karen: Colleague,
    ross: Colleague,
) -> None:
    await _ask_in(database, handoffs, with_karen, karen, ross)
    clock.forward(seconds=60)
    await _join(database, handoffs, with_karen, ross)
    clock.forward(seconds=31)
    assert await release_expired(database, queue) == []
    after = await as_it_is_now(database, with_karen)
    assert (after.state, after.claimed_by, after.second_officer) == ("active", ross.id, None)
    assert (await conversation(database, chat_of(with_karen))).officer_id == ross.id
    clock.forward(seconds=91)
    assert await release_expired(database, queue) == [with_karen.id]


async def test_when_the_second_is_lost_the_first_goes_on_alone(
    database: Database,
    with_karen: Handoff,
    handoffs: Handoffs,
    queue: Queue,
    clock: FixedClock,
    karen: Colleague,
    ross: Colleague,
) -> None:
    await _ask_in(database, handoffs, with_karen, karen, ross)
    await _join(database, handoffs, with_karen, ross)
    clock.forward(seconds=60)
    async with database.write() as session:
        await handoffs.heartbeat(session, with_karen.id, karen.staff)
    clock.forward(seconds=31)
    assert await release_expired(database, queue) == []
    after = await as_it_is_now(database, with_karen)
    assert (after.claimed_by, after.second_officer) == (karen.id, None)


async def test_a_skill_asks_in_whoever_is_there_and_has_it(
    database: Database, with_karen: Handoff, handoffs: Handoffs, clock: FixedClock, karen: Colleague, ross: Colleague
) -> None:
    async def ask(skill: str) -> None:
        async with database.write() as session:
            await handoffs.transfers.offer_to_skill(session, with_karen.id, karen.staff, skill)

    with pytest.raises(Unprocessable):
        await ask("juggling")
    with pytest.raises(Conflict, match="Nobody with this skill"):
        await ask("bereavement")
    async with database.write() as session:
        await presence.set_skills(session, clock, ross.id, ["bereavement"], actor="test")
    await ask("bereavement")
    await _join(database, handoffs, with_karen, ross)
    assert (await as_it_is_now(database, with_karen)).second_officer == ross.id


async def test_nobody_on_a_break_is_asked_in(
    database: Database, with_karen: Handoff, handoffs: Handoffs, clock: FixedClock, karen: Colleague, ross: Colleague
) -> None:
    async with database.write() as session:
        await presence.say(session, clock, ross.id, presence.Availability.ON_BREAK)
    with pytest.raises(Conflict, match="not on shift"):
        await _ask_in(database, handoffs, with_karen, karen, ross)
    with pytest.raises(NotFound):
        async with database.write() as session:
            await handoffs.transfer(session, with_karen.id, karen.staff, to=with_karen.id)


async def test_going_back_to_the_assistant_takes_along_what_was_agreed(
    database: Database, with_karen: Handoff, handoffs: Handoffs, karen: Colleague
) -> None:
    async with database.write() as session:
        await handoffs.return_to_assistant(
            session, with_karen.id, karen.staff, agreed="You ring the surgery on Monday. Karen writes on Tuesday."
        )
    async with database.read() as session:
        facts = {fact.name: fact.value for fact in await conversation_rows.facts_of(session, chat_of(with_karen))}
        notes = await repository.notes_of(session, with_karen.id)
    assert facts["agreed"].startswith("You ring the surgery")
    assert [(note.kind, note.audience) for note in notes] == [("agreed", "person")]


async def test_a_lead_listens_and_whispers_and_the_person_sees_neither(
    database: Database, with_karen: Handoff, handoffs: Handoffs, karen: Colleague, lead: Colleague
) -> None:
    before = [message.text for message in await said(database, chat_of(with_karen))]
    async with database.write() as session:
        await handoffs.oversight.listen(session, with_karen.id, lead.staff)
    async with database.write() as session:
        await handoffs.oversight.whisper(session, with_karen.id, lead.staff, text="Ask who else is in the house.")
    async with database.read() as session:
        assert await repository.listeners_of(session, with_karen.id) == [lead.id]
        notes = await repository.notes_of(session, with_karen.id)
    assert [(note.kind, note.audience, note.text) for note in notes] == [
        ("whisper", "staff", "Ask who else is in the house.")
    ]
    assert [message.text for message in await said(database, chat_of(with_karen))] == before
    async with database.write() as session:
        await handoffs.oversight.stop_listening(session, with_karen.id, lead.staff)
    async with database.read() as session:
        assert await repository.listeners_of(session, with_karen.id) == []
        found = await session.execute(select(AuditEntry.action).where(AuditEntry.actor == str(lead.id)))
        assert {"handoff.listened", "handoff.whispered", "handoff.listening_ended"} <= set(found.scalars())


async def test_a_lead_takes_over_and_from_then_on_only_the_lead_speaks(
    database: Database, with_karen: Handoff, handoffs: Handoffs, karen: Colleague, lead: Colleague
) -> None:
    async with database.write() as session:
        await handoffs.oversight.take_over(session, with_karen.id, lead.staff)
    with pytest.raises(Conflict, match="Morag has this person"):
        await speak(database, handoffs, with_karen, karen, "But")
    await speak(database, handoffs, with_karen, lead, "I'm Morag")
    last = (await said(database, chat_of(with_karen)))[-2:]
    assert [(m.author, m.content_id or m.name) for m in last] == [
        ("assistant", "handoff/officer_joined"),
        ("officer", "Morag"),
    ]


async def test_saying_goodbye_comes_before_writing_up_and_nothing_closes_without_an_outcome(
    database: Database, with_karen: Handoff, wait: Wait, handoffs: Handoffs, karen: Colleague
) -> None:
    async with database.write() as session:
        await handoffs.end(session, with_karen.id, karen.staff)
    ended = await as_it_is_now(database, with_karen)
    assert (ended.state, ended.closed_at, ended.claimed_by) == ("wrap_up", None, karen.id)
    assert (await conversation(database, chat_of(with_karen))).owner == Owner.ASSISTANT.value
    async with database.write() as session:
        await handoffs.wrap_up(session, with_karen.id, karen.staff, outcome=Outcome.SAFE, note="All well.")
    closed = await as_it_is_now(database, with_karen)
    assert (closed.state, closed.outcome, closed.naloxone) == ("closed", "safe", "not_raised")
    told = [m.content_id for m in await said(database, chat_of(with_karen))]
    assert told.count("handoff/officer_left") == 1


async def test_who_asks_again_before_it_is_written_up_waits_again_at_their_age(
    database: Database, with_karen: Handoff, wait: Wait, handoffs: Handoffs, clock: FixedClock, karen: Colleague
) -> None:
    async with database.write() as session:
        await handoffs.end(session, with_karen.id, karen.staff)
    clock.forward(minutes=10)
    again = await wait(conversation_id=with_karen.conversation_id, level="emergency")
    assert (again.id, again.state, again.opened_at) == (with_karen.id, "waiting", with_karen.opened_at)
    assert again.claimed_by is None


async def test_a_note_says_who_may_read_it(
    database: Database, with_karen: Handoff, handoffs: Handoffs, karen: Colleague
) -> None:
    async with database.write() as session:
        await handoffs.add_note(session, with_karen.id, karen.staff, text="Shy.")
        await handoffs.add_note(session, with_karen.id, karen.staff, text="You did well.", audience=Audience.PERSON)
    async with database.read() as session:
        notes = await repository.notes_of(session, with_karen.id)
        for_them = await repository.notes_for_person(session, chat_of(with_karen))
    assert sorted((note.text, note.audience) for note in notes) == [("Shy.", "staff"), ("You did well.", "person")]
    assert [note.text for note in for_them] == ["You did well."]
