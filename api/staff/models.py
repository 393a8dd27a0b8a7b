"""Tables of the people who work here: accounts, their sessions and their script tokens."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from api.database.base import Base, UtcDateTime, new_id


class Role(str, Enum):
    """What a member of staff is trusted with."""

    OFFICER = "officer"
    LEAD = "lead"
    ADMIN = "admin"


class Staff(Base):
    """A member of staff. Without a password hash the account waits for its one-time link to be used."""

    __tablename__ = "staff"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    role: Mapped[str] = mapped_column(String(12))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    invitation_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    invitation_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def first_name(self) -> str:
        """The name under which the person is told who is here."""
        return self.name.split()[0]


class Stage(str, Enum):
    """How far a browser has come in signing in. Only an open session opens anything."""

    CODE = "code"
    """The password was right; the second step's code is still to come."""
    SET_UP = "set_up"
    """The password was right; this role needs a second step and has none yet."""
    OPEN = "open"


class StaffSession(Base):
    """A browser in which somebody is signed in, or on the way; `last_seen_at` is their presence.

    `device` is what the browser called itself, so that its owner knows it again in a list.
    """

    __tablename__ = "staff_sessions"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stage: Mapped[str] = mapped_column(String(8), default=Stage.OPEN.value)
    device: Mapped[str] = mapped_column(String(200), default="")


class SecondStep(Base):
    """A telephone that shows codes. Without `confirmed_at` it was shown and never proven, and asks nothing yet.

    `last_counter` is the last half minute whose code was used: no code opens twice.
    """

    __tablename__ = "staff_second_steps"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    secret_sealed: Mapped[str] = mapped_column(String(300))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_counter: Mapped[int] = mapped_column(Integer, default=0)


class RecoveryCode(Base):
    """A code for the day the telephone is lost; it opens once."""

    __tablename__ = "staff_recovery_codes"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StaffToken(Base):
    """A bearer token for a member of staff's scripts."""

    __tablename__ = "staff_tokens"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StaffPresence(Base):
    """What somebody has said of themselves: there, on a break or away, and how many people they take at once.

    Whether their console is open is told by `StaffSession.last_seen_at`. `capacity` is empty where the default holds.
    """

    __tablename__ = "staff_presence"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    availability: Mapped[str] = mapped_column(String(12))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    capacity: Mapped[int | None] = mapped_column(Integer)


class StaffSkill(Base):
    """Something that somebody is especially good for: a code of `data/operations/skills.yml`."""

    __tablename__ = "staff_skills"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    skill: Mapped[str] = mapped_column(String(40), primary_key=True)
