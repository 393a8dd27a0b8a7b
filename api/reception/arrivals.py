"""What arrives at the front door, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from api.conversations.schemas import MessageOut
from api.database.base import new_id
from safety.reading import Reading


@dataclass(frozen=True)
class WebSender:
    """Whoever holds the token of a webchat."""

    conversation_id: UUID
    token_hash: str


@dataclass(frozen=True)
class TextSender:
    """A phone, known by the keyed hash of its number."""

    fingerprint: str
    sealed_number: str


@dataclass(frozen=True)
class Arrival:
    """One message at the door. `channel_id` is the channel's own id for it: the same one is the same message."""

    sender: WebSender | TextSender
    channel_id: str
    text: str
    carrier_word: str | None = None
    """STOP, START or HELP, when Twilio has taken the text for that and answered it by itself already."""
    pictures: int = 0
    """How many pictures or recordings came with it. They are neither fetched nor kept."""
    told_once: str | None = None
    """A text that whoever writes from a number of this kind is told once."""


@dataclass(frozen=True)
class Received:
    """What came of a message. `awaited`: messages that the assistant answers now; `wiped`: nothing is left."""

    message: MessageOut
    reading: Reading
    replies: list[MessageOut] = field(default_factory=list)
    conversation_id: UUID | None = None
    awaited: tuple[UUID, ...] = ()
    wiped: bool = False


class NotStored(Exception):
    """The database did not take the message. It is spooled; `words` are what the person has to hear now."""

    def __init__(self, reading: Reading, words: str) -> None:
        super().__init__("not stored")
        self.reading = reading
        self.words = words


class NoSuchConversation(Exception):
    """Nobody knows this conversation: it was wiped, or never was."""


class HeardBefore(NoSuchConversation):
    """A text that its carrier tells of once more, of a conversation that was wiped or left since. Nobody is there."""


class WrongToken(Exception):
    """The token opens another conversation or none."""


def as_kept(reading: Reading) -> dict[str, Any]:
    """A safety reading as it is stored with its message and shown to officers."""
    return {
        "level": reading.level.value,
        "check": reading.check,
        "kinds": [kind.value for kind in reading.kinds],
        "spans": [[span.start, span.end] for span in reading.spans],
        "concepts": list(reading.concepts),
    }


def unkept(text: str, *, seq: int, at: datetime) -> MessageOut:
    """Words to somebody of whom nothing is kept any more."""
    return MessageOut(id=new_id(), seq=seq, author="service", text=text, sent_at=at, status="sent")
