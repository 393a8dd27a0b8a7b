"""Listens to what the coach or an officer answers: only for what it tells of the person; nothing is said."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from api.assistant.client import Assistant, AssistantFailed
from api.database.engine import Database
from api.reception import repository
from api.reception.memory import Memory
from api.reception.models import Purpose, Turn, TurnState
from reference.clock import Clock

TRIES = 10
FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(seconds=20)
"""Between tries, doubling: an assistant that is started anew is back within a minute, and an officer may be waiting."""

_log = logging.getLogger(__name__)


class Listener:
    """Has a message understood and notes what it told. What can't be heard in a few tries is let go."""

    def __init__(self, database: Database, assistant: Assistant, memory: Memory, clock: Clock) -> None:
        self._database = database
        self._assistant = assistant
        self._memory = memory
        self._clock = clock

    async def hear(self, message_id: UUID, text: str) -> None:
        """Listen to one message, whose turn was claimed."""
        try:
            told = await self._assistant.understand(text)
        except AssistantFailed as failure:
            _log.info("the assistant could not listen: %s", failure)
            told = None
        async with self._database.write() as session:
            conversation = await repository.conversation_of_turn_for_change(session, message_id)
            turn = await repository.turn_for_change(session, message_id)
            if conversation is None or turn is None or not _is_listening(turn):
                return
            if told is not None:
                await self._memory.note(session, conversation, turn, told)
                self._end(turn, TurnState.SETTLED)
            elif not self.gives_up(turn):
                turn.state = TurnState.WAITING.value
                turn.claimed_until = self._clock.now() + min(FIRST_REST * 2 ** (turn.attempts - 1), LONGEST_REST)

    def gives_up(self, turn: Turn) -> bool:
        """Whether it was tried often enough; if so, it is over."""
        if turn.attempts < TRIES:
            return False
        self._end(turn, TurnState.DROPPED)
        return True

    def _end(self, turn: Turn, state: TurnState) -> None:
        turn.state, turn.claimed_until, turn.settled_at = state.value, None, self._clock.now()


def _is_listening(turn: Turn) -> bool:
    """Not when the assistant has to answer the message after all, or somebody else has listened."""
    return turn.purpose == Purpose.LISTEN.value and turn.state in repository.OPEN
