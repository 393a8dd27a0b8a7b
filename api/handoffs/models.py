"""Tables of the queue: people who wait for a helpline officer, and the notes officers keep."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from api.database.base import Base, UtcDateTime, new_id


class Handoff(Base):
    """One person's place in the queue, from asking to the wrapped-up end.

    `emergency` and `ranked_at` are the order of the queue: emergencies first, then the earliest `ranked_at`,
    which is the time of asking moved back by what safety level and the post-release clock are worth, so
    that waiting itself ages everybody alike and nobody starves.
    `emergency_at` is since when it has waited as one, `paged_at` when the on-call number was last told of it.
    `conversation_id` is empty once a person wiped their conversation during an open emergency.
    `young_at` is since when a child or teenager is known to be in touch, `safeguarding_told_at` when the lead for
    safeguarding was last told. `callback_asked_at` is since when somebody is to be rung, at a time or without one.

    `claimed_by` is the one officer who answers for the person. While they are handed over, `offered_to` or
    `offered_skill` says who is asked to join, and `second_officer` is who has joined; the first stays responsible until
    they step out or are lost. `answer_by` is the service level's promise, `answered_at` an officer's first words.
    `agreed_told_at` is when the person was told what they and the officer had `agreed`.
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
    young_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    safeguarding_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    second_officer: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    second_lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offered_to: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    offered_skill: Mapped[str | None] = mapped_column(String(40))
    offered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    warn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    breached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    callback_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    callback_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    callback_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    callback_number_sealed: Mapped[str | None] = mapped_column(Text)
    callback_reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    callback_missed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ending_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(40))
    outcome_note: Mapped[str | None] = mapped_column(Text)
    needs_met: Mapped[list[str]] = mapped_column(JSON, default=list)
    needs_referred: Mapped[list[str]] = mapped_column(JSON, default=list)
    naloxone: Mapped[str | None] = mapped_column(String(12))
    follow_up_on: Mapped[date | None] = mapped_column(Date)
    agreed: Mapped[str | None] = mapped_column(Text)
    agreed_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HandoffNote(Base):
    """What an officer wrote beside the conversation; `audience` says who may read it: staff, or the person as well.

    `kind` is `note`, `whisper` (a colleague's word to the officer who has the person) or `agreed`.
    """

    __tablename__ = "handoff_notes"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    handoff_id: Mapped[UUID] = mapped_column(ForeignKey("handoffs.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(Text)
    audience: Mapped[str] = mapped_column(String(12), default="staff")
    kind: Mapped[str] = mapped_column(String(12), default="note")
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


class HandoffListener(Base):
    """A lead who listens to a conversation, for the officers in it to see."""

    __tablename__ = "handoff_listeners"

    handoff_id: Mapped[UUID] = mapped_column(ForeignKey("handoffs.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class CallbackAttempt(Base):
    """Somebody was rung: when, by whom, and what came of it (a code). What was said stands in notes, never here."""

    __tablename__ = "callback_attempts"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    handoff_id: Mapped[UUID] = mapped_column(ForeignKey("handoffs.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    result: Mapped[str] = mapped_column(String(16))
    tried_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AmbulanceCall(Base):
    """An ambulance was called: who rang (a code), when, where to, and the ambulance service's reference."""

    __tablename__ = "ambulance_calls"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    handoff_id: Mapped[UUID] = mapped_column(ForeignKey("handoffs.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    rung_by: Mapped[str] = mapped_column(String(16))
    rung_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str | None] = mapped_column(Text)
    reference: Mapped[str | None] = mapped_column(String(60))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


Index(
    "uq_handoffs_one_open",
    Handoff.conversation_id,
    unique=True,
    sqlite_where=Handoff.closed_at.is_(None),
    postgresql_where=Handoff.closed_at.is_(None),
)
Index("ix_handoffs_order", Handoff.state, Handoff.emergency.desc(), Handoff.ranked_at, Handoff.id)
"""As the queue is read, so that its head is found without sorting everybody who waits."""
