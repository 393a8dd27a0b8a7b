"""What the assistant's actions tell of an offer of topics."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

Intent = Annotated[str, Field(pattern=r"^[a-z_]{2,60}$")]


class Guess(BaseModel):
    """One reading of a message, and how sure it was."""

    intent: Intent
    confidence: float = Field(ge=0, le=1)


class OfferIn(BaseModel):
    """What was guessed for a message, and which topics were offered instead. No words of the person."""

    message_id: UUID
    guessed: list[Guess] = Field(max_length=3)
    topics: list[Intent] = Field(min_length=1, max_length=4)
    model: str | None = Field(None, pattern=r"^[\w.-]{1,64}$")
