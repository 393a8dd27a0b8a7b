"""The table of offered and chosen topics. It holds no words: the message is named, and goes with the conversation."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from api.database.base import Base


class Correction(Base):
    """One message that was not understood: what it was guessed to be, what was offered, and what the person chose.

    `chosen` is null while the question is open; what is answered in no such way is taken away.
    """

    __tablename__ = "corrections"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    guessed: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    offered: Mapped[list[str]] = mapped_column(JSON)
    chosen: Mapped[str | None] = mapped_column(String(60))
    model: Mapped[str | None] = mapped_column(String(64))
    offered_on: Mapped[date] = mapped_column(Date)
