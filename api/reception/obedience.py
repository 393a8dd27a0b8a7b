"""Does what the few words ask for that are heard at any time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.holders import noted_holder_of
from api.conversations.models import Author, Conversation
from api.delivery.service import drop_waiting, speak
from api.reception.commands import Command
from api.reception.officers import Officers
from api.reception.repository import WHO_IS_THIS
from api.reception.texting import HELP, HELP_SHUT
from api.reception.work import Work
from api.release_plans import holders
from reference.clock import Clock
from reference.throughcare_answers import Said
from voice import Voice

Erase = Callable[[AsyncSession, Conversation], Awaitable[bool]]
"""Wipes a conversation; tells whether an alert without content stays."""

CONFIRM = "commands/delete_confirm"


class Obedience:
    """Obeys commands, in the transaction that takes the message in."""

    def __init__(
        self, *, officers: Officers, erase: Erase, voice: Voice, clock: Clock, confirms_stop: bool = False
    ) -> None:
        """`confirms_stop`: Twilio does not confirm a STOP, so we do."""
        self._officers = officers
        self._erase = erase
        self._voice = voice
        self._clock = clock
        self._confirms_stop = confirms_stop

    async def obey(self, work: Work, command: Command) -> None:
        """Do it and say so, unless Twilio has said so already."""
        conversation, session, reply_to = work.conversation, work.session, work.message.id
        if command in (Command.STOP, Command.START, Command.HELP):
            words = await self._about_texting(work, command)
            if words is not None:
                await self.say(work, words)
        elif command in (Command.WRONG_NUMBER, Command.WHO_IS_THIS, Command.SAME_HOLDER):
            await self.say(work, await self._about_the_holder(work, command))
        elif command is Command.DELETE:
            conversation.open_question = CONFIRM
            await self.say(work, CONFIRM)
        elif command is Command.DELETE_KEPT:
            conversation.open_question = None
            await self.say(work, "commands/delete_kept")
        elif command is Command.DELETE_CONFIRMED:
            await self._wipe(work)
        elif command is Command.COPY:
            await self.say(work, "privacy_copy/how")
        elif command is Command.PERSON:
            work.replies.extend(await self._officers.asked_for(session, conversation, reply_to=reply_to))
        elif command is Command.LEAVE_QUEUE:
            work.replies.extend(await self._officers.leave(session, conversation, reply_to=reply_to))
        else:
            work.replies.extend(await self._officers.back_to_assistant(session, conversation, reply_to=reply_to))

    async def _about_texting(self, work: Work, command: Command) -> str | None:
        """Obey a word about the texts themselves; what is to be said of it."""
        conversation, session = work.conversation, work.session
        if command is Command.STOP:
            conversation.opted_out_at = self._clock.now()
            await drop_waiting(session, conversation.id)
            await self._officers.texts_stopped(session, conversation)
            return "commands/stopped" if self._confirms_stop and work.arrival.carrier_word is None else None
        if command is Command.START:
            conversation.opted_out_at = None
            return None if work.arrival.carrier_word else "commands/started_again"
        # Whatever Twilio has said to HELP: only these words name 999 and a person.
        return HELP_SHUT if work.bearing.shut else HELP

    async def _about_the_holder(self, work: Work, command: Command) -> str:
        """Somebody else may hold the phone: everything personal rests at once; what is to be said of it."""
        conversation, session, heard_in = work.conversation, work.session, work.message.id
        # No question of the assistant's waits for whoever this is.
        conversation.open_question = None
        if command is Command.SAME_HOLDER:
            await holders.trust(session, conversation.id, message_id=heard_in, clock=self._clock)
            return "check_ins/invitation_taken"
        if command is Command.WRONG_NUMBER:
            holder = await noted_holder_of(session, conversation.id)
            holder.doubted_at = self._clock.now()
            await drop_waiting(session, conversation.id)
        said = Said.WRONG_NUMBER if command is Command.WRONG_NUMBER else Said.WHO
        rests = await holders.doubt(session, conversation.id, said, message_id=heard_in, clock=self._clock)
        if command is Command.WRONG_NUMBER:
            return "sms/wrong_number"
        return holders.ASKS_FOR_OK if rests else WHO_IS_THIS

    async def say(self, work: Work, content_id: str) -> None:
        """Say one text to the person, as the service."""
        conversation = work.conversation
        words = self._voice.say(content_id, channel=conversation.channel, audience=work.heard.audience)
        message = await speak(
            work.session,
            conversation,
            author=Author.SERVICE,
            text=words.text,
            clock=self._clock,
            epoch=conversation.owner_epoch,
            content_id=content_id,
            quick_replies=words.quick_replies,
            reply_to=work.message.id,
        )
        if message is not None:
            work.replies.append(message)

    async def _wipe(self, work: Work) -> None:
        alert_stays = await self._erase(work.session, work.conversation)
        values = {"alert_stays": alert_stays}
        work.farewell = self._voice.say("commands/data_deleted", channel=work.conversation.channel, values=values).text
