"""The copy of what is kept about somebody, as it crosses the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from api.conversations.schemas import MessageOut


class FactOut(BaseModel):
    """One thing that was noted about the person's situation, with the words it was said in."""

    name: str
    value: Any
    words: str | None = None
    noted_at: datetime | None = None


class NoteForPerson(BaseModel):
    """What an officer wrote down for the person, too."""

    text: str
    written_at: datetime


class ReadingOut(BaseModel):
    """What a message was read as: only of those in which danger was seen, or asked about."""

    seq: int
    level: str
    kinds: list[str]


class TryCopy(BaseModel):
    """That an officer tried to reach them (a code)."""

    what: str
    tried_at: datetime


class CheckInCopy(BaseModel):
    """One time that the service asked how it goes, or will."""

    kind: str
    topic: str | None
    due_at: datetime
    state: str
    asked_at: datetime | None
    asked_again_at: datetime | None
    answered_at: datetime | None
    answer: str | None
    outcome: str | None
    tries: list[TryCopy] = []


class PlanCopy(BaseModel):
    """The release plan."""

    release_date: date
    prison: str | None
    state: str
    set_by: str
    agreed_at: datetime | None
    hour: int
    check_ins: list[CheckInCopy]


class AmbulanceCopy(BaseModel):
    """That an ambulance was called."""

    rung_by: str
    rung_at: datetime
    place: str | None
    reference: str | None


class CallCopy(BaseModel):
    """That an officer rang, and what came of it (a code)."""

    tried_at: datetime
    result: str


class HandoffCopy(BaseModel):
    """One time that the person was with staff, from asking to how it ended."""

    asked_at: datetime
    reason: str
    level: str
    emergency: bool
    state: str
    answered_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    agreed: str | None
    needs_met: list[str]
    needs_referred: list[str]
    naloxone: str | None
    follow_up_on: date | None
    callback_at: datetime | None
    callback_number: str | None
    calls: list[CallCopy]
    ambulances: list[AmbulanceCopy]


class ReferralCopy(BaseModel):
    """That somebody referred them here, with their consent."""

    service: str | None
    about: str
    created_at: datetime
    reached_at: datetime | None


class NotUnderstood(BaseModel):
    """A message whose topic was asked about."""

    offered_on: date
    offered: list[str]
    chosen: str | None


class CopyOut(BaseModel):
    """Everything that is kept of a conversation. What staff wrote for each other is not in it: ask an officer."""

    id: UUID
    channel: Literal["web", "sms", "phone"]
    began_at: datetime
    number: str | None = None
    texts_stopped_at: datetime | None = None
    has_word: bool = False
    page: str | None = None
    messages: list[MessageOut]
    readings: list[ReadingOut] = []
    facts: list[FactOut]
    release_plan: PlanCopy | None = None
    handoffs: list[HandoffCopy] = []
    referrals: list[ReferralCopy] = []
    not_understood: list[NotUnderstood] = []
    notes: list[NoteForPerson] = []
