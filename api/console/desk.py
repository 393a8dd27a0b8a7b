"""Puts a desk together: the queue, and the person who is open on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from api.console import repository
from api.console.brief_view import BriefView, BriefWriter, Risk
from api.console.calls import slot_choices
from api.console.reach import out_of_reach
from api.console.silence import tried_line
from api.console.views import (
    Known,
    MessageView,
    QueueView,
    clock_time_or_day,
    days_since,
    level_of,
    message_views,
    row,
)
from api.console.words import CHANNELS, LEVEL_ICONS, LEVELS, OUTCOMES, Choice, ConsoleWords
from api.conversations import repository as conversations
from api.conversations.models import Conversation
from api.handoffs.brief import build_brief
from api.handoffs.models import Handoff
from api.handoffs.transitions import HELD, State
from api.hours.slots import Slot
from api.release_plans.tries import tries_to_reach
from api.staff.guards import CurrentStaff
from api.staff.models import Staff
from api.staff.skills import skills
from reference.places import Places
from reference.prisons import Prisons

MOST_MESSAGES = 500
"""Messages a conversation shows; older ones stay in the person's own copy."""


@dataclass(frozen=True)
class NoteView:
    """What a colleague wrote for colleagues."""

    id: UUID
    author: str
    at: datetime
    time: str
    text: str
    kind: str
    """`note`, `whisper` (a lead's word to the officers) or `agreed` (the person can read it too)."""


@dataclass(frozen=True)
class PersonView:
    """One person as an officer sees them.

    `standing`: mine (first or second officer), asked (to join), theirs, waiting, callback, ended (to be written up),
    closed or wiped. `other_officer` is who else is in the conversation, `asked` who is asked to join.
    """

    handoff_id: UUID
    conversation_id: UUID | None
    name: str | None
    for_whom: str
    level: str
    level_words: str
    risk_icon: str
    channel: str
    channel_words: str
    release_words: str | None
    standing: str
    state_words: str
    danger: Risk | None
    messages: Sequence[MessageView]
    brief: BriefView
    notes: Sequence[NoteView]
    colleagues: Sequence[Staff]
    facts: dict[str, Any]
    needs: Sequence[str]
    place: str | None
    other_officer: str | None
    asked: str | None
    listeners: Sequence[Staff]
    tried: Sequence[str]
    """What officers tried to reach them, while they are on the list of those who did not answer."""
    has_number: bool
    out_of_reach: str | None
    """Why a text would not reach them now."""
    to_ring: bool
    slots: Sequence[Choice]
    """The times at which they can be rung; for who has them."""
    client_id: str
    """Makes the reply that is drawn on this page one message, however often it is sent."""


async def queue_view(
    session: AsyncSession,
    *,
    reader_id: UUID,
    my_skills: frozenset[str],
    officers_available: int,
    words: ConsoleWords,
    now: datetime,
) -> QueueView:
    """The queue as the reader sees it, in its order."""
    sources = await repository.open_handoffs(session)
    waiting, held, callbacks, ended = (
        [it for it in sources if it.handoff.state in states]
        for states in ((State.WAITING.value,), HELD, (State.CALLBACK_SCHEDULED.value,), (State.WRAP_UP.value,))
    )
    mine = [it for it in held if reader_id in (it.handoff.claimed_by, it.handoff.second_officer)]
    asked = [it for it in held if it not in mine and _is_asked(it.handoff, reader_id, my_skills)]
    return QueueView(
        how_many_wait=await repository.how_many_wait(session),
        waiting=[row(it, words=words, now=now) for it in waiting],
        mine=[row(it, words=words, now=now, mine=True) for it in mine],
        asked=[row(it, words=words, now=now) for it in asked],
        to_write_up=[row(it, words=words, now=now, mine=True) for it in ended if it.handoff.claimed_by == reader_id],
        others=[row(it, words=words, now=now) for it in held if it not in mine and it not in asked],
        callbacks=[row(it, words=words, now=now) for it in callbacks],
        officers_available=officers_available,
    )


