"""What the assistant's actions and reception say to each other."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

FactName = Literal[
    "audience", "relation", "place", "prison", "release_date", "substances", "needs", "naloxone_at_home", "location",
    "consent_to_share", "first_name", "country", "young_person", "drinking_check", "using_check", "strain_check",
    "danger_now",
]  # fmt: skip


class FactsIn(BaseModel):
    """Facts that the dialogue learned in a message's turn."""

    message_id: UUID
    facts: dict[FactName, Any] = Field(min_length=1)


class FactsOut(BaseModel):
    """What is known."""

    facts: dict[str, Any]


class RequestIn(BaseModel):
    """What an action asks for during a message's turn."""

    message_id: UUID
    kind: Literal["handoff", "callback"]
    reason: str = Field(min_length=1, max_length=60)
    skill: str | None = Field(None, max_length=40)


class StandingOut(BaseModel):
    """Where the person stands, or would stand, in the queue.

    While officers are away: the day (ISO) and the clock time, as it is said, at which they are there again.
    """

    position: int
    officers_available: int
    estimate_minutes: int | None
    opens_on: str | None = None
    opens_at: str | None = None


class RequestOut(BaseModel):
    """The request is noted."""

    standing: StandingOut
