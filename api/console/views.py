"""What the console's pages show, as values that a template only has to lay out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from api.console.words import (
    AUTHORS,
    CHANNELS,
    LEVEL_ICONS,
    LEVELS,
    STATUSES,
    ConsoleWords,
    clock_time,
    day_name,
    local_day,
)
from api.conversations.models import Author, Conversation, Message, Status
from api.handoffs.models import Handoff
from api.handoffs.transitions import State

WAITING_TOO_LONG = timedelta(minutes=10)
"""From here on a wait is shown in amber."""


@dataclass(frozen=True)
class Known:
    """The facts that name a person in one line."""

    first_name: str | None = None
    audience: str | None = None
    relation: str | None = None
    release_date: date | None = None

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Known:
        """Read them from fact values; a value that is not as agreed counts as not known."""
        return cls(
            first_name=_text(facts.get("first_name")),
            audience=_text(facts.get("audience")),
            relation=_text(facts.get("relation")),
            release_date=parse_date(facts.get("release_date")),
        )


@dataclass(frozen=True)
class Row:
    """One person in the queue, in one line."""

    id: UUID
    level: str
    level_words: str
    risk_icon: str
    name: str | None
    for_whom: str
    time_words: str
    too_long: bool
    channel: str
    channel_words: str
    release_words: str | None
    extra_words: str
    unanswered: bool


@dataclass(frozen=True)
class QueueView:
    """The queue as one officer sees it; of a long one `waiting` is only the head."""

    how_many_wait: int
    waiting: Sequence[Row]
    mine: Sequence[Row]
    asked: Sequence[Row]
    to_write_up: Sequence[Row]
    others: Sequence[Row]
    callbacks: Sequence[Row]
    officers_available: int

    @property
    def head(self) -> Row | None:
        """Who is next."""
        return self.waiting[0] if self.waiting else None


@dataclass(frozen=True)
class Piece:
    """A run of a message's text, in which danger was read or not."""

    text: str
    danger: bool


@dataclass(frozen=True)
class MessageView:
    """One message in the log; `day` stands on the first message of each day."""

    id: UUID
    seq: int
    author: str
    author_words: str
    pieces: Sequence[Piece]
    at: datetime
    time: str
    day: str | None
    status_words: str | None
    failed: bool


@dataclass(frozen=True)
class RowSource:
    """A handoff with what is needed to show it as a row."""

    handoff: Handoff
    conversation: Conversation | None
    known: Known
    officer_first_name: str | None = None
    unanswered: bool = False


def row(source: RowSource, *, words: ConsoleWords, now: datetime, mine: bool = False) -> Row:
    """One line of the queue."""
    handoff, conversation = source.handoff, source.conversation
    level = level_of(handoff)
    channel = conversation.channel if conversation else "web"
    waited = now - handoff.opened_at
    return Row(
        id=handoff.id,
        level=level,
        level_words=words(LEVELS[level]),
        risk_icon=LEVEL_ICONS[level],
        name=source.known.first_name,
        for_whom=words.for_whom(source.known.audience, source.known.relation),
        time_words=_time_words(source, words=words, now=now),
        too_long=handoff.state == State.WAITING.value and waited >= WAITING_TOO_LONG,
        channel=channel,
        channel_words=words(CHANNELS[channel]),
        release_words=words.release(days_since(source.known.release_date, now)),
        extra_words=_extra_words(source, words=words, mine=mine),
        unanswered=source.unanswered,
    )


def message_views(
    messages: Sequence[Message], *, staff_first_name: str | None, words: ConsoleWords
) -> list[MessageView]:
    """The log, oldest first. `staff_first_name` is the reader's, if the person is with them."""
    shown: list[MessageView] = []
    day: date | None = None
    for message in messages:
        today = local_day(message.sent_at)
        shown.append(
            MessageView(
                id=message.id,
                seq=message.seq,
                author=message.author,
                author_words=_author_words(message, staff_first_name, words),
                pieces=danger_pieces(message),
                at=message.sent_at,
                time=clock_time(message.sent_at),
                day=day_name(today) if today != day else None,
                status_words=_status_words(message, words),
                failed=message.status == Status.FAILED.value,
            )
        )
        day = today
    return shown


def _status_words(message: Message, words: ConsoleWords) -> str | None:
    """How far an officer's words have come; why anybody's did not arrive."""
    if message.failure is not None:
        return words(message.failure)
    return words(STATUSES[message.status]) if message.author == Author.OFFICER.value else None


def danger_pieces(message: Message) -> list[Piece]:
    """The message's text, cut where danger was read in it. Spans that don't fit the text are passed over."""
    text = message.text
    pieces: list[Piece] = []
    place = 0
    for start, end in sorted(danger_spans(message)):
        if not place <= start < end <= len(text):
            continue
        if start > place:
            pieces.append(Piece(text[place:start], danger=False))
        pieces.append(Piece(text[start:end], danger=True))
        place = end
    if place < len(text):
        pieces.append(Piece(text[place:], danger=False))
    return pieces


def danger_spans(message: Message) -> list[tuple[int, int]]:
    """Where danger was read in a person's message, as character offsets."""
    if message.author != Author.PERSON.value or not message.safety:
        return []
    return [(int(start), int(end)) for start, end in message.safety.get("spans", ())]


def level_of(handoff: Handoff) -> str:
    """The level a handoff is shown under."""
    if handoff.emergency:
        return "emergency"
    return handoff.level if handoff.level in LEVELS else "none"


def days_since(day: date | None, now: datetime) -> int | None:
    """Days from `day` to today in Scotland; negative while it is to come."""
    return None if day is None else (local_day(now) - day).days


def clock_time_or_day(instant: datetime, now: datetime) -> str:
    """The time of something today, and the day with it when it was another day."""
    if local_day(instant) == local_day(now):
        return clock_time(instant)
    return f"{day_name(local_day(instant))}, {clock_time(instant)}"


def parse_date(value: object) -> date | None:
    """A date as facts hold it (ISO), or None."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _time_words(source: RowSource, *, words: ConsoleWords, now: datetime) -> str:
    handoff = source.handoff
    if handoff.state == State.CALLBACK_SCHEDULED.value:
        if handoff.callback_at is None:
            asked = handoff.callback_asked_at or handoff.opened_at
            return words("console/callback_no_time", when=clock_time_or_day(asked, now))
        return words(
            "console/callback_at", when=f"{day_name(local_day(handoff.callback_at))}, {clock_time(handoff.callback_at)}"
        )
    if handoff.state == State.WAITING.value:
        return words.waited(int((now - handoff.opened_at).total_seconds() // 60))
    return words("console/with_since", time=clock_time(handoff.claimed_at or handoff.opened_at))


def _extra_words(source: RowSource, *, words: ConsoleWords, mine: bool) -> str:
    if source.conversation is None:
        return words("console/wiped_short")
    if mine:
        return words("console/wrote_again") if source.unanswered else ""
    if source.officer_first_name:
        return words("console/with_officer", first_name=source.officer_first_name)
    return ""


def _author_words(message: Message, staff_first_name: str | None, words: ConsoleWords) -> str:
    if message.author != Author.OFFICER.value:
        if message.author == Author.PERSON.value and message.name:
            return words("referral_console/written_by", sender=message.name)
        is_step = (message.content_id or "").startswith(("coach/", "safety/"))
        return words("console/author_steps" if is_step else AUTHORS[message.author])
    if staff_first_name is not None and message.name == staff_first_name:
        return words("console/author_you")
    return message.name or words("console/author_officer")


def _text(value: object) -> str | None:
    return value.strip() if isinstance(value, str) and value.strip() else None
