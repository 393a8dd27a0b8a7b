"""What of a conversation crosses the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from api.conversations.models import Message


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

    @classmethod
    def of(cls, message: Message) -> MessageOut:
        """The outward form of a stored message."""
        return cls.model_validate(message, from_attributes=True)
