"""What crosses the wire of the webchat (architecture, section 6)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from api.conversations.schemas import MessageOut
from safety.reading import Reading


class OpenRequest(BaseModel):
    """Opens a webchat. `page` is the address of the page that the widget stands on.

    `card` is the code of the service whose card led there. It counts a card and nothing else, so whatever is no code
    is passed over: nobody is kept out of a chat by it.
    """

    page: str | None = Field(None, max_length=300)
    card: object = None


class Opened(BaseModel):
    """A new webchat. The token is told once."""

    id: UUID
    token: str
    messages: list[MessageOut] = []


class Write(BaseModel):
    """A message. The same `client_id` again is the same message."""

    client_id: str = Field(min_length=1, max_length=100, pattern=r"^[\w.:-]+$")
    text: str


class SafetyOut(BaseModel):
    """The safety reading of a message."""

    level: Literal["none", "urgent", "emergency"]
    check: bool
    kinds: list[str]

    @classmethod
    def of(cls, reading: Reading) -> SafetyOut:
        """The outward form of a reading."""
        return cls.model_validate(
            {"level": reading.level.value, "check": reading.check, "kinds": [kind.value for kind in reading.kinds]}
        )


class Written(BaseModel):
    """A message as it is stored, and what has been said back so far."""

    message: MessageOut
    safety: SafetyOut
    replies: list[MessageOut]


class Messages(BaseModel):
    """Messages in order; `next` is the number to go on after, or nothing."""

    items: list[MessageOut]
    next: int | None = None


class OfficerOut(BaseModel):
    """The officer who has the conversation."""

    first_name: str


class ConversationOut(BaseModel):
    """Who has the conversation now."""

    id: UUID
    channel: Literal["web", "sms"]
    owner: Literal["assistant", "queue", "officer"]
    officer: OfficerOut | None = None
    position: int | None = None
    safety: Literal["none", "urgent", "emergency"]


class CallbackRequest(BaseModel):
    """When it suits: a slot that was offered, or the person's own words. A number is kept only with consent."""

    when: str | None = Field(None, max_length=200)
    slot: AwareDatetime | None = None
    number: str | None = Field(None, max_length=30)
    consent: bool = False


class SlotOut(BaseModel):
    """A time within which a call comes."""

    start: datetime
    end: datetime


class WaitingOut(BaseModel):
    """What somebody who waits, or thinks of it, wants to know; null where nothing is known."""

    position: int
    waiting: bool
    officers_available: int
    estimate_minutes: int | None
    opens_at: datetime | None
    callback_slots: list[SlotOut]
    choices: list[Literal["wait", "leave_message", "callback", "leave_queue"]]
