"""Who holds the phone: a word of their own that opens the conversation, and whether it is still the same person."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from api.conversations import repository
from api.conversations.models import Conversation
from api.conversations.service import open_text_conversation
from api.database.base import Base, UtcDateTime
from reference.clock import Clock

STAYS_OPEN = timedelta(minutes=30)
"""After the person's last text a conversation with a word of its own shuts again."""

_SCRYPT = {"n": 2**13, "r": 8, "p": 1, "dklen": 32}


class PhoneHolder(Base):
    """What is known of the hands a phone is in. Without a row: nothing was said about it."""

    __tablename__ = "phone_holders"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    word_hash: Mapped[str | None] = mapped_column(String(100))
    """Salt and scrypt hash of the word that opens the conversation."""
    open_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    doubted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Somebody else seems to have this number now: nothing personal goes there any more."""

    def is_shut(self, now: datetime) -> bool:
        """Whether the word has to be texted before anything personal is said."""
        return self.word_hash is not None and (self.open_until is None or self.open_until <= now)

    def keep_word(self, word: str, now: datetime) -> None:
        """Take this word, in any case and spacing, from now on. Whoever chose it has it in hand: it is open."""
        salt = secrets.token_hex(16)
        self.word_hash = f"{salt}:{_hashed(word, salt)}"
        self.stay_open(now)

    def opens(self, word: str) -> bool:
        """Whether this is the word."""
        salt, _, kept = (self.word_hash or "").partition(":")
        return bool(kept) and hmac.compare_digest(_hashed(word, salt), kept)

    def stay_open(self, now: datetime) -> None:
        """They are here: open for a while."""
        self.open_until = now + STAYS_OPEN

    def forget_word(self) -> None:
        """No word is needed any more."""
        self.word_hash = self.open_until = None


async def holder_of(session: AsyncSession, conversation_id: UUID) -> PhoneHolder | None:
    """What is known of who holds this conversation's phone."""
    return await session.get(PhoneHolder, conversation_id)


async def noted_holder_of(session: AsyncSession, conversation_id: UUID) -> PhoneHolder:
    """The same, begun where nothing is known yet."""
    holder = await holder_of(session, conversation_id)
    if holder is None:
        holder = PhoneHolder(conversation_id=conversation_id)
        session.add(holder)
    return holder


async def for_this_holder(
    session: AsyncSession, standing: Conversation, *, clock: Clock, channel_id: str
) -> Conversation:
    """The conversation for a text that came from the number of `standing`.

    A number that has passed to somebody else begins anew: what was said before stays with the old conversation, to
    which no text can go any more. That texts were stopped is true of the number, and stays.
    """
    holder = await holder_of(session, standing.id)
    if holder is None or holder.doubted_at is None:
        return standing
    if await repository.message_by_channel_id(session, standing.id, channel_id) is not None:
        return standing
    fingerprint, sealed = standing.number_fingerprint, standing.number_sealed
    assert fingerprint is not None
    assert sealed is not None
    standing.number_fingerprint = standing.number_sealed = None
    await session.flush()
    begun = await open_text_conversation(session, clock=clock, fingerprint=fingerprint, sealed=sealed)
    begun.opted_out_at = standing.opted_out_at
    return begun


def _hashed(word: str, salt: str) -> str:
    plain = " ".join(word.lower().split())
    return hashlib.scrypt(plain.encode(), salt=bytes.fromhex(salt), **_SCRYPT).hex()
