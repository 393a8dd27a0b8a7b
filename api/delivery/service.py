"""To speak to a person is to write a message, and for a phone its outbox row, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import service as conversations
from api.conversations.models import Author, Channel, Conversation, Message, Status
from api.database.engine import announce
from api.delivery import repository
from api.delivery.models import OutboxItem, OutboxState
from reference.clock import Clock
from voice import Utterance

ON_CALL = "on_call"
"""The outbox channel of pages to the on-call number."""


@dataclass(frozen=True)
class ParcelWritten:
    """Announced when something new lies in the outbox, so that it goes at once."""


async def speak(
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
) -> Message | None:
    """Say something to the person; None when it was said for an epoch that is over.

    A webchat reads its words where they are stored, so they are sent with the commit (decision 9).
    """
    is_carried = conversation.channel != Channel.WEB.value
    message = await conversations.say(
        session,
        conversation,
        author=author,
        text=text,
        clock=clock,
        epoch=epoch,
        content_id=content_id,
        quick_replies=quick_replies,
        name=name,
        reply_to=reply_to,
        channel_id=channel_id,
        status=Status.STORED if is_carried else Status.SENT,
    )
    if message is not None and is_carried:
        session.add(
            OutboxItem(
                conversation_id=conversation.id,
                message_id=message.id,
                seq=message.seq,
                channel=conversation.channel,
                next_attempt_at=message.sent_at,
                created_at=message.sent_at,
            )
        )
        announce(session, ParcelWritten())
    return message


async def speak_authored(
    session: AsyncSession,
    conversation: Conversation,
    words: Utterance,
    *,
    clock: Clock,
    author: Author = Author.SERVICE,
    epoch: int | None = None,
    reply_to: UUID | None = None,
) -> Message | None:
    """Say a text of the content library, as the service unless told otherwise, in the epoch that is now or in `epoch`.

    None when it was said for an epoch that is over.
    """
    return await speak(
        session,
        conversation,
        author=author,
        text=words.text,
        clock=clock,
        epoch=conversation.owner_epoch if epoch is None else epoch,
        content_id=words.content_id,
        quick_replies=words.quick_replies,
        reply_to=reply_to,
    )


async def page_on_call(session: AsyncSession, *, sealed_number: str, text: str, clock: Clock) -> None:
    """Send the on-call number a text that says nothing about anybody."""
    now = clock.now()
    session.add(
        OutboxItem(channel=ON_CALL, destination_sealed=sealed_number, text=text, next_attempt_at=now, created_at=now)
    )
    await session.flush()
    announce(session, ParcelWritten())


async def note_provider_status(
    session: AsyncSession, provider_id: str, status: Status | None, error_code: str | None = None
) -> bool:
    """Take in what the provider says about a parcel, in whatever order and however often; False for an unknown one.

    `status` is None for a report that says nothing about how far it came.
    """
    item = await repository.item_by_provider_id(session, provider_id)
    if item is None:
        return False
    if status is not None and item.message_id is not None:
        await conversations.move_status(session, item.message_id, status)
    if status is Status.FAILED and item.provider_status != Status.DELIVERED.value:
        item.state, item.error_code = OutboxState.FAILED.value, error_code
    if status is Status.DELIVERED:
        item.provider_status = status.value
    return True
