"""Tables of referrals and of the keys with which a force's own system makes them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from api.database.base import Base, UtcDateTime, new_id


class Referral(Base):
    """A family that somebody referred with their consent: by which service, when, and whether they were reached.

    What was said of the family stands in the conversation that officers see, sealed or wiped with it. Here are only
    keyed hashes: of the number, so that it is never texted twice; of the request, so that it counts once; and of the
    code with which the referrer can ask whether the family was reached.
    `conversation_id` is empty once the family's conversation was wiped.
    """

    __tablename__ = "referrals"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    service_code: Mapped[str | None] = mapped_column(String(40), index=True)
    came_by: Mapped[str] = mapped_column(String(8))
    about: Mapped[str] = mapped_column(String(16))
    level: Mapped[str] = mapped_column(String(12))
    request_key: Mapped[str] = mapped_column(String(64), unique=True)
    request_print: Mapped[str | None] = mapped_column(String(64))
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    number_fingerprint: Mapped[str | None] = mapped_column(String(64), index=True)
    conversation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("conversations.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    call_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    call_by: Mapped[datetime] = mapped_column(UtcDateTime)
    text_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """From when on the one neutral text may go; empty where none was wanted, or once it went or will never go."""
    texted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReferralKey(Base):
    """A key for a service's own system. Only its hash is kept; the service is one of the listed codes."""

    __tablename__ = "referral_keys"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    service_code: Mapped[str] = mapped_column(String(40))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
