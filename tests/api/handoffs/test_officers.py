"""An officer takes somebody, speaks, hands over, hands back and finishes; nobody is lost on the way."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from api.audit.models import AuditEntry
from api.conversations import repository as conversations
from api.conversations import service as conversation_rules
from api.conversations.models import Author, Owner
from api.database.engine import Database
from api.handoffs import repository
from api.handoffs.models import Handoff
from api.handoffs.officers import Handoffs
from api.handoffs.service import Queue
from api.handoffs.transitions import TRANSITIONS, Outcome, State, move
from api.live import InProcessLive
from api.problems import Conflict, NotFound, Unprocessable
from tests.api.callers import conversation, said, write
from tests.api.clocks import FixedClock
from tests.api.handoffs.conftest import Wait
from tests.api.people import Colleague, hire


@pytest.fixture
async def karen(database: Database, clock: FixedClock) -> Colleague:
    return await hire(database, clock, "Karen Muir", present=True)


@pytest.fixture
async def ross(database: Database, clock: FixedClock) -> Colleague:
    return await hire(database, clock, "Ross Bain", present=True)


def _chat(handoff: Handoff) -> UUID:
    assert handoff.conversation_id is not None
    return handoff.conversation_id


async def _claim(database: Database, handoffs: Handoffs, handoff: Handoff, officer: Colleague) -> Handoff:
    async with database.write() as session:
        return await handoffs.claim(session, handoff.id, officer.staff)


async def _speak(database: Database, handoffs: Handoffs, handoff: Handoff, officer: Colleague, text: str) -> None:
    async with database.write() as session:
        await handoffs.speak_as_officer(session, handoff.id, officer.staff, text=text)


async def _now(database: Database, handoff: Handoff) -> Handoff:
    async with database.read() as session:
        found = await repository.handoff_by_id(session, handoff.id)
    assert found is not None
    return found


async def _release(database: Database, queue: Queue) -> list[UUID]:
    async with database.write() as session:
        return list(await queue.release_expired_leases(session))


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
    chat = await conversation(database, _chat(head))
    assert (chat.owner, chat.officer_first_name, chat.owner_epoch) == (Owner.OFFICER.value, "Karen", 2)
    (announced,) = await said(database, _chat(head))
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
    await _claim(database, handoffs, handoff, karen)
    with pytest.raises(Conflict, match="Karen has this person"):
        await _claim(database, handoffs, handoff, ross)
    assert (await _claim(database, handoffs, handoff, karen)).claimed_by == karen.id


async def test_picking_somebody_who_is_not_the_head_is_written_down(
    database: Database, wait: Wait, handoffs: Handoffs, karen: Colleague
) -> None:
    await wait(level="emergency")
    picked = await wait()
    await _claim(database, handoffs, picked, karen)
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
        chat = await conversations.conversation_for_change(session, _chat(handoff))
        assert chat is not None
        chat.coach_flow, chat.coach_step = "overdose", "call_999"
    await _claim(database, handoffs, handoff, karen)
    assert (await conversation(database, _chat(handoff))).coach_flow == "overdose"
    await _speak(database, handoffs, handoff, karen, "Hello, I'm Karen.")
    words = (await said(database, _chat(handoff)))[-1]
    assert (words.author, words.name, words.text) == ("officer", "Karen", "Hello, I'm Karen.")
    chat_now = await conversation(database, _chat(handoff))
    assert (chat_now.officer_has_spoken, chat_now.coach_flow) == (True, None)
    assert (await _now(database, handoff)).state == "active"


async def test_only_who_has_the_person_speaks_to_them(
    database: Database, wait: Wait, handoffs: Handoffs, karen: Colleague, ross: Colleague
) -> None:
    handoff = await wait()
    with pytest.raises(Conflict, match="waiting"):
        await _speak(database, handoffs, handoff, karen, "hello")
    await _claim(database, handoffs, handoff, karen)
    with pytest.raises(Conflict, match="Karen has this person"):
        await _speak(database, handoffs, handoff, ross, "hello")
    with pytest.raises(Unprocessable):
        await _speak(database, handoffs, handoff, karen, "  \n")


async def test_typing_is_shown_live_and_stored_nowhere(
    database: Database, wait: Wait, handoffs: Handoffs, karen: Colleague, live: InProcessLive
) -> None:
    handoff = await wait()
    await _claim(database, handoffs, handoff, karen)
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
    assert await said(database, _chat(handoff)) == []


# ---- the lease


async def test_a_lease_that_runs_out_puts_the_handoff_back_at_its_original_age(
    database: Database, wait: Wait, handoffs: Handoffs, queue: Queue, clock: FixedClock, karen: Colleague
) -> None:
    handoff = await wait(level="urgent")
    rank = (handoff.emergency, handoff.ranked_at)
    await _claim(database, handoffs, handoff, karen)
    await _speak(database, handoffs, handoff, karen, "Hello")
    clock.forward(seconds=90)
    assert await _release(database, queue) == []
    clock.forward(seconds=1)
    assert await _release(database, queue) == [handoff.id]
    back = await _now(database, handoff)
    assert (back.state, back.claimed_by, back.emergency, back.ranked_at) == ("waiting", None, *rank)
    assert back.opened_at == handoff.opened_at
    told = (await said(database, _chat(handoff)))[-1]
    assert (told.author, told.content_id) == ("assistant", "handoff/lease_lost")
    assert "handoff.lease_lost" in await _deeds(database)
    with pytest.raises(Conflict):
        await _speak(database, handoffs, handoff, karen, "Still here?")
    assert await _release(database, queue) == []


async def test_a_heartbeat_keeps_the_person(
    database: Database, wait: Wait, handoffs: Handoffs, queue: Queue, clock: FixedClock, karen: Colleague
) -> None:
    handoff = await wait()
    await _claim(database, handoffs, handoff, karen)
    for _ in range(5):
        clock.forward(seconds=60)
        async with database.write() as session:
            await handoffs.heartbeat(session, handoff.id, karen.staff)
        assert await _release(database, queue) == []


# ---- letting go


async def test_finishing_takes_an_outcome_and_a_note_and_gives_the_person_back_to_the_assistant(
    database: Database, wait: Wait, handoffs: Handoffs, clock: FixedClock, karen: Colleague
) -> None:
    handoff = await wait(level="urgent")
    await _claim(database, handoffs, handoff, karen)
    await _speak(database, handoffs, handoff, karen, "Hello")

    async def finish(note: str) -> None:
        async with database.write() as session:
            await handoffs.wrap_up(session, handoff.id, karen.staff, outcome=Outcome.NALOXONE_ARRANGED, note=note)

    with pytest.raises(Unprocessable):
        await finish(" ")
    assert (await _now(database, handoff)).state == "active"
    await finish("Kit on its way.")
    closed = await _now(database, handoff)
    assert (closed.state, closed.outcome, closed.closed_at) == ("closed", "naloxone_arranged", clock.now())
    assert (await conversation(database, _chat(handoff))).owner == Owner.ASSISTANT.value
    assert (await said(database, _chat(handoff)))[-1].content_id == "handoff/officer_left"
    with pytest.raises(Conflict):
        await finish("again")
    assert (await wait(conversation_id=handoff.conversation_id)).id != handoff.id


async def test_handing_over_to_the_queue_keeps_the_age_and_names_the_skill(
    database: Database, wait: Wait, handoffs: Handoffs, clock: FixedClock, karen: Colleague
) -> None:
    handoff = await wait()
    await _claim(database, handoffs, handoff, karen)
    clock.forward(minutes=20)
    async with database.write() as session:
        handed = await handoffs.transfer(session, handoff.id, karen.staff, skill="bereavement")
    assert (handed.state, handed.skill, handed.ranked_at) == ("waiting", "bereavement", handoff.ranked_at)


async def test_handing_over_to_a_colleague_announces_them_and_only_they_speak(
    database: Database, wait: Wait, handoffs: Handoffs, karen: Colleague, ross: Colleague
) -> None:
    handoff = await wait()
    await _claim(database, handoffs, handoff, karen)
    await _speak(database, handoffs, handoff, karen, "Hello")
    async with database.write() as session:
        await handoffs.transfer(session, handoff.id, karen.staff, to=ross.id)
    with pytest.raises(Conflict, match="Ross has this person"):
        await _speak(database, handoffs, handoff, karen, "One more thing")
    await _speak(database, handoffs, handoff, ross, "I'm Ross")
    assert [(m.author, m.content_id or m.name) for m in await said(database, _chat(handoff))] == [
        ("assistant", "handoff/officer_joined"),
        ("officer", "Karen"),
        ("assistant", "handoff/officer_joined"),
        ("officer", "Ross"),
    ]


async def test_nobody_is_handed_to_a_colleague_who_is_not_there(
    database: Database, wait: Wait, handoffs: Handoffs, clock: FixedClock, karen: Colleague
) -> None:
    away = await hire(database, clock, "Away Today")
    handoff = await wait()
    await _claim(database, handoffs, handoff, karen)

    async def hand_to(colleague: UUID) -> None:
        async with database.write() as session:
            await handoffs.transfer(session, handoff.id, karen.staff, to=colleague)

    with pytest.raises(Conflict, match="not on shift"):
        await hand_to(away.id)
    with pytest.raises(NotFound):
        await hand_to(handoff.id)
    assert (await _now(database, handoff)).claimed_by == karen.id


async def test_the_person_can_ask_for_the_assistant_back_but_an_emergency_stays_before_the_officers(
    database: Database, wait: Wait, handoffs: Handoffs, queue: Queue, karen: Colleague
) -> None:
    states = []
    for level in ("none", "emergency"):
        handoff = await wait(level=level)
        await _claim(database, handoffs, handoff, karen)
        async with database.write() as session:
            chat = await conversations.conversation_for_change(session, _chat(handoff))
            assert chat is not None
            await queue.take_from_officer(session, chat)
        assert (await conversation(database, _chat(handoff))).owner != Owner.OFFICER.value
        states.append((await _now(database, handoff)).state)
    assert states == ["returned_to_assistant", "waiting"]


async def test_words_sent_again_after_a_broken_line_are_said_once(
    database: Database, wait: Wait, handoffs: Handoffs, karen: Colleague
) -> None:
    handoff = await wait()
    await _claim(database, handoffs, handoff, karen)
    sent = []
    for _ in range(2):
        async with database.write() as session:
            words = await handoffs.speak_as_officer(session, handoff.id, karen.staff, text="Hello", client_id="1")
            sent.append(words.id)
    assert sent[0] == sent[1]
    assert [message.text for message in await said(database, _chat(handoff))].count("Hello") == 1


async def test_whoever_is_on_call_is_told_anew_when_an_emergency_loses_its_officer(
    database: Database, wait: Wait, handoffs: Handoffs, queue: Queue, clock: FixedClock, karen: Colleague
) -> None:
    handoff = await wait(level="emergency")
    await _claim(database, handoffs, handoff, karen)
    clock.forward(hours=2)
    await _release(database, queue)
    clock.forward(seconds=60)
    async with database.write() as session:
        assert await queue.page_unclaimed_emergencies(session) == 1


async def test_a_callback_comes_back_into_the_queue_when_its_time_has_come(
    database: Database, wait: Wait, handoffs: Handoffs, queue: Queue, clock: FixedClock, karen: Colleague
) -> None:
    handoff = await wait()
    await _claim(database, handoffs, handoff, karen)
    async with database.write() as session:
        await handoffs.callback(session, handoff.id, karen.staff, when=clock.now() + timedelta(hours=10))
    for hours, back in ((9, []), (1, [handoff.id])):
        clock.forward(hours=hours)
        async with database.write() as session:
            assert await queue.bring_back_callbacks(session) == back
    assert (await _now(database, handoff)).ranked_at == handoff.ranked_at


async def test_a_callback_that_an_officer_books_can_be_taken_up_later(
    database: Database, wait: Wait, handoffs: Handoffs, clock: FixedClock, karen: Colleague, ross: Colleague
) -> None:
    handoff = await wait()
    await _claim(database, handoffs, handoff, karen)
    async with database.write() as session:
        await handoffs.callback(session, handoff.id, karen.staff, when=clock.now() + timedelta(hours=10))
    assert (await _now(database, handoff)).state == "callback_scheduled"
    assert (await conversation(database, _chat(handoff))).owner == Owner.ASSISTANT.value
    assert (await _claim(database, handoffs, handoff, ross)).state == "claimed"


async def test_what_staff_did_with_a_person_stays_written(
    database: Database, wait: Wait, handoffs: Handoffs, karen: Colleague
) -> None:
    handoff = await wait()
    await _claim(database, handoffs, handoff, karen)
    await _speak(database, handoffs, handoff, karen, "Hello")
    async with database.write() as session:
        await handoffs.wrap_up(session, handoff.id, karen.staff, outcome=Outcome.SAFE, note="fine")
    assert await _deeds(database) == ["handoff.opened", "handoff.claimed", "handoff.answered", "handoff.closed"]


# ---- what must hold whatever happens


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
    chat = _chat(handoff)
    staff = {"karen": karen, "ross": ross}
    stored = 0
    for deed in deeds:
        stored += await _do(deed, database, wait, handoffs, queue, clock, staff, chat)
        async with database.read() as session:
            standing = await repository.open_handoff_of(session, chat)
        now = await conversation(database, chat)
        held = standing is not None and standing.claimed_by is not None
        assert (now.owner == Owner.OFFICER.value) == held
        if standing is not None and held:
            assert now.officer_id == standing.claimed_by
        elif standing is not None and standing.emergency:
            assert standing.state == State.WAITING.value
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
        await _release(database, queue)
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
                person = await conversations.conversation_for_change(session, _chat(handoff))
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
