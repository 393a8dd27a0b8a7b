"""The tables of release plans and their check-ins."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from api.database.base import Base, UtcDateTime, new_id
from api.release_plans.transitions import PlanState, State


class ReleasePlan(Base):
    """When somebody gets out, and whether they want to be asked how it goes. One a conversation."""

    __tablename__ = "release_plans"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    release_date: Mapped[date] = mapped_column(Date)
    prison: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12), default=PlanState.NOTED.value)
    because: Mapped[str | None] = mapped_column(String(20))
    """Why it rests or is over: a `Reason`."""
    set_by: Mapped[str] = mapped_column(String(20), default="person")
    """`person`: whoever the conversation is with; otherwise the kind of somebody else who gave the number."""
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agreed_in: Mapped[UUID | None] = mapped_column(Uuid)
    """The message in which they said yes."""
    hour: Mapped[int] = mapped_column(Integer)
    """At what hour of the day in Scotland they want to be asked."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CheckIn(Base):
    """One time to be in touch: when it is due, how far it has come, and what came of it."""

    __tablename__ = "check_ins"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey("release_plans.conversation_id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(12), default="check_in")
    """`check_in`, or `invitation`: the one text to a number that somebody else gave."""
    day: Mapped[int] = mapped_column(Integer)
    """Counted from the release; negative before it."""
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(12), default=State.PLANNED.value)
    topic: Mapped[str | None] = mapped_column(String(40))
    act_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When something is to be done about it next: to ask, to ask again, to put it on the list. A worker that takes it
    in hand moves this on first, so that no other does the same."""
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(String(12))
    listed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(20))
    outcome_note: Mapped[str | None] = mapped_column(Text)
    closed_by: Mapped[UUID | None] = mapped_column(Uuid)


class CheckInTry(Base):
    """An officer tried to reach somebody who did not answer: what they did and what came of it, in one code."""

    __tablename__ = "check_in_tries"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    check_in_id: Mapped[UUID] = mapped_column(ForeignKey("check_ins.id", ondelete="CASCADE"), index=True)
    tried_at: Mapped[datetime] = mapped_column(UtcDateTime)
    what: Mapped[str] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(Text)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)


Index("ix_check_ins_act", CheckIn.state, CheckIn.act_at)
