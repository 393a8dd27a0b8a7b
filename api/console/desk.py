"""Puts a desk together: the queue, and the person who is open on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.console import repository
from api.console.brief_view import BriefView, BriefWriter, Risk
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
from api.console.words import CHANNELS, LEVEL_ICONS, LEVELS, OUTCOMES, ConsoleWords
from api.conversations import repository as conversations
from api.conversations.models import Conversation
from api.handoffs.brief import build_brief
from api.handoffs.models import Handoff
from api.handoffs.transitions import HELD, State
from api.staff.guards import CurrentStaff
from api.staff.models import Staff
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


@dataclass(frozen=True)
class PersonView:
    """One person as an officer sees them. `standing`: mine, theirs, waiting, callback, closed or wiped."""

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


async def queue_view(
    session: AsyncSession, *, reader_id: UUID, officers_available: int, words: ConsoleWords, now: datetime
) -> QueueView:
    """The queue as the reader sees it, in its order."""
    sources = await repository.open_handoffs(session)
    waiting, held, callbacks = (
        [it for it in sources if it.handoff.state in states]
        for states in ((State.WAITING.value,), HELD, (State.CALLBACK_SCHEDULED.value,))
    )
    return QueueView(
        waiting=[row(it, words=words, now=now) for it in waiting],
        mine=[row(it, words=words, now=now, mine=True) for it in held if it.handoff.claimed_by == reader_id],
        others=[row(it, words=words, now=now) for it in held if it.handoff.claimed_by != reader_id],
        callbacks=[row(it, words=words, now=now) for it in callbacks],
        officers_available=officers_available,
    )


async def person_view(
    session: AsyncSession,
    handoff: Handoff,
    *,
    reader: CurrentStaff,
    present: Sequence[Staff],
    words: ConsoleWords,
    now: datetime,
) -> PersonView:
    """The person of a handoff: what was said, what is known, and what the reader may do now."""
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
    standing = _standing(handoff, conversation, reader.id)
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
            NoteView(note.id, name, note.written_at, clock_time_or_day(note.written_at, now), note.text)
            for note, name in await repository.notes_of(session, handoff.id)
        ],
        colleagues=[colleague for colleague in present if colleague.id != reader.id],
    )


def _standing(handoff: Handoff, conversation: Conversation | None, reader_id: UUID) -> str:
    if handoff.closed_at is not None or handoff.state not in repository.OPEN_STATES:
        return "closed"
    if handoff.claimed_by == reader_id:
        return "mine" if conversation is not None else "wiped"
    if handoff.claimed_by is not None:
        return "theirs"
    return "waiting" if handoff.state == State.WAITING.value else "callback"


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
    if standing == "theirs" and handoff.claimed_by is not None:
        officer = await session.get(Staff, handoff.claimed_by)
        return words("console/taken_by_other", first_name=officer.first_name if officer else "")
    if conversation.coach_flow and not conversation.officer_has_spoken:
        return words("console/steps_going_on")
    return words("console/assistant_silent" if standing == "mine" else "console/assistant_speaks")
