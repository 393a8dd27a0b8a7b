"""Asks what is due, once; asks again where nobody answers; then gives it to officers.

Everything goes by the tables and the clock, in steps that each commit by themselves, so that any number of workers may
do it, and one that dies in the midst leaves nothing undone and nothing done twice:

1. Taken in hand: in a transaction that holds the conversation, the check-in's `act_at` moves on, so that nobody else
   takes it. When the worker dies here, it is taken again at that time.
2. Asked of the assistant, outside any transaction. The same message id gets the same words, however often.
3. Said: in a transaction that holds the conversation, unless somebody has spoken since. The message carries an id made
   from the check-in, which a conversation can hold only once.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from api.assistant.client import Answer, Assistant, AssistantFailed, Reply
from api.conversations import repository as conversations
from api.conversations.models import Author, Channel, Conversation, Status
from api.database.engine import Database
from api.delivery.service import speak
from api.delivery.unprompted import QuietHours
from api.release_plans import repository, service
from api.release_plans.models import CheckIn, ReleasePlan
from api.release_plans.moment import AnotherHolder, not_before
from api.release_plans.transitions import UNANSWERED, PlanState, Reason, State, may_move, move
from reference.clock import Clock
from reference.throughcare import Patience, Schedule
from reference.throughcare_answers import Said, said_back
from voice import Voice

IN_HAND = timedelta(minutes=2)
"""Longer than the assistant's client waits: what was taken in hand before belonged to a worker that died."""
WITHOUT_THE_ASSISTANT_AFTER = 4
"""So often the assistant is asked; then the authored words go out without it."""
TALK_WENT_ON = timedelta(minutes=30)
NO_SECOND_WITHIN = timedelta(hours=12)
"""Nobody is asked again when the next question comes so soon: two in a day are too many."""
INTENT = "check_in_due"
ASKED_BY_THE_CLOCK = "check-in:"
"""What the channel ids of such questions begin with."""
INVITATION = "invitation"
_AT_ONCE = 50
_MOST_TIMES_A_TOPIC = 2
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Errand:
    """A check-in taken in hand. `again`: it was asked before and nobody answered."""

    check_in_id: UUID
    conversation_id: UUID
    kind: str
    topic: str
    day: int
    again: bool
    attempts: int
    last_seq: int
    owner_epoch: int
    metadata: dict[str, Any]

    @property
    def message_id(self) -> UUID:
        """The assistant knows the event by this, however often it is told of it."""
        return uuid5(self.check_in_id, "again") if self.again else self.check_in_id


def channel_id_of(check_in_id: UUID, *, again: bool) -> str:
    """The id of the message that asks: a conversation can hold it once."""
    return f"{ASKED_BY_THE_CLOCK}{check_in_id}:{'again' if again else 'asked'}"


