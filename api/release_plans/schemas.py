"""What of a release plan crosses the wire."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field


class CheckInOut(BaseModel):
    """A day on which the service means to be in touch."""

    due: date
    state: Literal["planned"]


class ReleasePlanOut(BaseModel):
    """The plan as its person sees it."""

    release_date: date
    prison: str | None
    check_ins: list[CheckInOut]


class ReleasePlanIn(BaseModel):
    """What a person chooses themselves."""

    release_date: date
    prison: str | None = Field(None, max_length=40)


class HeardReleaseDate(BaseModel):
    """What the assistant's action heard, and in which message."""

    message_id: UUID
    release_date: date
    prison: str | None = Field(None, max_length=40)


class Countdown(BaseModel):
    """How far it is to the release; negative after it."""

    release_date: date
    days_until: int
