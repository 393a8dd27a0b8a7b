"""Texts that stand in no conversation any more, while whoever carries them may still tell us of them once more.

A carrier that got no answer tells of a text again, and a text is known by standing in its conversation. Once that was
wiped, or the number has begun a new one, the same text would count as a new one: "delete" would greet somebody anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from api.conversations.models import Author, Message
from api.database.base import Base, UtcDateTime
from reference.clock import Clock

MAY_REPEAT_FOR = timedelta(days=1)


class PastText(Base):
    """The keyed hash of a carrier's name for a text: no number, no words, nobody's."""

    __tablename__ = "past_texts"

    print: Mapped[str] = mapped_column(String(64), primary_key=True)
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Prints(Protocol):
    """Hashes with this installation's key."""

    def fingerprint(self, number: str) -> str:
        """The same for the same, useless without the key."""


class Repeats:
    """Knows the texts of the last day that stand in no conversation any more."""

    def __init__(self, prints: Prints, clock: Clock) -> None:
        self._prints = prints
        self._clock = clock

    async def note(self, session: AsyncSession, conversation_id: UUID) -> None:
        """What came in this conversation, which must be locked, will be a repeat from now on."""
        now = self._clock.now()
        came_in = select(Message.channel_id).where(
            Message.conversation_id == conversation_id,
            Message.author == Author.PERSON.value,
            Message.channel_id.is_not(None),
            Message.sent_at > now - MAY_REPEAT_FOR,
        )
        for channel_id in (await session.execute(came_in)).scalars().all():
            if channel_id is not None and not await self.is_one(session, channel_id):
                session.add(PastText(print=self._print(channel_id), noted_at=now))
        await session.flush()

    async def is_one(self, session: AsyncSession, channel_id: str) -> bool:
        """Whether this text is one of those."""
        return await session.get(PastText, self._print(channel_id)) is not None

    def _print(self, channel_id: str) -> str:
        return self._prints.fingerprint(f"text {channel_id}")
