"""What is written to the spool, and how it finds its way back."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from api.conversations import repository as conversations
from api.conversations.models import Channel, Conversation
from api.database.engine import Database
from api.reception.arrivals import Arrival, NoSuchConversation, TextSender, WebSender, WrongToken
from api.reception.spool import Spool
from reference.clock import Clock

_log = logging.getLogger(__name__)
_UNFINISHED_KEPT = timedelta(days=1)
TakeIn = Callable[[Arrival], Awaitable[None]]


def note_of(arrival: Arrival) -> dict[str, Any]:
    """A message as a note."""
    sender = arrival.sender
    note: dict[str, Any] = {"channel_id": arrival.channel_id, "text": arrival.text}
    if isinstance(sender, TextSender):
        return note | {"fingerprint": sender.fingerprint, "sealed_number": sender.sealed_number}
    return note | {"conversation_id": str(sender.conversation_id), "token_hash": sender.token_hash}


def note_of_opening(sender: WebSender, page: str | None) -> dict[str, Any]:
    """A webchat that was opened while the database was away, as a note."""
    return {"opened": str(sender.conversation_id), "token_hash": sender.token_hash, "page": page}


async def replay_notes(spool: Spool, database: Database, clock: Clock, take_in: TakeIn) -> int:
    """Take in every note, oldest first. Stops, keeping the rest, when the database fails again."""
    replayed = 0
    for file, note in spool.waiting():
        try:
            if "opened" in note:
                await _open(database, clock, note)
            else:
                await take_in(_arrival(note))
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            _log.warning("the database still takes nothing (%s); the spool waits", type(error).__name__)
            return replayed
        except (NoSuchConversation, WrongToken) as error:
            _log.warning("a spooled message belongs to no conversation (%s)", type(error).__name__)
        spool.done(file)
        replayed += 1
    return replayed


async def _open(database: Database, clock: Clock, note: dict[str, Any]) -> None:
    async with database.write() as session:
        conversation_id = UUID(note["opened"])
        if await conversations.conversation_by_id(session, conversation_id) is None:
            session.add(
                Conversation(
                    id=conversation_id,
                    channel=Channel.WEB.value,
                    token_hash=note["token_hash"],
                    page=note["page"],
                    created_at=clock.now(),
                )
            )


def _arrival(note: dict[str, Any]) -> Arrival:
    if "fingerprint" in note:
        sender: TextSender | WebSender = TextSender(note["fingerprint"], note["sealed_number"])
    else:
        sender = WebSender(UUID(note["conversation_id"]), note["token_hash"])
    return Arrival(sender, note["channel_id"], note["text"])


class SpooledNotes:
    """The notes of one person, for when they are wiped."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def forget(self, conversation_id: UUID, fingerprint: str | None) -> None:
        """Take away what waits of this conversation, or of this number."""
        wanted = str(conversation_id)
        for file, note in self._spool.waiting():
            mine = wanted in (note.get("conversation_id"), note.get("opened"))
            if mine or (fingerprint is not None and note.get("fingerprint") == fingerprint):
                self._spool.done(file)

    def drop_older(self, than: timedelta) -> int:
        """Take away what has waited for longer; what was never whole goes after a day. Says so aloud."""
        dropped = self._spool.drop_older(than, unfinished=min(than, _UNFINISHED_KEPT))
        if dropped:
            _log.error("%s messages were never taken by the database and are too old to keep", dropped)
        return dropped
