"""To speak to a person is to write a message, and for a phone its outbox row, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import service as conversations
from api.conversations.models import Author, Channel, Conversation, Message, Status
from api.database.engine import announce
from api.delivery import outcomes, repository
from api.delivery.failures import OPTED_OUT, text_rules
from api.delivery.models import OutboxItem
from reference.clock import Clock
from voice import Utterance

ON_CALL = "on_call"
"""The outbox channel of pages to the on-call number."""

IN_A_TALK_FOR = timedelta(hours=24)
"""So long after their last words a person is in a talk with the service: what they get is no text out of the blue."""

_URGENT = "emergency"


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

    A webchat reads its words where they are stored, so they are sent with the commit (decision 9). A text to somebody
    who has stopped the texts is not even tried, unless it answers them: it is kept as failed, and staff see why.
    """
    is_carried = conversation.channel == Channel.SMS.value
    is_stopped = is_carried and conversation.opted_out_at is not None and reply_to is None
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
        status=Status.FAILED if is_stopped else Status.STORED if is_carried else Status.SENT,
        failure=text_rules().failure(OPTED_OUT).says if is_stopped else None,
    )
    if message is not None and is_carried and not is_stopped:
        await _post(session, conversation, message, author=author)
    return message


async def _post(session: AsyncSession, conversation: Conversation, message: Message, *, author: Author) -> None:
    now = message.sent_at
    last_heard = conversation.last_person_at
    in_a_talk = last_heard is not None and now - last_heard < IN_A_TALK_FOR
    urgent = conversation.safety == _URGENT
    if urgent:
        await repository.hasten(session, conversation.id, now)
    session.add(
        OutboxItem(
            conversation_id=conversation.id,
            message_id=message.id,
            seq=message.seq,
            channel=conversation.channel,
            urgent=urgent,
            unprompted=not (urgent or in_a_talk or message.reply_to is not None or author is Author.OFFICER),
            next_attempt_at=now,
            created_at=now,
        )
    )
    announce(session, ParcelWritten())


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
        OutboxItem(
            channel=ON_CALL,
            destination_sealed=sealed_number,
            text=text,
            urgent=True,
            next_attempt_at=now,
            created_at=now,
        )
    )
    await session.flush()
    announce(session, ParcelWritten())


async def note_provider_status(
    session: AsyncSession,
    provider_id: str,
    status: Status | None,
    error_code: str | None = None,
    *,
    clock: Clock,
    parcel_id: UUID | None = None,
) -> bool:
    """Take in what the provider says about a text, in whatever order and however often; False for an unknown one.

    `status` is None for a report that says nothing about how far it came. `parcel_id` is our own mark on the text, as
    the report gives it back: with it a report counts that comes before the answer to the attempt itself.
    """
    return await outcomes.reported(session, provider_id, status, error_code, clock=clock, item_id=parcel_id)


async def drop_waiting(session: AsyncSession, conversation_id: UUID) -> None:
    """Let nothing more go out to somebody who said stop; staff see what did not. Its conversation must be locked."""
    for item in await repository.waiting_for(session, conversation_id):
        await outcomes.dropped(session, item, OPTED_OUT)