class CheckIns:
    """The clock's duty for release plans."""

    def __init__(self, database: Database, assistant: Assistant, voice: Voice, clock: Clock, quiet: QuietHours) -> None:
        """`quiet`: the hours in which nothing is sent first."""
        self._database = database
        self._assistant = assistant
        self._voice = voice
        self._clock = clock
        self._quiet = quiet
        self._schedule = Schedule.load()

    async def one_round(self) -> int:
        """Do what is due now; returns how many questions were taken in hand."""
        await self.note_what_was_heard()
        async with self._database.read() as session:
            waiting = await repository.to_act_on(session, self._clock.now(), limit=_AT_ONCE)
        taken = 0
        for conversation_id in waiting:
            errand = await self.take(conversation_id)
            if errand is not None:
                taken += 1
                await self.run(errand)
        return taken

    async def note_what_was_heard(self) -> None:
        """Whoever wrote anything after they were asked has answered; whoever stopped the texts is asked no more."""
        async with self._database.read() as session:
            heard = await repository.heard_since_asked(session)
        for conversation_id in heard:
            async with self._database.write() as session:
                conversation = await conversations.conversation_for_change(session, conversation_id)
                plan = await service.plan_of(session, conversation_id)
                if conversation is not None and plan is not None:
                    await self._heard(session, conversation, plan)

    # ---- taking in hand

    async def take(self, conversation_id: UUID) -> Errand | None:
        """Take the one useful question of this conversation in hand; do on the way what needs no words."""
        now = self._clock.now()
        async with self._database.write() as session:
            conversation = await conversations.conversation_for_change(session, conversation_id)
            plan = await service.plan_of(session, conversation_id)
            if conversation is None or plan is None or not await self._heard(session, conversation, plan):
                return None
            check_ins = await repository.check_ins_of(session, conversation_id)
            wanted = self._due(plan, check_ins, now) or await self._unanswered(session, check_ins, now)
            if wanted is None:
                return None
            try:
                later = await not_before(session, conversation, clock=self._clock, quiet=self._quiet)
            except AnotherHolder:
                await service.pause(session, plan, Reason.ANOTHER_HOLDER, clock=self._clock)
                return None
            if later is not None:
                wanted.act_at = later
                return None
            return await self._taken(session, conversation, plan, wanted, check_ins)

    async def _heard(self, session: AsyncSession, conversation: Conversation, plan: ReleasePlan) -> bool:
        """Note what was written since; False when nothing is to be asked any more."""
        if conversation.opted_out_at is not None:
            if plan.state != PlanState.ENDED.value:
                await service.end(session, plan, Reason.STOPPED, clock=self._clock)
            return False
        for check_in in await repository.check_ins_of(session, conversation.id):
            asked, wrote = check_in.asked_at, conversation.last_person_at
            if check_in.state in UNANSWERED and asked is not None and wrote is not None and wrote > asked:
                move(check_in, State.ANSWERED)
                check_in.answered_at = wrote
                if await repository.gravest_since(session, conversation.id, asked) != "none":
                    check_in.answer = "danger"
                doubts = await self._doubts_since(session, conversation, asked)
                if doubts is not None and plan.state != PlanState.ENDED.value:
                    check_in.answer = doubts.value
                    await service.pause(session, plan, Reason.ANOTHER_HOLDER, clock=self._clock)
        return plan.state in (PlanState.ACTIVE.value, PlanState.INVITED.value)

    async def _doubts_since(self, session: AsyncSession, conversation: Conversation, asked: datetime) -> Said | None:
        """Words of theirs that the phone may be another's, where nothing else has read them: it was away, perhaps."""
        if conversation.channel != Channel.SMS.value:
            return None
        texts = await repository.written_since(session, conversation.id, asked)
        return next((said for said in map(said_back, texts) if said in (Said.WHO, Said.WRONG_NUMBER)), None)

    def _due(self, plan: ReleasePlan, check_ins: Sequence[CheckIn], now: datetime) -> CheckIn | None:
        """The one to ask now: the latest that is still useful. The others' time has gone by."""
        kind = INVITATION if plan.state == PlanState.INVITED.value else "check_in"
        due = [one for one in check_ins if one.state == State.PLANNED.value and one.due_at <= now and one.kind == kind]
        useful = [one for one in due if now - one.due_at <= self._patience(one).useful_for]
        wanted = useful[-1] if useful else None
        for check_in in due:
            if check_in is not wanted:
                move(check_in, State.MISSED)
        return wanted if wanted is not None and wanted.act_at <= now else None

    async def _unanswered(self, session: AsyncSession, check_ins: Sequence[CheckIn], now: datetime) -> CheckIn | None:
        """The one to ask again. What was asked twice, or never reached the phone, goes to the officers."""
        for check_in in check_ins:
            if check_in.state not in UNANSWERED or check_in.act_at > now or check_in.kind == INVITATION:
                continue
            unreached = await self._never_arrived(session, check_in)
            if check_in.state != State.ASKED.value or unreached:
                self.give_up(check_in, now)
            elif (following := _planned_soon(check_ins, now)) is not None:
                check_in.act_at = following.due_at + IN_HAND
            else:
                return check_in
        return None

    async def _never_arrived(self, session: AsyncSession, check_in: CheckIn) -> bool:
        asked = channel_id_of(check_in.id, again=False)
        status = await repository.message_status(session, check_in.conversation_id, asked)
        return status == Status.FAILED.value

    def give_up(self, check_in: CheckIn, now: datetime) -> None:
        """Nobody answered: to the officers' list, or let go where it was a free choice."""
        if self._patience(check_in).list_after is None:
            move(check_in, State.MISSED)
            return
        move(check_in, State.WORKLIST)
        check_in.listed_at = now

    async def _taken(
        self,
        session: AsyncSession,
        conversation: Conversation,
        plan: ReleasePlan,
        check_in: CheckIn,
        check_ins: Sequence[CheckIn],
    ) -> Errand | None:
        facts = {fact.name: fact.value for fact in await conversations.facts_of(session, conversation.id)}
        check_in.topic = check_in.topic or self._topic(check_in, check_ins, facts)
        if check_in.topic is None:
            move(check_in, State.MISSED)
            return None
        check_in.attempts += 1
        check_in.act_at = self._clock.now() + IN_HAND
        is_text = conversation.channel == Channel.SMS.value
        return Errand(
            check_in_id=check_in.id,
            conversation_id=conversation.id,
            kind=check_in.kind,
            topic=check_in.topic,
            day=check_in.day,
            again=check_in.state == State.ASKED.value,
            attempts=check_in.attempts,
            last_seq=conversation.last_seq,
            owner_epoch=conversation.owner_epoch,
            metadata={
                "channel": conversation.channel,
                "audience": facts.get("audience"),
                # A phone lies about: what goes out first names nobody.
                "facts": {} if is_text else facts,
                "open_question": None,
            },
        )

    def _topic(self, check_in: CheckIn, check_ins: Sequence[CheckIn], facts: dict[str, Any]) -> str | None:
        """The first topic that is not settled and was not asked twice; None where nothing is left to ask."""
        if check_in.kind == INVITATION:
            return INVITATION
        planned = self._schedule.on_day(check_in.day)
        for name in planned.about if planned else ():
            topic = self._schedule.topics[name]
            before = [one for one in check_ins if one.topic == name and one is not check_in and one.asked_at]
            settled = any(one.answer == "good" for one in before) or (topic.fact and facts.get(topic.fact) == "yes")
            if check_in.day >= 0 or not (settled or len(before) >= _MOST_TIMES_A_TOPIC):
                return name
        return None

    def _patience(self, check_in: CheckIn) -> Patience:
        return self._schedule.patience_on(check_in.day)

    # ---- asking

    async def run(self, errand: Errand) -> bool:
        """Ask; False when it has to wait, because the assistant is away or somebody is speaking."""
        try:
            answer = await self._assistant.trigger(
                conversation_id=errand.conversation_id,
                message_id=errand.message_id,
                intent=INTENT,
                slots={
                    "check_in_answer": None,
                    "check_in": {
                        "id": str(errand.check_in_id),
                        "kind": errand.kind,
                        "topic": errand.topic,
                        "day": errand.day,
                        "again": errand.again,
                    },
                },
                metadata=errand.metadata,
            )
        except AssistantFailed as failure:
            _log.warning("the assistant did not ask a check-in: %s", failure)
            if errand.attempts < WITHOUT_THE_ASSISTANT_AFTER:
                return False
            answer = self._authored(errand)
        return await self._say(errand, answer)

    def _authored(self, errand: Errand) -> Answer:
        content_id = asks_with(self._schedule, errand.kind, errand.topic, again=errand.again)
        words = self._voice.say(
            content_id,
            channel=errand.metadata["channel"],
            audience=errand.metadata["audience"],
            values={"relation": errand.metadata["facts"].get("relation")},
        )
        reply = Reply(content_id=content_id, text=words.text, quick_replies=list(words.quick_replies))
        return Answer(message_id=str(errand.message_id), replies=[reply], open_question=content_id)

    async def _say(self, errand: Errand, answer: Answer) -> bool:
        async with self._database.write() as session:
            conversation = await conversations.conversation_for_change(session, errand.conversation_id)
            plan = await service.plan_of(session, errand.conversation_id)
            check_in = await repository.check_in_of(session, errand.conversation_id, errand.check_in_id)
            if conversation is None or plan is None or check_in is None:
                return False
            to = State.CHASED if errand.again else State.ASKED
            if not await self._heard(session, conversation, plan) or not may_move(check_in, to):
                return False
            if conversation.last_seq != errand.last_seq or conversation.owner_epoch != errand.owner_epoch:
                check_in.act_at = self._clock.now() + TALK_WENT_ON
                return False
            for number, reply in enumerate(answer.replies):
                await speak(
                    session,
                    conversation,
                    author=Author.ASSISTANT,
                    text=reply.text,
                    clock=self._clock,
                    epoch=errand.owner_epoch,
                    content_id=reply.content_id,
                    quick_replies=reply.quick_replies,
                    channel_id=channel_id_of(check_in.id, again=errand.again) if number == 0 else None,
                )
            conversation.open_question = answer.open_question
            self._asked(check_in, to)
            if not errand.again:
                await self._let_go_of_earlier(session, check_in)
        return True

    def _asked(self, check_in: CheckIn, to: State) -> None:
        now, patience = self._clock.now(), self._patience(check_in)
        move(check_in, to)
        if to is State.ASKED:
            check_in.asked_at, check_in.act_at = now, now + patience.ask_again_after
        else:
            check_in.asked_again_at = now
            check_in.act_at = now + (patience.list_after or patience.ask_again_after)

    async def _let_go_of_earlier(self, session: AsyncSession, asked: CheckIn) -> None:
        """The next question has gone out: what is still unanswered before it has been waited for long enough."""
        for check_in in await repository.check_ins_of(session, asked.conversation_id):
            if check_in is not asked and check_in.state in UNANSWERED:
                self.give_up(check_in, self._clock.now())


def _planned_soon(check_ins: Sequence[CheckIn], now: datetime) -> CheckIn | None:
    soon = now + NO_SECOND_WITHIN
    return next((one for one in check_ins if one.state == State.PLANNED.value and one.due_at <= soon), None)


def asks_with(schedule: Schedule, kind: str, topic: str, *, again: bool) -> str:
    """The content that asks: a topic's own, the short second time, or the neutral one for who was invited."""
    if kind == INVITATION:
        return "check_ins/invitation"
    return "check_ins/ask_again" if again else schedule.topics[topic].asks
