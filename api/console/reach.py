"""Whether what an officer writes would reach the person's phone: told before they try to write there."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from api.console.words import ConsoleWords
from api.conversations.holders import holder_of
from api.conversations.models import Author, Channel, Conversation, Message, Status


async def out_of_reach(
    session: AsyncSession, conversation: Conversation | None, messages: Sequence[Message], words: ConsoleWords
) -> str | None:
    """Why a text would not reach them now, in words; None while nothing speaks against it.

    `messages` are the latest of the conversation, oldest first. A text of theirs that came after one that failed shows
    that the phone is on again.
    """
    if conversation is None or conversation.channel != Channel.SMS.value:
        return None
    if conversation.opted_out_at is not None:
        return words("console_reach/stopped")
    holder = await holder_of(session, conversation.id)
    if holder is not None and holder.doubted_at is not None:
        return words("console_reach/another_holder")
    latest = next((one for one in reversed(messages) if one.author == Author.PERSON.value or _has_a_fate(one)), None)
    if latest is None or latest.author == Author.PERSON.value or latest.status != Status.FAILED.value:
        return None
    return words("console_reach/undelivered", why=words(latest.failure) if latest.failure else "")


def _has_a_fate(message: Message) -> bool:
    """Known to have arrived or not, rather than on its way."""
    return message.status in (Status.DELIVERED.value, Status.FAILED.value)
