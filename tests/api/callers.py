"""People who call, for tests."""

from __future__ import annotations

from uuid import UUID

from api.conversations import repository
from api.conversations import service as conversations
from api.conversations.models import Conversation, Message
from api.database.base import new_id
from api.database.engine import Database
from reference.clock import Clock


async def webchat(database: Database, clock: Clock, **facts: object) -> UUID:
    """A webchat of which these facts are known."""
    async with database.write() as session:
        conversation, _token = await conversations.open_webchat(session, clock=clock)
        for name, value in facts.items():
            await repository.note_fact(session, conversation.id, name, value, now=clock.now())
        return conversation.id


async def phone(database: Database, clock: Clock) -> UUID:
    """A conversation by text with a phone of its own."""
    async with database.write() as session:
        conversation = await conversations.open_text_conversation(
            session, clock=clock, fingerprint=str(new_id()), sealed="sealed"
        )
        return conversation.id


async def write(database: Database, clock: Clock, conversation_id: UUID, text: str, *, level: str = "none") -> Message:
    """The person says something."""
    async with database.write() as session:
        conversation = await repository.conversation_for_change(session, conversation_id)
        assert conversation is not None
        stored = await conversations.store_person_message(
            session,
            conversation,
            text=text,
            channel_id=f"{conversation.last_seq}",
            safety={"level": level, "check": False, "kinds": [], "spans": [], "concepts": []},
            clock=clock,
        )
        return stored.message


async def conversation(database: Database, conversation_id: UUID) -> Conversation:
    """The conversation as it is now."""
    async with database.read() as session:
        found = await repository.conversation_by_id(session, conversation_id)
        assert found is not None
        return found


async def said(database: Database, conversation_id: UUID) -> list[Message]:
    """Everything said in it, in order."""
    async with database.read() as session:
        return list(await repository.messages_after(session, conversation_id))
