"""Tables of turns: messages that go to the assistant, and what its actions asked for on the way."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from api.database.base import Base, UtcDateTime, new_id


class Purpose(str, Enum):
    """What a message goes to the assistant for."""

    ANSWER = "answer"
    LISTEN = "listen"
    """Somebody else answers it: only what it tells of the person is wanted."""


class TurnState(str, Enum):
    """How far the assistant has come with a message."""

    WAITING = "waiting"
    RUNNING = "running"
    HELD = "held"
    SETTLED = "settled"
    DROPPED = "dropped"


class Turn(Base):
    """One message of a person that the assistant has to answer, in order, once, or has to listen to."""

    __tablename__ = "turns"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    seq: Mapped[int] = mapped_column(Integer)
    owner_epoch: Mapped[int] = mapped_column(Integer)
    purpose: Mapped[str] = mapped_column(String(8), default=Purpose.ANSWER.value)
    state: Mapped[str] = mapped_column(String(12), default=TurnState.WAITING.value)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TurnRequest(Base):
    """What an action asked for during a turn; carried out in the transaction that stores the turn's replies."""

    __tablename__ = "turn_requests"
    __table_args__ = (UniqueConstraint("message_id", "kind", name="uq_turn_requests_kind"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(60))
    skill: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    carried_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


Index("ix_turns_open", Turn.state, Turn.claimed_until)
