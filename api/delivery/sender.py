"""What delivery asks of a channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from api.conversations.models import Status


@dataclass(frozen=True)
class Parcel:
    """Something to bring to somebody. `id` stays the same over every attempt, so a channel can tell a repeat.

    `destination_sealed` is the sealed phone number (`NumberSafe.open` it at the last moment).
    `message_id` (the first, where several were joined) and `conversation_id` are None for a page to the on-call
    number. `attempt` counts from 1.
    """

    id: UUID
    channel: str
    text: str
    destination_sealed: str | None
    conversation_id: UUID | None
    message_id: UUID | None
    attempt: int


@dataclass(frozen=True)
class Trace:
    """What is known when a parcel of unknown fate is looked for.

    `known` are the ids of every text to the same person whose parcel is known: none of them can be this one.
    `age_seconds` is how long ago the first attempt began: nothing older can be this one.
    """

    known: frozenset[str]
    age_seconds: float


@dataclass(frozen=True)
class SendResult:
    """The channel took it: under which id, and how far it has come; with `FAILED` the channel's code for why."""

    provider_id: str | None = None
    status: Status = Status.SENT
    error_code: str | None = None


class SendError(Exception):
    """The parcel did not go, or nobody knows. A channel raises one of three kinds; no text, no number in its words."""

    retry_after: float | None = None
    """Seconds from now before which the channel does not want to be asked again."""
    code: str | None = None
    """The channel's own error code."""


class Temporary(SendError):
    """Not now; try again, `retry_after` seconds from now at the earliest if the channel said so."""

    def __init__(self, retry_after: float | None = None, *, code: str | None = None) -> None:
        super().__init__(f"temporary failure {code or ''}".strip())
        self.retry_after = retry_after
        self.code = code


class Permanent(SendError):
    """Never: the number is wrong, blocked, or opted out."""

    def __init__(self, code: str) -> None:
        super().__init__(f"permanent failure {code}")
        self.code = code


class Unknown(SendError):
    """The line broke after the parcel was handed over: it may have gone. `Sender.find` is asked before another try."""

    def __init__(self, retry_after: float | None = None, *, code: str | None = None) -> None:
        super().__init__(f"unknown fate {code or ''}".strip())
        self.retry_after = retry_after
        self.code = code


class NotFoundYet(SendError):
    """The worker's own: an attempt of unknown fate is not at the channel's, and may still get there."""


class Sender(Protocol):
    """A channel."""

    async def send(self, parcel: Parcel) -> SendResult:
        """Bring it. Raises Temporary, Permanent or Unknown."""

    async def find(self, parcel: Parcel, trace: Trace) -> SendResult | None:
        """Whether a parcel of unknown fate went after all; None when it did not. Raises Temporary."""
