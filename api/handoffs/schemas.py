"""What of the queue crosses the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from api.conversations.schemas import MessageOut
from api.handoffs.callbacks import CallResult
from api.handoffs.officers import Audience
from api.handoffs.rescue import RungBy
from api.handoffs.transitions import Naloxone, Outcome

LONGEST_MESSAGE = 4000
NeedCode = Annotated[str, StringConstraints(pattern=r"^[a-z_]{2,40}$")]
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


class Earlier(BaseModel):
    """A time before when this person was with an officer: nobody has to tell their story twice."""

    handoff_id: UUID
    officer: str | None
    ended_at: datetime
    state: str
    outcome: str | None
    note: str | None
    agreed: str | None
    follow_up_on: date | None


class AmbulanceOut(BaseModel):
    """An ambulance was called."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    staff_id: UUID
    rung_by: str
    rung_at: datetime
    place: str | None
    reference: str | None


class CallTried(BaseModel):
    """The person was rung."""

    officer: str
    result: str
    tried_at: datetime


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
    ambulances: list[AmbulanceOut] = []
    calls: list[CallTried] = []
    earlier: list[Earlier] = []


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
    second_officer: UUID | None
    offered_to: UUID | None
    offered_skill: str | None
    answer_by: datetime | None
    answered_at: datetime | None
    service_level: Literal["active", "hit", "missed"] | None = None
    warned_at: datetime | None
    breached_at: datetime | None
    callback_asked_at: datetime | None
    callback_at: datetime | None
    callback_until: datetime | None
    callback_missed_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    needs_met: list[str]
    needs_referred: list[str]
    naloxone: str | None
    follow_up_on: date | None
    agreed: str | None
    position: int | None = None


class HandoffDetail(HandoffOut):
    """One place in the queue with its brief and notes."""

    brief: Brief
    notes: list[NoteOut]
    listeners: list[UUID] = []


class NoteOut(BaseModel):
    """What an officer wrote for colleagues."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    staff_id: UUID
    text: str
    audience: str
    kind: str
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
    """Something to say to colleagues."""

    text: Text


class NoteIn(Words):
    """Something to note; one for the person stands in the copy of what is kept about them."""

    audience: Audience = Audience.STAFF


class WordsToSay(Words):
    """Something to say; the same `client_id` again is the same message. For `staff` it is kept as a note."""

    client_id: str | None = Field(None, min_length=1, max_length=80)
    audience: Audience = Audience.PERSON


class TransferTo(BaseModel):
    """A colleague, or whoever has a skill, is asked to join while the officer stays.

    With `warm` false, or with neither, the person goes back to the queue at their own age, for who has the skill.
    """

    staff_id: UUID | None = None
    skill: str | None = Field(None, max_length=40)
    warm: bool = True


class ReturnWith(BaseModel):
    """What was agreed, in words to the person; the assistant's next turn gets it."""

    agreed: str | None = Field(None, max_length=1000)


class CallbackAt(BaseModel):
    """When somebody rings: the start of a slot, or a time of the officer's own; neither where none was agreed.

    A number is kept only with consent to be rung on it.
    """

    slot: AwareDatetime | None = None
    when: AwareDatetime | None = None
    number: str | None = Field(None, max_length=40)
    consent: bool = False


class CallbackTried(BaseModel):
    """What came of ringing, when (now, if not said), and the slot in which it is tried again, if one was chosen."""

    result: CallResult
    tried_at: AwareDatetime | None = None
    slot: AwareDatetime | None = None


class CallbackNumber(BaseModel):
    """Where the person wants to be called."""

    number: str


class AmbulanceCalled(BaseModel):
    """Who rang, when (now, if not said), where to, and the ambulance service's reference."""

    rung_by: RungBy
    rung_at: AwareDatetime | None = None
    place: str | None = Field(None, max_length=300)
    reference: str | None = Field(None, max_length=60)


class WrapUp(BaseModel):
    """How it ended. Needs are codes of `data/language/needs.yml`."""

    outcome: Outcome
    note: Text
    needs_met: list[NeedCode] = Field([], max_length=20)
    needs_referred: list[NeedCode] = Field([], max_length=20)
    naloxone: Naloxone = Naloxone.NOT_RAISED
    follow_up_on: date | None = None
    agreed: str | None = Field(None, max_length=1000)
