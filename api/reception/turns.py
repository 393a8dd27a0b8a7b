"""The assistant's turns: one of a conversation at a time, in order, several conversations at once, with a deadline.

Beside them it listens to what others answer; that waits for no answer and no answer waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.assistant.client import Answer, Assistant, AssistantFailed
from api.assistant.holding import HOLDING, HOLDING_URGENT, holding_content
from api.conversations import repository as conversations
from api.conversations.models import Author, Conversation, Message, Owner
from api.corrections import service as corrections
from api.database.engine import Database, after_commit, announce
from api.delivery.service import speak, speak_authored
from api.live import LiveEvent
from api.reception import repository
from api.reception.jobs import Job, claimed
from api.reception.listening import Listener
from api.reception.memory import Memory
from api.reception.models import Purpose, Turn, TurnState
from api.reception.requests import Requests
from reference.clock import Clock
from voice import Voice

AT_ONCE = {Purpose.ANSWER: 32, Purpose.LISTEN: 4}
ATTEMPTS = 6
HOLDING_AGAIN_AFTER = timedelta(minutes=1)
_POLL_SECONDS = 0.5
_log = logging.getLogger(__name__)


def turns_topic(conversation_id: UUID) -> str:
    """Where it is told that a turn of this conversation has settled or got its holding answer."""
    return f"turns:{conversation_id}"


class TurnWorker:
    """Takes the turns that wait and has the assistant answer them."""

    def __init__(
        self,
        *,
        database: Database,
        assistant: Assistant,
        requests: Requests,
        memory: Memory,
        voice: Voice,
        clock: Clock,
        deadline_seconds: float,
    ) -> None:
        """After `deadline_seconds` from a message's arrival its holding answer is given."""
        self._database = database
        self._assistant = assistant
        self._requests = requests
        self._memory = memory
        self._listener = Listener(database, assistant, memory, clock)
        self._voice = voice
        self._clock = clock
        self._deadline = deadline_seconds
        self._woken = asyncio.Event()
        self._running: dict[asyncio.Task[bool], Purpose] = {}
        self._at_work = False

    def wake(self) -> None:
        """There may be something to do now."""
        self._woken.set()

    async def begin(
        self,
        session: AsyncSession,
        conversation: Conversation,
        message: Message,
        turn: Turn,
        facts: Mapping[str, Any],
    ) -> bool:
        """Claim a turn in the transaction that makes it, to be taken as soon as that is committed.

        Nobody has to look for it then. Only for a turn that waits for no other; False when it is to be found like any
        other, because this process is not at work or has its hands full.
        """
        if not self._at_work or self._free(Purpose.ANSWER) <= 0:
            return False
        job = await self._claimed(session, conversation, message, turn, facts)

        async def start() -> None:
            if self._at_work:
                self._start(job)

        after_commit(session, start)
        return True

    async def run(self) -> None:
        """Work until cancelled: at once when woken, and by looking now and then."""
        looked_at = float("-inf")
        self._at_work = True
        try:
            while True:
                self._woken.clear()
                now = asyncio.get_running_loop().time()
                look_around = now - looked_at >= _POLL_SECONDS
                looked_at = now if look_around else looked_at
                await _finished_in_any_case(self._look_around() if look_around else self.start_due())
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), timeout=_POLL_SECONDS)
        finally:
            self._at_work = False
            await self._abandon()

    async def _look_around(self) -> None:
        """Find what nobody woke for: turns of a process that died, and people who have waited too long."""
        if await self._anything_open():
            await self.hold_overdue()
            await self.start_due()

    async def _anything_open(self) -> bool:
        async with self._database.read() as session:
            return await repository.anything_open(session)

    async def start_due(self) -> None:
        """Start every turn that may start now."""
        for purpose in await self._due():
            for job in await self._claim(purpose, self._free(purpose)):
                self._start(job)

    async def settle_all(self) -> None:
        """Wait until the turns that have started are over, and those that this lets start."""
        await self.start_due()
        while self._running:
            await asyncio.gather(*self._running)
            await self.start_due()

    async def hold_overdue(self) -> None:
        """Give the holding answer to whoever waits behind a turn that takes long."""
        since = self._clock.now() - timedelta(seconds=self._deadline)
        async with self._database.read() as session:
            overdue = await repository.overdue_turns(session, since=since)
        for message_id in overdue:
            await self._hold(message_id)

    # ---- one turn

    async def _due(self) -> list[Purpose]:
        """For what there is something to take. Looking holds up no writer, and most looks find nothing."""
        now = self._clock.now()
        async with self._database.read() as session:
            return [
                purpose
                for purpose in Purpose
                if self._free(purpose) > 0
                and await repository.next_turns(session, purpose, now=now, limit=1, locked=False)
            ]

    def _start(self, job: Job) -> None:
        task = asyncio.create_task(self._take(job))
        self._running[task] = job.purpose
        task.add_done_callback(self._finished)

    def _free(self, purpose: Purpose) -> int:
        return AT_ONCE[purpose] - list(self._running.values()).count(purpose)

    async def _claim(self, purpose: Purpose, limit: int) -> list[Job]:
        now = self._clock.now()
        jobs = []
        async with self._database.write() as session:
            for turn in await repository.next_turns(session, purpose, now=now, limit=limit):
                if await self._rests(session, turn):
                    continue
                if purpose is Purpose.LISTEN and self._listener.gives_up(turn):
                    continue
                job = await self._job(session, turn)
                if job is not None:
                    jobs.append(job)
        return jobs

    async def _rests(self, session: AsyncSession, turn: Turn) -> bool:
        """Whether a failed turn is left alone for now; it is tried at once when the person writes again."""
        if turn.state != TurnState.HELD.value or turn.attempts == 0:
            return False
        again_at = turn.created_at + timedelta(seconds=self._deadline * 2**turn.attempts)
        return again_at > self._clock.now() and not await repository.has_later_message(session, turn)

    async def _job(self, session: AsyncSession, turn: Turn) -> Job | None:
        conversation = await conversations.conversation_by_id(session, turn.conversation_id)
        message = await session.get(Message, turn.message_id)
        if conversation is None or message is None:
            return None
        officer_came = conversation.owner_epoch != turn.owner_epoch and conversation.owner == Owner.OFFICER.value
        if turn.purpose == Purpose.ANSWER.value and officer_came:
            await self._drop(session, conversation, turn)
            return None
        facts = {fact.name: fact.value for fact in await conversations.facts_of(session, conversation.id)}
        return await self._claimed(session, conversation, message, turn, facts)

    async def _claimed(
        self,
        session: AsyncSession,
        conversation: Conversation,
        message: Message,
        turn: Turn,
        facts: Mapping[str, Any],
    ) -> Job:
        return claimed(
            turn,
            conversation,
            text=await corrections.as_chosen(session, conversation, message.text),
            facts=facts,
            now=self._clock.now(),
            deadline_seconds=self._deadline,
        )

    async def _take(self, job: Job) -> bool:
        """Returns whether another turn may have waited for this one."""
        if job.purpose is Purpose.ANSWER:
            return await self._have_answered(job)
        await self._listener.hear(job.message_id, job.text)
        return False

    async def _have_answered(self, job: Job) -> bool:
        asking = asyncio.create_task(
            self._assistant.turn(
                conversation_id=job.conversation_id, message_id=job.message_id, text=job.text, metadata=job.metadata
            )
        )
        try:
            if not job.held:
                done, _ = await asyncio.wait({asking}, timeout=job.seconds_left)
                if not done:
                    await self._hold(job.message_id)
            answer = await asking
        except AssistantFailed as failure:
            _log.warning("the assistant did not answer a turn: %s", failure)
            await self._failed(job.message_id)
            return True
        else:
            return await self._settle(job.message_id, answer)
        finally:
            asking.cancel()

    async def _settle(self, message_id: UUID, answer: Answer) -> bool:
        """Say the replies if they may still be said, remember what was learned, carry out what was asked for.

        Returns whether anything was said since the message: only then may another turn wait for this one.
        """
        async with self._database.write() as session:
            found = await self._locked(session, message_id)
            if found is None:
                return True
            conversation, turn = found
            spoken_since = conversation.last_seq > turn.seq
            late = turn.state == TurnState.HELD.value
            stopped = conversation.opted_out_at is not None
            wanted = not stopped and not (
                late and await conversations.somebody_spoke_after(session, conversation.id, turn.seq)
            )
            said = wanted and await self._say(session, conversation, turn, answer)
            await corrections.answered(session, conversation, message_id, answer.understood.intent)
            conversation.open_question = answer.open_question if said else None
            await self._memory.note(session, conversation, turn, answer)
            told = [reply.content_id for reply in answer.replies] if said else []
            await self._requests.carry_out(session, conversation, message_id, told=told)
            self._end(session, turn, TurnState.SETTLED if said else TurnState.DROPPED)
        return spoken_since

    async def _say(self, session: AsyncSession, conversation: Conversation, turn: Turn, answer: Answer) -> bool:
        for reply in answer.replies:
            message = await speak(
                session,
                conversation,
                author=Author.ASSISTANT,
                text=reply.text,
                clock=self._clock,
                epoch=turn.owner_epoch,
                content_id=reply.content_id,
                quick_replies=reply.quick_replies,
                reply_to=turn.message_id,
            )
            if message is None:
                return False
        return True

    async def _hold(self, message_id: UUID) -> None:
        """Give the holding answer for a message, once; what its turn asked for is done now."""
        async with self._database.write() as session:
            found = await self._locked(session, message_id)
            if found is None:
                return
            conversation, turn = found
            if turn.state == TurnState.HELD.value:
                return
            turn.state = TurnState.HELD.value
            await self._say_holding(session, conversation, turn)
            await self._requests.carry_out(session, conversation, message_id)
            self._tell(session, turn)

    async def _say_holding(self, session: AsyncSession, conversation: Conversation, turn: Turn) -> None:
        if conversation.opted_out_at is not None:
            return
        since = self._clock.now() - HOLDING_AGAIN_AFTER
        if await repository.said_since(session, conversation.id, (HOLDING, HOLDING_URGENT), since):
            return
        content_id = holding_content(conversation.safety)
        words = self._voice.say(content_id, channel=conversation.channel)
        conversation.open_question = None
        await speak_authored(
            session, conversation, words, clock=self._clock, epoch=turn.owner_epoch, reply_to=turn.message_id
        )

    async def _failed(self, message_id: UUID) -> None:
        """The assistant has no answer: holding words now, another try later, unless the talk has moved on."""
        await self._hold(message_id)
        async with self._database.write() as session:
            found = await self._locked(session, message_id)
            if found is None:
                return
            conversation, turn = found
            turn.claimed_until = None
            if turn.attempts >= ATTEMPTS or await repository.has_later_message(session, turn):
                await self._drop(session, conversation, turn)

    async def _drop(self, session: AsyncSession, conversation: Conversation, turn: Turn) -> None:
        conversation.open_question = None
        await self._requests.carry_out(session, conversation, turn.message_id)
        self._end(session, turn, TurnState.DROPPED)

    async def _locked(self, session: AsyncSession, message_id: UUID) -> tuple[Conversation, Turn] | None:
        """Conversation and turn, in this order of locks; None when the turn is over or wiped."""
        conversation = await repository.conversation_of_turn_for_change(session, message_id)
        turn = await repository.turn_for_change(session, message_id)
        if conversation is None or turn is None or turn.state not in repository.OPEN:
            return None
        return conversation, turn

    def _end(self, session: AsyncSession, turn: Turn, state: TurnState) -> None:
        turn.state = state.value
        turn.claimed_until = None
        turn.settled_at = self._clock.now()
        self._tell(session, turn)

    def _tell(self, session: AsyncSession, turn: Turn) -> None:
        event = {"type": "turn", "message_id": str(turn.message_id)}
        announce(session, LiveEvent(turns_topic(turn.conversation_id), event))

    def _finished(self, task: asyncio.Task[bool]) -> None:
        was_full = self._free(self._running[task]) <= 0
        del self._running[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            # Its claim runs out, and the turn is taken again.
            _log.error("a turn broke off: %s", type(error).__name__)
        elif was_full or (not task.cancelled() and task.result()):
            self.wake()

    async def _abandon(self) -> None:
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


async def _finished_in_any_case(work: Coroutine[Any, Any, None]) -> None:
    """A cancelled worker finishes what it has begun in the database before it goes."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise
