"""The table of those whom the assistant still has to forget."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.orm import Mapped, mapped_column

from api.database.base import Base, UtcDateTime


class Forgetting(Base):
    """A wiped conversation whose trace at the assistant's is not known to be gone. Holds no content."""

    __tablename__ = "forgettings"

    conversation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
