"""The coach at work in a conversation: where it stands, what it makes of a message, and saying it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.coach.decision import AskedAbout, Heard, Move, ReadAnswer, decide, first_line
from api.coach.flows import FlowBook, Place
from api.conversations.models import Conversation, Message
from api.delivery.service import speak_authored
from reference.clock import Clock
from voice import Voice

FORGETS_AFTER = timedelta(hours=2)
"""A question about danger that nobody answered for so long is closed: tomorrow's message is no answer to it."""


class Coach:
    """Leads somebody through danger, a step a message. Needs the words and the steps, and nothing else."""

    def __init__(self, book: FlowBook, voice: Voice, clock: Clock, read_answer: ReadAnswer) -> None:
        self.book = book
        self._voice = voice
        self._clock = clock
        self._read_answer = read_answer

    def place_of(self, conversation: Conversation, *, last_heard: datetime | None) -> Place | None:
        """Where the coach stands with this person; nowhere after a long silence."""
        if last_heard is not None and self._clock.now() - last_heard > FORGETS_AFTER:
            return None
        if conversation.coach_flow is None or conversation.coach_step is None:
            return self.book.asked_by_assistant(conversation.open_question)
        place = Place(conversation.coach_flow, conversation.coach_step)
        return place if self.book.knows(place) else None

    def question_at(self, place: Place | None) -> str | None:
        """The name of the question that is open there, as the safety reader knows it."""
        return self.book.step(place).question if place else None

    def asks_about_words(self, place: Place | None) -> bool:
        """Whether the open question is about a message just before: is anyone in danger, or the first of the steps."""
        if place is None:
            return False
        flow = self.book.flows[place.flow]
        return flow.level == "check" or (flow.level == "emergency" and place == flow.start)

    def decide(self, place: Place | None, heard: Heard, asked: AskedAbout) -> Move | None:
        """What to do about a message; None when it is not for the coach."""
        return decide(self.book, place, heard, self._read_answer, asked)

    def alone_line(self, heard: Heard) -> Move:
        """The 999 line and nothing more: for a new emergency while an officer is writing with the person."""
        return Move((first_line(self.book, heard),), None)

    async def carry_out(
        self,
        session: AsyncSession,
        conversation: Conversation,
        move: Move,
        *,
        reply_to: UUID | None,
    ) -> Sequence[Message]:
        """Say the move's words as the service and note where the coach now stands.

        `conversation` must have been read for change in this transaction. The question that the assistant had
        open is closed: the next words answer the coach.
        """
        conversation.coach_flow = move.place.flow if move.place else None
        conversation.coach_step = move.place.step if move.place else None
        if move.content_ids:
            conversation.open_question = None
        said = []
        for content_id in move.content_ids:
            words = self._voice.say(content_id, channel=conversation.channel, audience=move.said_for)
            message = await speak_authored(session, conversation, words, clock=self._clock, reply_to=reply_to)
            if message is not None:
                said.append(message)
        return said
