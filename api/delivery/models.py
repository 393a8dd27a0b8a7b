"""The outbox: everything that has to leave the house, kept until it has."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from api.database.base import Base, UtcDateTime, new_id


class OutboxState(str, Enum):
    """How far a parcel has come."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
    JOINED = "joined"
    """Travels in an earlier one (`carried_by`), whose fate is its own."""


class Alert(str, Enum):
    """What staff have to be told of a text."""

    STOPPED = "stopped"
    """The carrier says that they have stopped the texts, of whom we did not know it."""
    UNDELIVERED = "undelivered"
    """It will not arrive, and there has been danger."""


class OutboxItem(Base):
    """A message to a person, or a page to the on-call number (then `message_id` is empty).

    `urgent` goes before everything else and is never joined to another. `unprompted` is what the service says first,
    not in a talk: it counts for the daily cap. `doubted_at`: the last attempt that may have gone, nobody knows; before
    another somebody has to look. `resends` counts how often it was sent anew after the network could not deliver it.
    `alert`: what staff have to be told of it, written down with its fate; `alerted_at`: when they were.
    """

    __tablename__ = "outbox"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), unique=True)
    seq: Mapped[int] = mapped_column(Integer, default=0)
    channel: Mapped[str] = mapped_column(String(8))
    destination_sealed: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    unprompted: Mapped[bool] = mapped_column(Boolean, default=False)
    carried_by: Mapped[UUID | None] = mapped_column(ForeignKey("outbox.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(12), default=OutboxState.PENDING.value)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    resends: Mapped[int] = mapped_column(Integer, default=0)
    doubted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    provider_id: Mapped[str | None] = mapped_column(String(64), index=True)
    error_code: Mapped[str | None] = mapped_column(String(20))
    alert: Mapped[str | None] = mapped_column(String(12))
    alerted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


Index("ix_outbox_due", OutboxItem.state, OutboxItem.next_attempt_at)
Index("ix_outbox_of_conversation", OutboxItem.conversation_id, OutboxItem.seq)
Index("ix_outbox_alerts", OutboxItem.alert, OutboxItem.alerted_at)


class SentText(Base):
    """One text as the provider knows it, with how far it has come. A parcel that was sent anew has several."""

    __tablename__ = "sent_texts"

    provider_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    outbox_id: Mapped[UUID] = mapped_column(ForeignKey("outbox.id", ondelete="CASCADE"), index=True)
    status: Mapped[str] = mapped_column(String(12))
    error_code: Mapped[str | None] = mapped_column(String(20))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
