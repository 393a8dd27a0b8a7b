"""Tables of the queue: people who wait for a helpline officer, and the notes officers keep."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from api.database.base import Base, UtcDateTime, new_id


class Handoff(Base):
    """One person's place in the queue, from asking to the wrapped-up end.

    `emergency` and `ranked_at` are the order of the queue: emergencies first, then the earliest `ranked_at`,
    which is the time of asking moved back by what safety level and the post-release clock are worth, so
    that waiting itself ages everybody alike and nobody starves.
    `emergency_at` is since when it has waited as one, `paged_at` when the on-call number was last told of it.
    `conversation_id` is empty once a person wiped their conversation during an open emergency.
    """

    __tablename__ = "handoffs"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    conversation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("conversations.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(String(60))
    skill: Mapped[str | None] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(12), default="none")
    emergency: Mapped[bool] = mapped_column(Boolean, default=False)
    emergency_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ranked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    callback_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(40))
    outcome_note: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HandoffNote(Base):
    """What an officer wrote for colleagues; `audience` says who may read it."""

    __tablename__ = "handoff_notes"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    handoff_id: Mapped[UUID] = mapped_column(ForeignKey("handoffs.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(Text)
    audience: Mapped[str] = mapped_column(String(12), default="staff")
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


Index(
    "uq_handoffs_one_open",
    Handoff.conversation_id,
    unique=True,
    sqlite_where=Handoff.closed_at.is_(None),
    postgresql_where=Handoff.closed_at.is_(None),
)
Index("ix_handoffs_order", Handoff.state, Handoff.emergency, Handoff.ranked_at)