async def person_view(
    session: AsyncSession,
    handoff: Handoff,
    *,
    reader: CurrentStaff,
    my_skills: frozenset[str],
    present: Sequence[Staff],
    slots: Callable[[AsyncSession], Awaitable[Sequence[Slot]]],
    words: ConsoleWords,
    now: datetime,
) -> PersonView:
    """The person of a handoff: what was said, what is known, and what the reader may do now.

    `slots` looks up when people can be rung.
    """
    conversation = None
    if handoff.conversation_id is not None:
        conversation = await conversations.conversation_by_id(session, handoff.conversation_id)
    messages = []
    facts = {}
    if conversation is not None:
        first = max(0, conversation.last_seq - MOST_MESSAGES)
        messages = list(await conversations.messages_after(session, conversation.id, after=first, limit=MOST_MESSAGES))
        facts = {fact.name: fact.value for fact in await conversations.facts_of(session, conversation.id)}
    known = Known.of(facts)
    standing = _standing(handoff, conversation, reader.id, my_skills)
    level = level_of(handoff)
    channel = conversation.channel if conversation else "web"
    writer = BriefWriter(words, Places.load(), Prisons.load())
    brief = writer.view(await build_brief(session, handoff, now), has_conversation=conversation is not None)
    return PersonView(
        handoff_id=handoff.id,
        conversation_id=conversation.id if conversation else None,
        name=known.first_name,
        for_whom=words.for_whom(known.audience, known.relation),
        level=level,
        level_words=words(LEVELS[level]),
        risk_icon=LEVEL_ICONS[level],
        channel=channel,
        channel_words=words(CHANNELS[channel]),
        release_words=words.release(days_since(known.release_date, now)),
        standing=standing,
        state_words=await _state_words(session, handoff, conversation, standing, words),
        danger=next((risk for risk in brief.risks if risk.level == "emergency"), None),
        messages=message_views(
            messages, staff_first_name=reader.first_name if standing == "mine" else None, words=words
        ),
        brief=brief,
        notes=[
            NoteView(note.id, name, note.written_at, clock_time_or_day(note.written_at, now), note.text, note.kind)
            for note, name in await repository.notes_of(session, handoff.id)
        ],
        colleagues=[colleague for colleague in present if colleague.id not in (reader.id, handoff.claimed_by)],
        facts=facts,
        needs=_codes(facts.get("needs")),
        place=facts.get("place"),
        other_officer=await _first_name(session, _other(handoff, reader.id)),
        asked=await _asked_words(session, handoff),
        listeners=await repository.listeners_to(session, handoff.id),
        to_ring=handoff.callback_asked_at is not None,
        slots=slot_choices(await slots(session)) if standing == "mine" else (),
        has_number=bool(handoff.callback_number_sealed or (conversation and conversation.number_sealed)),
        tried=await _tried(session, conversation, words, now),
        out_of_reach=await out_of_reach(session, conversation, messages, words),
        client_id=str(uuid4()),
    )


async def _tried(
    session: AsyncSession, conversation: Conversation | None, words: ConsoleWords, now: datetime
) -> Sequence[str]:
    found = await tries_to_reach(session, conversation.id) if conversation is not None else ()
    return [tried_line(tried, words, now) for tried in found]


def _is_asked(handoff: Handoff, reader_id: UUID, my_skills: frozenset[str]) -> bool:
    return handoff.offered_to == reader_id or handoff.offered_skill in my_skills


def _standing(handoff: Handoff, conversation: Conversation | None, reader_id: UUID, my_skills: frozenset[str]) -> str:
    if handoff.closed_at is not None or handoff.state not in repository.OPEN_STATES:
        return "closed"
    if handoff.state == State.WRAP_UP.value:
        return "ended" if handoff.claimed_by == reader_id else "theirs"
    if handoff.state in HELD and reader_id in (handoff.claimed_by, handoff.second_officer):
        return "mine" if conversation is not None else "wiped"
    if handoff.state in HELD:
        return "asked" if _is_asked(handoff, reader_id, my_skills) else "theirs"
    return "waiting" if handoff.state == State.WAITING.value else "callback"


def _other(handoff: Handoff, reader_id: UUID) -> UUID | None:
    """Who else is in a conversation that two officers are in."""
    if handoff.second_officer is None:
        return None
    return handoff.second_officer if handoff.claimed_by == reader_id else handoff.claimed_by


async def _first_name(session: AsyncSession, staff_id: UUID | None) -> str | None:
    staff = await session.get(Staff, staff_id) if staff_id else None
    return staff.first_name if staff else None


async def _asked_words(session: AsyncSession, handoff: Handoff) -> str | None:
    if handoff.offered_skill is not None:
        return next((skill.words for skill in skills() if skill.code == handoff.offered_skill), handoff.offered_skill)
    return await _first_name(session, handoff.offered_to)


def _codes(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)] if value else []


async def _state_words(
    session: AsyncSession, handoff: Handoff, conversation: Conversation | None, standing: str, words: ConsoleWords
) -> str:
    if standing == "closed":
        outcome = OUTCOMES.get(handoff.outcome or "")
        if outcome is None:
            return words("console/no_longer_waiting")
        return words("console/already_finished", outcome=words(outcome))
    if conversation is None:
        return words("console/wiped_alert" if handoff.emergency else "console/wiped")
    if standing == "ended":
        return words("console/to_write_up")
    if standing in ("theirs", "asked"):
        said = "console/asked_in" if standing == "asked" else "console/taken_by_other"
        return words(said, first_name=await _first_name(session, handoff.claimed_by) or words("console/author_officer"))
    if conversation.coach_flow and not conversation.officer_has_spoken:
        return words("console/steps_going_on")
    return words("console/assistant_silent" if standing == "mine" else "console/assistant_speaks")
