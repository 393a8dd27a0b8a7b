"""What of the queue crosses the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from api.conversations.schemas import MessageOut
from api.handoffs.transitions import Outcome

LONGEST_MESSAGE = 4000
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_MESSAGE)]


class KnownFact(BaseModel):
    """One thing learned, with the words it stands in and when it was said."""

    name: str
    value: Any
    words: str | None
    message_id: UUID | None
    noted_at: datetime


class Release(BaseModel):
    """The release date and where today stands to it: `days_since` is negative before it."""

    date: date
    days_since: int


class RiskWords(BaseModel):
    """Danger in the person's own words: `spans` are `[start, end]` within `text`."""

    message_id: UUID
    seq: int
    level: str
    check: bool
    kinds: list[str]
    text: str
    spans: list[tuple[int, int]]
    sent_at: datetime


class SaidAlready(BaseModel):
    """Something the service said: its content id, and its first line."""

    message_id: UUID
    seq: int
    content_id: str
    opening: str
    sent_at: datetime


class Consent(BaseModel):
    """Whether they agreed to what is shared, and when."""

    to_share: bool
    at: datetime


class Brief(BaseModel):
    """What an officer needs to know before the first word: facts and quotations, nothing generated."""

    first_name: str | None = None
    audience: str | None = None
    relation: str | None = None
    place: str | None = None
    prison: str | None = None
    release: Release | None = None
    needs: list[str] = []
    substances: list[str] = []
    naloxone_at_home: str | None = None
    level: str
    emergency: bool
    risks: list[RiskWords] = []
    location: str | None = None
    said: list[SaidAlready] = []
    consent: Consent | None = None
    channel: str | None = None
    opted_out: bool = False
    callback_at: datetime | None = None
    facts: list[KnownFact] = []
    not_asked: list[str] = []


class HandoffOut(BaseModel):
    """One place in the queue."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    conversation_id: UUID | None
    state: str
    reason: str
    skill: str | None
    level: str
    emergency: bool
    opened_at: datetime
    claimed_by: UUID | None
    claimed_at: datetime | None
    lease_until: datetime | None
    callback_at: datetime | None
    outcome: str | None
    position: int | None = None


class HandoffDetail(HandoffOut):
    """One place in the queue with its brief and notes."""

    brief: Brief
    notes: list[NoteOut]


class NoteOut(BaseModel):
    """What an officer wrote for colleagues."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    staff_id: UUID
    text: str
    written_at: datetime


class HandoffPage(BaseModel):
    """A stretch of the queue, in its order."""

    items: list[HandoffOut]
    next: str | None


class MessagePage(BaseModel):
    """A stretch of a conversation."""

    items: list[MessageOut]
    next: int | None


class Words(BaseModel):
    """Something to note."""

    text: Text


class WordsToSay(Words):
    """Something to say; the same `client_id` again is the same message."""

    client_id: str | None = Field(None, min_length=1, max_length=80)


class TransferTo(BaseModel):
    """A named colleague, or a skill that somebody in the queue should have."""

    staff_id: UUID | None = None
    skill: str | None = Field(None, max_length=40)


class CallbackAt(BaseModel):
    """When somebody should get in touch, if a time was agreed."""

    when: AwareDatetime | None = None


class WrapUp(BaseModel):
    """How it ended."""

    outcome: Outcome
    note: Text
