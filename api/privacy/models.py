"""Tables of what is still owed to those who were wiped: by the assistant, and by whoever carried their texts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from api.database.base import Base, UtcDateTime, new_id


class Forgetting(Base):
    """A wiped conversation whose trace at the assistant's is not known to be gone. Holds no content."""

    __tablename__ = "forgettings"

    conversation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProviderCopy(Base):
    """A text whose copy at the provider has to go, or (`gone_at`) is gone while the text itself is still kept here.

    Holds no content and no number: only the provider's own name for the text.
    """

    __tablename__ = "provider_copies"

    provider_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ProviderSweep(Base):
    """A wiped number whose last texts may have left without our learning what the provider calls them.

    The sealed number is kept until the provider's list has been read once no such text can be on its way any more.
    """

    __tablename__ = "provider_sweeps"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    number_sealed: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)


Index("ix_provider_copies_owed", ProviderCopy.gone_at, ProviderCopy.next_try_at)
