"""What arrives at the front door, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from api.conversations.schemas import MessageOut
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
    answered_by_carrier: bool = False
    """The carrier or Twilio has answered this word (STOP, START, HELP) by itself already."""


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
