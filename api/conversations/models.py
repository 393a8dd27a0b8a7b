"""Tables of what people and the service said to each other, and of what was learned on the way."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, ForeignKey, Integer, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from api.database.base import Base, UtcDateTime, new_id


class Channel(str, Enum):
    """The door a person came through."""

    WEB = "web"
    SMS = "sms"
    PHONE = "phone"
    """They are rung by an officer and have not written: there is nowhere to say anything in writing."""


class Owner(str, Enum):
    """The one who speaks for the service in a conversation."""

    ASSISTANT = "assistant"
    QUEUE = "queue"
    OFFICER = "officer"


class Author(str, Enum):
    """Who said a message. The coach and the queue speak as the service."""

    PERSON = "person"
    ASSISTANT = "assistant"
    OFFICER = "officer"
    SERVICE = "service"


class Status(str, Enum):
    """How far a message has come; moves forward only."""

    STORED = "stored"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


class Conversation(Base):
    """One person's conversation with the service, on one channel."""

    __tablename__ = "conversations"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    channel: Mapped[str] = mapped_column(String(8))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    number_fingerprint: Mapped[str | None] = mapped_column(String(64), unique=True)
    number_sealed: Mapped[str | None] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(12), default=Owner.ASSISTANT.value)
    owner_epoch: Mapped[int] = mapped_column(Integer, default=1)
    officer_id: Mapped[UUID | None] = mapped_column(Uuid)
    officer_first_name: Mapped[str | None] = mapped_column(String(80))
    officer_has_spoken: Mapped[bool] = mapped_column(Boolean, default=False)
    last_seq: Mapped[int] = mapped_column(Integer, default=0)
    safety: Mapped[str] = mapped_column(String(12), default="none")
    open_question: Mapped[str | None] = mapped_column(String(120))
    coach_flow: Mapped[str | None] = mapped_column(String(40))
    coach_step: Mapped[str | None] = mapped_column(String(40))
    opted_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    page: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_person_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Message(Base):
    """One message, numbered within its conversation. `channel_id` makes a resent one the same one."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq", name="uq_messages_seq"),
        UniqueConstraint("conversation_id", "channel_id", name="uq_messages_channel_id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    seq: Mapped[int] = mapped_column(Integer)
    author: Mapped[str] = mapped_column(String(12))
    name: Mapped[str | None] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    quick_replies: Mapped[list[str]] = mapped_column(JSON, default=list)
    content_id: Mapped[str | None] = mapped_column(String(120))
    channel_id: Mapped[str | None] = mapped_column(String(120))
    reply_to: Mapped[UUID | None] = mapped_column(Uuid)
    owner_epoch: Mapped[int] = mapped_column(Integer)
    safety: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(12), default=Status.STORED.value)
    failure: Mapped[str | None] = mapped_column(String(60))
    """The text (a content id) that tells staff why it did not arrive."""
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Fact(Base):
    """One thing learned about the person's situation, with the message and the words it stands in."""

    __tablename__ = "facts"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    words: Mapped[str | None] = mapped_column(Text)
    message_id: Mapped[UUID | None] = mapped_column(Uuid)
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
