"""Does what the few words ask for that are heard at any time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.models import Author, Conversation
from api.delivery.service import drop_waiting, speak
from api.reception.commands import Command
from api.reception.officers import Officers
from api.reception.work import Work
from reference.clock import Clock
from voice import Voice

Erase = Callable[[AsyncSession, Conversation], Awaitable[bool]]
"""Wipes a conversation; tells whether an alert without content stays."""

CONFIRM = "commands/delete_confirm"
_ANSWERED_BY_CARRIERS = (Command.STOP, Command.START, Command.HELP)


class Obedience:
    """Obeys commands, in the transaction that takes the message in."""

    def __init__(self, *, officers: Officers, erase: Erase, voice: Voice, clock: Clock) -> None:
        self._officers = officers
        self._erase = erase
        self._voice = voice
        self._clock = clock

    async def obey(self, work: Work, command: Command) -> None:
        """Do it and say so, unless the carrier has said so already."""
        conversation, session = work.conversation, work.session
        words: str | None = None
        if command is Command.STOP:
            conversation.opted_out_at = self._clock.now()
            await drop_waiting(session, conversation.id)
            words = "commands/stopped"
        elif command is Command.START:
            conversation.opted_out_at = None
            words = "commands/started_again"
        elif command is Command.HELP:
            words = "commands/help"
        elif command is Command.DELETE:
            words = conversation.open_question = CONFIRM
        elif command is Command.DELETE_KEPT:
            conversation.open_question = None
            words = "commands/delete_kept"
        elif command is Command.DELETE_CONFIRMED:
            await self._wipe(work)
        elif command is Command.COPY:
            words = "privacy_copy/how"
        elif command is Command.PERSON:
            work.replies.extend(await self._officers.asked_for(session, conversation, reply_to=work.message.id))
        elif command is Command.LEAVE_QUEUE:
            work.replies.extend(await self._officers.leave(session, conversation, reply_to=work.message.id))
        else:
            work.replies.extend(await self._officers.back_to_assistant(session, conversation, reply_to=work.message.id))
        if words and not (work.arrival.answered_by_carrier and command in _ANSWERED_BY_CARRIERS):
            await self.say(work, words)

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
