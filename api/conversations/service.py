"""The rules of a conversation: messages are numbered once, one owner speaks, nothing is said for an old epoch."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import repository
from api.conversations.models import Author, Channel, Conversation, Message, Owner, Status
from api.conversations.schemas import MessageOut
from api.database.base import new_id
from api.database.engine import announce
from api.live import LiveEvent, conversation_topic
from reference.clock import Clock

FORWARD: dict[Status, tuple[Status, ...]] = {
    Status.STORED: (),
    Status.SENT: (Status.STORED,),
    Status.DELIVERED: (Status.STORED, Status.SENT),
    Status.FAILED: (Status.STORED, Status.SENT),
}
"""For each status, those it may follow. A late or doubled report changes nothing."""


@dataclass(frozen=True)
class Stored:
    """A person's message in the database; `is_new` is False when the channel sent it before."""

    message: Message
    is_new: bool


def hash_token(token: str) -> str:
    """How a random 256-bit token is kept: whoever reads the table cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()


async def open_webchat(session: AsyncSession, *, clock: Clock, page: str | None = None) -> tuple[Conversation, str]:
    """A new webchat and the token that opens it; the token is told once and never kept."""
    token = secrets.token_urlsafe(32)
    conversation = Conversation(
        channel=Channel.WEB.value, token_hash=hash_token(token), page=page, created_at=clock.now()
    )
    session.add(conversation)
    await session.flush()
    return conversation, token


async def open_text_conversation(session: AsyncSession, *, clock: Clock, fingerprint: str, sealed: str) -> Conversation:
    """The conversation of a phone number: the one that stands, or a new one."""
    standing = await repository.conversation_by_number(session, fingerprint)
    if standing is not None:
        return standing
    conversation = Conversation(
        channel=Channel.SMS.value, number_fingerprint=fingerprint, number_sealed=sealed, created_at=clock.now()
    )
    session.add(conversation)
    await session.flush()
    return conversation


async def store_person_message(
    session: AsyncSession,
    conversation: Conversation,
    *,
    text: str,
    channel_id: str,
    safety: dict[str, Any],
    clock: Clock,
) -> Stored:
    """Store what the person said, once: the same `channel_id` again is the same message.

    `conversation` must have been read for change in this transaction.
    """
    known = await repository.message_by_channel_id(session, conversation.id, channel_id)
    if known is not None:
        return Stored(known, is_new=False)
    message = _append(
        session, conversation, clock=clock, author=Author.PERSON, text=text, channel_id=channel_id, safety=safety
    )
    conversation.last_person_at = message.sent_at
    return Stored(message, is_new=True)


async def say(
    session: AsyncSession,
    conversation: Conversation,
    *,
    author: Author,
    text: str,
    clock: Clock,
    epoch: int,
    content_id: str | None = None,
    quick_replies: Sequence[str] = (),
    name: str | None = None,
    reply_to: UUID | None = None,
    channel_id: str | None = None,
    status: Status = Status.STORED,
    failure: str | None = None,
) -> Message | None:
    """Store something said to the person; None when it was said for an epoch that is over.

    `conversation` must have been read for change in this transaction. `channel_id` is unique in the conversation.
    """
    if epoch != conversation.owner_epoch:
        return None
    if author is Author.OFFICER:
        conversation.officer_has_spoken = True
    return _append(
        session,
        conversation,
        clock=clock,
        author=author,
        text=text,
        content_id=content_id,
        quick_replies=list(quick_replies),
        name=name,
        reply_to=reply_to,
        channel_id=channel_id,
        status=status.value,
        failure=failure,
    )


def give_to(
    conversation: Conversation,
    owner: Owner,
    *,
    officer_id: UUID | None = None,
    officer_first_name: str | None = None,
) -> int:
    """Make somebody else the one speaker; returns the new epoch. Words for the old one are dropped from here on."""
    conversation.owner = owner.value
    conversation.owner_epoch += 1
    conversation.officer_id = officer_id
    conversation.officer_first_name = officer_first_name
    conversation.officer_has_spoken = False
    return conversation.owner_epoch


def keep_place(conversation: Conversation, *, in_queue: bool) -> None:
    """Say whether somebody can take this person now: the queue owns them, or else the assistant with a place held.

    The assistant speaks in both, so the epoch stays and what it is about to say is not dropped.
    """
    if conversation.owner != Owner.OFFICER.value:
        conversation.owner = (Owner.QUEUE if in_queue else Owner.ASSISTANT).value


async def move_status(session: AsyncSession, message_id: UUID, status: Status, *, failure: str | None = None) -> bool:
    """Note how far a message has come, and if it failed, why (a content id); False when that was known already."""
    conversation_id = await repository.set_status(
        session, message_id, status.value, only_from=[earlier.value for earlier in FORWARD[status]], failure=failure
    )
    if conversation_id is None:
        return False
    event = {"type": "status", "message_id": str(message_id), "status": status.value}
    if failure is not None:
        event["failure"] = failure
    announce(session, LiveEvent(conversation_topic(conversation_id), event))
    return True


def _append(
    session: AsyncSession, conversation: Conversation, *, clock: Clock, author: Author, text: str, **fields: Any
) -> Message:
    conversation.last_seq += 1
    # Complete without the database: everything that is said in one unit of work goes there in one statement.
    message = Message(
        id=new_id(),
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        author=author.value,
        text=text,
        owner_epoch=conversation.owner_epoch,
        sent_at=clock.now(),
        **{"quick_replies": [], "status": Status.STORED.value, **fields},
    )
    session.add(message)
    event = {"type": "message", "message": MessageOut.of(message).model_dump(mode="json")}
    announce(session, LiveEvent(conversation_topic(conversation.id), event))
    return message
