"""What of a conversation crosses the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from api.conversations.models import Message

_RESULTS = frozenset(
    {
        "needs/found",
        "needs/nothing_found",
        "drinking/over",
        "drinking/under",
        "using/heard",
        "strain/heavy",
        "strain/lighter",
        "release_plan/remembered",
    }
)
"""Texts that tell what somebody's answers came to: from then on there is a card worth keeping."""


class MessageOut(BaseModel):
    """One message as everybody outside sees it (architecture, section 6)."""

    id: UUID
    seq: int
    author: Literal["person", "assistant", "officer", "service"]
    name: str | None = None
    text: str
    quick_replies: list[str] = []
    sent_at: datetime
    status: Literal["stored", "sent", "delivered", "failed"]
    failure: str | None = None
    """Of a text that did not arrive, why: the id of the words for staff."""
    result: bool = False
    """Whether it tells what answers came to, which may be kept as a card (`/result`)."""

    @classmethod
    def of(cls, message: Message) -> MessageOut:
        """The outward form of a stored message."""
        out = cls.model_validate(message, from_attributes=True)
        out.result = message.content_id in _RESULTS
        return out
