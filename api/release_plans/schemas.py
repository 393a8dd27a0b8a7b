"""What of a release plan crosses the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from api.release_plans.transitions import State


class CheckInOut(BaseModel):
    """A day on which the service means to be in touch, or was, and how far that has come."""

    due: date
    state: State


class ReleasePlanOut(BaseModel):
    """The plan as its person sees it. `hour` is by the clock in Scotland; without `agreed` nobody is asked anything."""

    release_date: date
    prison: str | None
    agreed: bool
    hour: int
    check_ins: list[CheckInOut]


class ReleasePlanIn(BaseModel):
    """What a person chooses themselves. `check_ins`: whether they want to be asked how it goes."""

    release_date: date
    prison: str | None = Field(None, max_length=40)
    check_ins: bool = True
    hour: int | None = Field(None, ge=9, le=20)


class HeardReleaseDate(BaseModel):
    """What the assistant's action heard, and in which message."""

    message_id: UUID
    release_date: date
    prison: str | None = Field(None, max_length=40)


class Countdown(BaseModel):
    """How far it is to the release; negative after it."""

    release_date: date
    days_until: int


class CheckInsOut(BaseModel):
    """Whether there is a plan that somebody can say yes to. `state` is None where there is no plan."""

    state: str | None
    because: str | None = None
    first_due: date | None = None
    hour: int | None = None


class CheckInsIn(BaseModel):
    """What somebody said to being asked how it goes, and in which message."""

    message_id: UUID
    agreed: bool
    hour: int | None = Field(None, ge=9, le=20)


class AnswerIn(BaseModel):
    """What somebody said back to a check-in, and in which message."""

    message_id: UUID
    said: Literal[
        "good", "bad", "unsure", "other", "grief", "recalled", "wrong_number", "who", "enough", "agreed", "declined"
    ]


class EndIn(BaseModel):
    """Why a plan rests or is over, though nothing was asked."""

    message_id: UUID
    because: Literal["grief", "wrong_number"]


TryCode = Literal["rang_no_answer", "rang_message_left", "wrote", "asked_others"]


class TriedOut(BaseModel):
    """One thing that was done to reach somebody. `status` is how far a text of the service came; `by` is the officer's
    first name and `note` theirs, where an officer did it."""

    what: Literal["asked", "asked_again"] | TryCode
    at: datetime
    status: str | None = None
    by: str | None = None
    note: str | None = None


class TryIn(BaseModel):
    """What an officer did to reach somebody who did not answer, in vain so far."""

    what: TryCode
    note: str | None = Field(None, max_length=1000)
    tried_at: datetime | None = None


class NonResponseOut(BaseModel):
    """Somebody who did not answer: what is known, and what was tried."""

    id: UUID
    conversation_id: UUID
    channel: str
    listed_at: datetime
    day: int
    topic: str | None
    release_date: date
    last_heard_at: datetime | None
    heard_since: bool
    """They wrote after they were put on the list; somebody has to look all the same."""
    known: dict[str, Any]
    tried: list[TriedOut]
    earlier_answers: list[str]


class NonResponsesOut(BaseModel):
    """Those who did not answer, the longest waiting first."""

    items: list[NonResponseOut]
    next: None = None


OutcomeCode = Literal["safe", "helped", "not_reached", "back_inside", "died", "wrong_number", "asked_to_stop"]


class OutcomeIn(BaseModel):
    """What came of it when an officer looked after somebody who did not answer."""

    outcome: OutcomeCode
    note: str | None = Field(None, max_length=1000)
