"""Takes a message in: danger, storing, the coach, commands, then whoever owns the conversation."""

from __future__ import annotations

import dataclasses
import logging

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from api.coach.decision import NOTHING, AskedAbout, Heard, Move, PassOn
from api.coach.service import Coach
from api.conversations import repository as conversations
from api.conversations.holders import for_this_holder
from api.conversations.models import Conversation, Message, Owner
from api.conversations.repeats import Repeats
from api.conversations.schemas import MessageOut
from api.conversations.service import open_text_conversation, store_person_message
from api.database.engine import Database, after_commit
from api.reception import repository
from api.reception.arrivals import (
    Arrival,
    HeardBefore,
    NoSuchConversation,
    NotStored,
    Received,
    TextSender,
    WebSender,
    WrongToken,
    as_kept,
    unkept,
)
from api.reception.commands import Command, Commands, Situation
from api.reception.models import Purpose, Turn, TurnState
from api.reception.obedience import Erase, Obedience
from api.reception.officers import Officers
from api.reception.spool import Spool
from api.reception.spooling import note_of, note_of_opening, replay_notes
from api.reception.text import has_words
from api.reception.texting import Texting
from api.reception.turns import TurnWorker
from api.reception.work import Work
from api.release_plans import holders
from reference.clock import Clock
from safety.levels import Level
from safety.reading import Reading, SafetyReader
from voice import Voice

STORING_SECONDS = 2.0
"""A database that takes longer has failed: the person must not wait for it."""

_log = logging.getLogger(__name__)
_ORDER = [level.value for level in Level]


