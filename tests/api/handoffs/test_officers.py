"""An officer takes somebody, speaks, hands over, hands back and finishes; nobody is lost on the way."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from api.audit.models import AuditEntry
from api.conversations import repository as conversations
from api.conversations.models import Owner
from api.database.engine import Database
from api.handoffs import repository
from api.handoffs.officers import Handoffs
from api.handoffs.service import Queue
from api.handoffs.transitions import Outcome
from api.handoffs.watch import Watch
from api.live import InProcessLive
from api.problems import Conflict, NotFound, Unprocessable
from tests.api.callers import conversation, said
from tests.api.clocks import FixedClock
from tests.api.handoffs.conftest import Wait
from tests.api.handoffs.deeds import as_it_is_now, chat_of, claim, release_expired, speak
from tests.api.people import Colleague, hire


async def _deeds(database: Database) -> list[str]:
    async with database.read() as session:
        found = await session.execute(select(AuditEntry.action).order_by(AuditEntry.id))
        return [action for action in found.scalars() if action.startswith("handoff.")]


# ---- taking


async def test_the_next_person_is_the_head_of_the_queue_and_is_told_who_comes(
    database: Database, wait: Wait, handoffs: Handoffs, karen: Colleague
) -> None:
    await wait()
    head = await wait(level="urgent")
    async with database.write() as session:
        taken = await handoffs.claim_next(session, karen.staff)
    assert taken is not None
    assert (taken.id, taken.state, taken.claimed_by) == (head.id, "claimed", karen.id)
    chat = await conversation(database, chat_of(head))
    assert (chat.owner, chat.officer_first_name, chat.owner_epoch) == (Owner.OFFICER.value, "Karen", 2)
    (announced,) = await said(database, chat_of(head))
    assert (announced.author, announced.content_id, announced.owner_epoch) == ("assistant", "handoff/officer_joined", 1)
    assert "Karen" in announced.text


async def test_with_nobody_waiting_there_is_nobody_to_take(
    database: Database, handoffs: Handoffs, karen: Colleague
) -> None:
    async with database.write() as session:
        assert await handoffs.claim_next(session, karen.staff) is None


async def test_who_comes_second_is_told_who_has_the_person(
    database: Database, wait: Wait, handoffs: Handoffs, karen: Colleague, ross: Colleague
) -> None:
    handoff = await wait()
    await claim(database, handoffs, handoff, karen)
    with pytest.raises(Conflict, match="Karen has this person"):
        await claim(database, handoffs, handoff, ross)
    assert (await claim(database, handoffs, handoff, karen)).claimed_by == karen.id


async def test_picking_somebody_who_is_not_the_head_is_written_down(
    database: Database, wait: Wait, handoffs: Handoffs, karen: Colleague
) -> None:
    await wait(level="emergency")
    picked = await wait()
    await claim(database, handoffs, picked, karen)
    async with database.read() as session:
        found = await session.execute(select(AuditEntry).where(AuditEntry.action == "handoff.claimed"))
        (entry,) = found.scalars()
    assert (entry.actor, entry.subject, entry.detail) == (str(karen.id), str(picked.id), {"head": False})


async def test_twenty_officers_claim_from_sixty_waiting_at_once_none_twice_none_skipped(
    database: Database, wait: Wait, handoffs: Handoffs, clock: FixedClock
) -> None:
    officers = [await hire(database, clock, f"Officer {'abcdefghijklmnopqrst'[n]}") for n in range(20)]
    waiting = []
    for _ in range(60):
        waiting.append((await wait()).id)
        clock.forward(seconds=1)

    async def take(officer: Colleague) -> UUID:
        async with database.write() as session:
            taken = await handoffs.claim_next(session, officer.staff)
        assert taken is not None
        return taken.id

    taken = await asyncio.gather(*(take(officer) for officer in officers))
    assert sorted(taken) == sorted(waiting[:20])
    async with database.read() as session:
        assert [handoff.id for handoff in await repository.waiting(session)] == waiting[20:]


# ---- speaking


async def test_the_officers_words_go_out_under_their_first_name_and_end_the_coachs_questions(
    database: Database, wait: Wait, handoffs: Handoffs, karen: Colleague
) -> None:
    handoff = await wait(level="emergency")
    async with database.write() as session:
        chat = await conversations.conversation_for_change(session, chat_of(handoff))
        assert chat is not None
        chat.coach_flow, chat.coach_step = "overdose", "call_999"
    await claim(database, handoffs, handoff, karen)
    assert (await conversation(database, chat_of(handoff))).coach_flow == "overdose"
    await speak(database, handoffs, handoff, karen, "Hello, I'm Karen.")
    words = (await said(database, chat_of(handoff)))[-1]
    assert (words.author, words.name, words.text) == ("officer", "Karen", "Hello, I'm Karen.")
    chat_now = await conversation(database, chat_of(handoff))
    assert (chat_now.officer_has_spoken, chat_now.coach_flow) == (True, None)
    assert (await as_it_is_now(database, handoff)).state == "active"


async def test_only_who_has_the_person_speaks_to_them(
    database: Database, wait: Wait, handoffs: Handoffs, karen: Colleague, ross: Colleague
) -> None:
    handoff = await wait()
    with pytest.raises(Conflict, match="waiting"):
        await speak(database, handoffs, handoff, karen, "hello")
    await claim(database, handoffs, handoff, karen)
    with pytest.raises(Conflict, match="Karen has this person"):
        await speak(database, handoffs, handoff, ross, "hello")
    with pytest.raises(Unprocessable):
        await speak(database, handoffs, handoff, karen, "  \n")


async def test_typing_is_shown_live_and_stored_nowhere(
    database: Database, wait: Wait, handoffs: Handoffs, karen: Colleague, live: InProcessLive
) -> None:
    handoff = await wait()
    await claim(database, handoffs, handoff, karen)
    async with live.subscribe(f"conversation:{handoff.conversation_id}") as events:
        async with database.write() as session:
            await handoffs.typing(session, handoff.id, karen.staff)
        _, event = await anext(events)
    assert event == {"type": "typing", "author": "officer", "name": "Karen"}


async def test_a_note_is_for_colleagues_and_never_said(
    database: Database, wait: Wait, handoffs: Handoffs, karen: Colleague
) -> None:
    handoff = await wait()
    async with database.write() as session:
        await handoffs.add_note(session, handoff.id, karen.staff, text="Rang the prison.")
    async with database.read() as session:
        assert [note.text for note in await repository.notes_of(session, handoff.id)] == ["Rang the prison."]
    assert await said(database, chat_of(handoff)) == []


# ---- the lease


async def test_a_lease_that_runs_out_puts_the_handoff_back_at_its_original_age(
    database: Database, wait: Wait, handoffs: Handoffs, queue: Queue, clock: FixedClock, karen: Colleague
) -> None:
    handoff = await wait(level="urgent")
    rank = (handoff.emergency, handoff.ranked_at)
    await claim(database, handoffs, handoff, karen)
    await speak(database, handoffs, handoff, karen, "Hello")
    clock.forward(seconds=90)
    assert await release_expired(database, queue) == []
    clock.forward(seconds=1)
    assert await release_expired(database, queue) == [handoff.id]
    back = await as_it_is_now(database, handoff)
    assert (back.state, back.claimed_by, back.emergency, back.ranked_at) == ("waiting", None, *rank)
    assert back.opened_at == handoff.opened_at
    told = (await said(database, chat_of(handoff)))[-1]
    assert (told.author, told.content_id) == ("assistant", "handoff/lease_lost")
    assert "handoff.lease_lost" in await _deeds(database)
    with pytest.raises(Conflict):
        await speak(database, handoffs, handoff, karen, "Still here?")
    assert await release_expired(database, queue) == []


async def test_a_heartbeat_keeps_the_person(
    database: Database, wait: Wait, handoffs: Handoffs, queue: Queue, clock: FixedClock, karen: Colleague
) -> None:
    handoff = await wait()
    await claim(database, handoffs, handoff, karen)
    for _ in range(5):
        clock.forward(seconds=60)
        async with database.write() as session:
            await handoffs.heartbeat(session, handoff.id, karen.staff)
        assert await release_expired(database, queue) == []


# ---- letting go


async def test_finishing_takes_an_outcome_and_a_note_and_gives_the_person_back_to_the_assistant(
    database: Database, wait: Wait, handoffs: Handoffs, clock: FixedClock, karen: Colleague
) -> None:
    handoff = await wait(level="urgent")
    await claim(database, handoffs, handoff, karen)
    await speak(database, handoffs, handoff, karen, "Hello")

    async def finish(note: str) -> None:
        async with database.write() as session:
            await handoffs.wrap_up(session, handoff.id, karen.staff, outcome=Outcome.NALOXONE_ARRANGED, note=note)

    with pytest.raises(Unprocessable):
        await finish(" ")
    assert (await as_it_is_now(database, handoff)).state == "active"
    await finish("Kit on its way.")
    closed = await as_it_is_now(database, handoff)
    assert (closed.state, closed.outcome, closed.closed_at) == ("closed", "naloxone_arranged", clock.now())
    assert (await conversation(database, chat_of(handoff))).owner == Owner.ASSISTANT.value
    assert (await said(database, chat_of(handoff)))[-1].content_id == "handoff/officer_left"
    with pytest.raises(Conflict):
        await finish("again")
    assert (await wait(conversation_id=handoff.conversation_id)).id != handoff.id


async def test_handing_over_to_the_queue_keeps_the_age_and_names_the_skill(
    database: Database, wait: Wait, handoffs: Handoffs, clock: FixedClock, karen: Colleague
) -> None:
    handoff = await wait()
    await claim(database, handoffs, handoff, karen)
    clock.forward(minutes=20)
    async with database.write() as session:
        handed = await handoffs.transfer(session, handoff.id, karen.staff, skill="bereavement")
    assert (handed.state, handed.skill, handed.ranked_at) == ("waiting", "bereavement", handoff.ranked_at)


async def test_nobody_is_handed_to_a_colleague_who_is_not_there(
    database: Database, wait: Wait, handoffs: Handoffs, clock: FixedClock, karen: Colleague
) -> None:
    away = await hire(database, clock, "Away Today")
    handoff = await wait()
    await claim(database, handoffs, handoff, karen)

    async def hand_to(colleague: UUID) -> None:
        async with database.write() as session:
            await handoffs.transfer(session, handoff.id, karen.staff, to=colleague)

    with pytest.raises(Conflict, match="not on shift"):
        await hand_to(away.id)
    with pytest.raises(NotFound):
        await hand_to(handoff.id)
    assert (await as_it_is_now(database, handoff)).claimed_by == karen.id


async def test_the_person_can_ask_for_the_assistant_back_but_an_emergency_stays_before_the_officers(
    database: Database, wait: Wait, handoffs: Handoffs, queue: Queue, karen: Colleague
) -> None:
    states = []
    for level in ("none", "emergency"):
        handoff = await wait(level=level)
        await claim(database, handoffs, handoff, karen)
        async with database.write() as session:
            chat = await conversations.conversation_for_change(session, chat_of(handoff))
            assert chat is not None
            await queue.take_from_officer(session, chat)
        assert (await conversation(database, chat_of(handoff))).owner != Owner.OFFICER.value
        states.append((await as_it_is_now(database, handoff)).state)
    assert states == ["returned_to_assistant", "waiting"]


async def test_words_sent_again_after_a_broken_line_are_said_once(
    database: Database, wait: Wait, handoffs: Handoffs, karen: Colleague
) -> None:
    handoff = await wait()
    await claim(database, handoffs, handoff, karen)
    sent = []
    for _ in range(2):
        async with database.write() as session:
            words = await handoffs.speak_as_officer(session, handoff.id, karen.staff, text="Hello", client_id="1")
            sent.append(words.id)
    assert sent[0] == sent[1]
    assert [message.text for message in await said(database, chat_of(handoff))].count("Hello") == 1


async def test_whoever_is_on_call_is_told_anew_when_an_emergency_loses_its_officer(
    database: Database, wait: Wait, handoffs: Handoffs, queue: Queue, clock: FixedClock, karen: Colleague
) -> None:
    handoff = await wait(level="emergency")
    await claim(database, handoffs, handoff, karen)
    clock.forward(hours=2)
    await release_expired(database, queue)
    clock.forward(seconds=60)
    async with database.write() as session:
        assert await queue.page_unclaimed_emergencies(session) == 1


async def test_a_callback_comes_back_into_the_queue_when_its_time_has_come(
    database: Database, wait: Wait, handoffs: Handoffs, queue: Queue, clock: FixedClock, karen: Colleague
) -> None:
    handoff = await wait()
    await claim(database, handoffs, handoff, karen)
    async with database.write() as session:
        await handoffs.callbacks.by_officer(session, handoff.id, karen.staff, when=clock.now() + timedelta(hours=10))
    for hours, back in ((9, []), (1, [handoff.id])):
        clock.forward(hours=hours)
        async with database.write() as session:
            assert await Watch(queue).bring_back_callbacks(session) == back
    assert (await as_it_is_now(database, handoff)).ranked_at == handoff.ranked_at


async def test_a_callback_that_an_officer_books_can_be_taken_up_later(
    database: Database, wait: Wait, handoffs: Handoffs, clock: FixedClock, karen: Colleague, ross: Colleague
) -> None:
    handoff = await wait()
    await claim(database, handoffs, handoff, karen)
    async with database.write() as session:
        await handoffs.callbacks.by_officer(session, handoff.id, karen.staff, when=clock.now() + timedelta(hours=10))
    assert (await as_it_is_now(database, handoff)).state == "callback_scheduled"
    assert (await conversation(database, chat_of(handoff))).owner == Owner.ASSISTANT.value
    assert (await claim(database, handoffs, handoff, ross)).state == "claimed"


async def test_what_staff_did_with_a_person_stays_written(
    database: Database, wait: Wait, handoffs: Handoffs, karen: Colleague
) -> None:
    handoff = await wait()
    await claim(database, handoffs, handoff, karen)
    await speak(database, handoffs, handoff, karen, "Hello")
    async with database.write() as session:
        await handoffs.wrap_up(session, handoff.id, karen.staff, outcome=Outcome.SAFE, note="fine")
    assert await _deeds(database) == ["handoff.opened", "handoff.claimed", "handoff.answered", "handoff.closed"]


async def test_what_was_agreed_stands_in_the_first_words_after_the_officer(
    database: Database, wait: Wait, handoffs: Handoffs, karen: Colleague
) -> None:
    agreed = "You ring the clinic tomorrow."
    given_back, finished = await wait(), await wait()
    for handoff in (given_back, finished):
        await claim(database, handoffs, handoff, karen)
    async with database.write() as session:
        await handoffs.return_to_assistant(session, given_back.id, karen.staff, agreed=agreed)
        await handoffs.wrap_up(session, finished.id, karen.staff, outcome=Outcome.SAFE, note="fine", agreed=agreed)
    for handoff, content_id in ((given_back, "handoff/returned_to_assistant"), (finished, "handoff/officer_left")):
        last = (await said(database, chat_of(handoff)))[-1]
        assert last.content_id == content_id
        assert agreed in last.text
