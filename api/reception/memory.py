"""Keeps what a message told of the person, so that nobody has to say it twice."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from api.assistant.client import Told
from api.conversations import repository as conversations
from api.conversations.models import Conversation
from api.reception import repository
from api.reception.facts import learned_from
from api.reception.models import Purpose, Turn
from api.reception.officers import Officers
from reference.clock import Clock, today_in_scotland


class Memory:
    """Notes facts with the message and the words they stand in."""

    def __init__(self, officers: Officers, clock: Clock) -> None:
        self._officers = officers
        self._clock = clock

    async def note(self, session: AsyncSession, conversation: Conversation, turn: Turn, told: Told) -> None:
        """Keep what this turn's message told and let the queue know; what a later message said already stands.

        `conversation` was read for change in this transaction.
        """
        facts = await repository.facts_with_their_message(session, conversation.id)
        said_since = {fact.name for fact, seq in facts if seq is not None and seq > turn.seq}
        learned = list(
            learned_from(
                told,
                {fact.name: fact.value for fact, _ in facts},
                today=today_in_scotland(self._clock),
                in_passing=turn.purpose == Purpose.LISTEN.value,
            )
        )
        for fact in learned:
            if fact.adds or fact.name not in said_since:
                await conversations.note_fact(
                    session,
                    conversation.id,
                    fact.name,
                    fact.value,
                    now=self._clock.now(),
                    message_id=turn.message_id,
                    words=fact.words,
                )
        if learned or any(fact.message_id == turn.message_id for fact, _ in facts):
            await self._officers.learned(session, conversation)