class Reception:
    """The one way in for every channel."""

    def __init__(
        self,
        *,
        database: Database,
        reader: SafetyReader,
        coach: Coach,
        commands: Commands,
        officers: Officers,
        erase: Erase,
        repeats: Repeats,
        voice: Voice,
        clock: Clock,
        spool: Spool,
        turns: TurnWorker,
        storing_seconds: float = STORING_SECONDS,
        confirms_stop: bool = False,
    ) -> None:
        """`turns` takes the messages that go to the assistant, once they are committed."""
        self._database = database
        self._reader = reader
        self._coach = coach
        self._commands = commands
        self._officers = officers
        self._obedience = Obedience(
            officers=officers, erase=erase, voice=voice, clock=clock, confirms_stop=confirms_stop
        )
        self._repeats = repeats
        self._texting = Texting(voice, clock)
        self._voice = voice
        self._clock = clock
        self._spool = spool
        self._turns = turns
        self._storing_seconds = storing_seconds

    def read(self, text: str) -> Reading:
        """The safety reading of a message on its own: pure, nothing is kept."""
        return self._reader.read(text)

    async def receive(self, arrival: Arrival) -> Received:
        """Take a message in, once.

        Raises NotStored when the database did not take it (then it is spooled, and the error carries the words for
        the person), NoSuchConversation (HeardBefore for a text that is no new one) and WrongToken.
        """
        plain = self.read(arrival.text)
        try:
            return await self._taken_in(arrival, plain)
        except NoSuchConversation:
            # It may have been opened while the database was away, or, behind a number, wiped this instant.
            if not self._spool and isinstance(arrival.sender, WebSender):
                raise
            await self.replay()
            return await self._taken_in(arrival, plain)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            _log.error("a message could not be stored (%s); it is spooled", type(error).__name__)
            self._keep_for_later(arrival)
            channel = "sms" if isinstance(arrival.sender, TextSender) else "web"
            raise NotStored(plain, self.static_words(arrival.text, channel=channel)) from None

    def keep_opening(self, sender: WebSender, page: str | None) -> None:
        """Keep a webchat that could not be stored until the database answers. Raises OSError if the disk fails too."""
        self._spool.put(note_of_opening(sender, page))

    def static_words(self, text: str, *, channel: str) -> str:
        """What is said when nothing else works: pure, but for the words."""
        reading = self.read(text)
        in_danger = reading.level is Level.EMERGENCY or reading.check
        content_id = "reception/static_emergency" if in_danger else "reception/static_numbers"
        return self._voice.say(content_id, channel=channel).text

    async def replay(self) -> int:
        """Take in what was spooled, oldest first; returns how many found their place. Stops when storing fails."""
        return await replay_notes(self._spool, self._database, self._clock, self._take_in_spooled)

    async def _take_in_spooled(self, arrival: Arrival) -> None:
        await self._taken_in(arrival, self.read(arrival.text))

    async def _taken_in(self, arrival: Arrival, plain: Reading) -> Received:
        return await self._database.in_time(self._stored(arrival, plain), self._storing_seconds)

    async def _stored(self, arrival: Arrival, plain: Reading) -> Received:
        async with self._database.write() as session:
            conversation = await self._conversation(session, arrival)
            if isinstance(arrival.sender, TextSender) and await self._repeats.is_one(session, arrival.channel_id):
                raise HeardBefore
            return await self._considered(session, conversation, arrival, plain)

    async def _conversation(self, session: AsyncSession, arrival: Arrival) -> Conversation:
        sender = arrival.sender
        if isinstance(sender, TextSender):
            standing = await open_text_conversation(
                session, clock=self._clock, fingerprint=sender.fingerprint, sealed=sender.sealed_number
            )
            theirs = await for_this_holder(session, standing, clock=self._clock, channel_id=arrival.channel_id)
            if theirs is not standing:
                await self._repeats.note(session, standing.id)
            found = await conversations.conversation_for_change(session, theirs.id)
        else:
            found = await conversations.conversation_for_change(session, sender.conversation_id)
            if found is not None and found.token_hash != sender.token_hash:
                raise WrongToken
        if found is None:
            raise NoSuchConversation
        return found

    async def _considered(
        self, session: AsyncSession, conversation: Conversation, arrival: Arrival, plain: Reading
    ) -> Received:
        last_heard = conversation.last_person_at
        place = self._coach.place_of(conversation, last_heard=last_heard)
        question = self._coach.question_at(place)
        reading = self._reader.read(arrival.text, question=question) if question else plain
        bearing = await self._texting.take(session, conversation, arrival)
        stored = await store_person_message(
            session,
            conversation,
            text=arrival.text if bearing.kept is None else bearing.kept,
            channel_id=arrival.channel_id,
            safety=as_kept(reading),
            clock=self._clock,
        )
        if not stored.is_new:
            return await self._seen_before(session, stored.message, reading)
        await self._texting.carry_out(session, conversation, bearing)
        facts = {fact.name: fact.value for fact in await conversations.facts_of(session, conversation.id)}
        heard = Heard(arrival.text, reading, plain, facts.get("audience"))
        work = Work(session, conversation, stored.message, heard, place, arrival, facts, bearing)
        await self._answered(work)
        return await self._outcome(work)

    async def _answered(self, work: Work) -> None:
        """Danger first, then commands, then whoever owns the conversation."""
        conversation = work.conversation
        self._raise_level(conversation, work.heard.reading)
        situation = await self._situation(work)
        command = self._commands.read(work.heard.text, situation, carrier_word=work.arrival.carrier_word)
        if command is not None:
            await self._obeyed(work, command)
        elif not await self._coached(work):
            turn = await self._routed(work, work.message)
            if turn is not None:
                await self._begun(work, turn)
        if work.farewell is None:
            in_danger = work.place is not None or work.heard.reading.level is not Level.NONE
            for told in await self._texting.besides(work.session, conversation, work.bearing, in_danger=in_danger):
                await self._obedience.say(work, told)
        self._listened(work)
        await self._officers.person_wrote(work.session, conversation, work.message)

    async def _situation(self, work: Work) -> Situation:
        conversation, reading = work.conversation, work.heard.reading
        last = repository.LastSaid()
        if isinstance(work.arrival.sender, TextSender):
            last = await repository.last_said_to_phone(work.session, conversation.id, before=work.message.seq)
        told_who = last.told_who and await holders.waits_for_ok(work.session, conversation.id)
        return Situation(
            channel=conversation.channel,
            open_question=conversation.open_question,
            opted_out=conversation.opted_out_at is not None,
            in_danger=work.place is not None or reading.level is not Level.NONE or reading.check,
            with_officer=conversation.owner == Owner.OFFICER.value,
            sent_first=last.sent_first,
            told_who=told_who,
            shut=work.bearing.shut,
        )

    # ---- danger

    async def _coached(self, work: Work) -> bool:
        """Let the coach answer; True when the message is done with."""
        conversation, heard = work.conversation, work.heard
        if conversation.owner == Owner.OFFICER.value and conversation.officer_has_spoken:
            await self._warned_once(work)
            return False
        asked = await self._asked_about(work)
        move = self._coach.decide(work.place, heard, AskedAbout.of(asked.text, asked.safety) if asked else NOTHING)
        if move is None:
            conversation.coach_flow = conversation.coach_step = None
            return False
        await self._say_move(work, move)
        if move.location:
            await conversations.note_fact(
                work.session, conversation.id, "location", move.location,
                now=self._clock.now(), message_id=work.message.id, words=move.location,
            )  # fmt: skip
        if move.raises is not None:
            self._raise(conversation, move.raises.value)
            work.replies.extend(
                await self._officers.raise_handoff(
                    work.session, conversation, level=move.raises, reply_to=work.message.id
                )
            )
        if move.pass_on in (PassOn.CHECKED, PassOn.BOTH) and asked is not None:
            await self._let_go_on(work, asked)
        if move.pass_on in (PassOn.THIS, PassOn.BOTH):
            await self._routed(work, work.message)
        return True

    async def _let_go_on(self, work: Work, checked: Message) -> None:
        """Nobody is in danger: the words that raised the question get what they would have got without it."""
        calm = dataclasses.replace(await self._situation(work), in_danger=False)
        command = self._commands.read(checked.text, calm)
        if command is not None:
            await self._obeyed(work, command)
        else:
            await self._routed(work, checked)

    async def _asked_about(self, work: Work) -> Message | None:
        if not self._coach.asks_about_words(work.place):
            return None
        return await repository.last_message_of_danger(work.session, work.conversation.id, before=work.message.seq)

    async def _warned_once(self, work: Work) -> None:
        """An officer is writing with them: the coach is quiet, but a new emergency still hears 999, once."""
        conversation = work.conversation
        conversation.coach_flow = conversation.coach_step = None
        if work.heard.reading.level is not Level.EMERGENCY:
            return
        move = self._coach.alone_line(work.heard)
        if not await repository.said_in_epoch(
            work.session, conversation.id, move.content_ids, conversation.owner_epoch
        ):
            await self._say_move(work, move)

    async def _say_move(self, work: Work, move: Move) -> None:
        work.replies.extend(
            await self._coach.carry_out(work.session, work.conversation, move, reply_to=work.message.id)
        )

    def _raise_level(self, conversation: Conversation, reading: Reading) -> None:
        self._raise(conversation, reading.level.value)

    def _raise(self, conversation: Conversation, level: str) -> None:
        if _ORDER.index(level) > _ORDER.index(conversation.safety):
            conversation.safety = level

    async def _obeyed(self, work: Work, command: Command) -> None:
        if command is Command.ASSISTANT and work.conversation.owner == Owner.ASSISTANT.value:
            await self._routed(work, work.message)
        else:
            await self._obedience.obey(work, command)

    # ---- whoever owns the conversation

    async def _routed(self, work: Work, message: Message) -> Turn | None:
        """To the officer by way of the console, or to the assistant by a turn, which is returned."""
        conversation = work.conversation
        if conversation.owner == Owner.OFFICER.value:
            conversation.open_question = None
            return None
        if conversation.opted_out_at is not None:
            return None
        if work.bearing.answer is not None and (work.bearing.shut or message is work.message):
            await self._obedience.say(work, work.bearing.answer)
            return None
        if not has_words(message.text):
            await self._obedience.say(work, "reception/not_text")
            return None
        heard = None if message is work.message else await repository.turn_of(work.session, message.id)
        if heard is not None:
            # It went to the coach first, and was only listened to.
            await work.session.delete(heard)
            await work.session.flush()
        turn = self._turn(conversation, message, Purpose.ANSWER)
        work.session.add(turn)
        work.awaited.append(message.id)
        return turn

    async def _begun(self, work: Work, turn: Turn) -> None:
        """Let the assistant begin right after the commit, unless an earlier message waits for its answer."""
        with work.session.no_autoflush:
            waits = await repository.answer_owed_before(work.session, turn)
        if not waits:
            work.begun = await self._turns.begin(work.session, work.conversation, work.message, turn, work.facts)

    def _listened(self, work: Work) -> None:
        """What the assistant doesn't answer it listens to, later and quietly, so that nobody repeats their story."""
        message = work.message
        if (
            work.farewell is None
            and work.bearing.answer is None
            and message.id not in work.awaited
            and has_words(message.text)
        ):
            work.session.add(self._turn(work.conversation, message, Purpose.LISTEN))
            after_commit(work.session, self._wake)

    def _turn(self, conversation: Conversation, message: Message, purpose: Purpose) -> Turn:
        return Turn(
            message_id=message.id,
            conversation_id=conversation.id,
            seq=message.seq,
            owner_epoch=conversation.owner_epoch,
            purpose=purpose.value,
            state=TurnState.WAITING.value,
            attempts=0,
            created_at=self._clock.now(),
        )

    # ---- what comes of it

    async def _outcome(self, work: Work) -> Received:
        conversation = work.conversation
        if work.farewell is not None:
            farewell = unkept(work.farewell, seq=work.message.seq + 1, at=self._clock.now())
            return Received(MessageOut.of(work.message), work.heard.reading, [farewell], wiped=True)
        if work.awaited and not work.begun:
            after_commit(work.session, self._wake)
        return Received(
            MessageOut.of(work.message),
            work.heard.reading,
            [MessageOut.of(reply) for reply in work.replies],
            conversation_id=conversation.id,
            awaited=tuple(work.awaited),
        )

    async def _seen_before(self, session: AsyncSession, message: Message, reading: Reading) -> Received:
        awaited = await repository.answer_awaited(session, message.id, states=repository.UNANSWERED)
        return Received(
            MessageOut.of(message),
            reading,
            [MessageOut.of(reply) for reply in await conversations.replies_to(session, message.id)],
            conversation_id=message.conversation_id,
            awaited=(message.id,) if awaited else (),
        )

    async def _wake(self) -> None:
        self._turns.wake()

    # ---- with the database gone

    def _keep_for_later(self, arrival: Arrival) -> None:
        try:
            self._spool.put(note_of(arrival))
        except OSError as error:
            # The person still gets the words; there is nowhere left to keep theirs.
            _log.critical("a message could not be spooled either (%s)", type(error).__name__)
