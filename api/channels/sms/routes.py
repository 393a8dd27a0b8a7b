"""Twilio's webhooks: a text came in, a sent text moved on, or the first webhook failed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.requests import HTTPConnection
from twilio.twiml.messaging_response import MessagingResponse

from api.channels.sms.answers import message_status
from api.channels.sms.guard import Fields, TwilioSigned
from api.channels.sms.inward import arrival_of
from api.channels.sms.sender import PARCEL
from api.conversations.phone_numbers import NotAPhoneNumber, NumberSafe
from api.database.dependencies import clock_of
from api.database.engine import Database
from api.delivery import service as delivery
from api.problems import Unprocessable
from api.reception.arrivals import HeardBefore, NotStored
from api.reception.service import Reception
from reference.clock import Clock

router = APIRouter(prefix="/webhooks/twilio", include_in_schema=False)
_log = logging.getLogger(__name__)
_signed = TwilioSigned()


@dataclass(frozen=True)
class TextDoor:
    """The parts behind the texts."""

    database: Database
    reception: Reception
    numbers: NumberSafe


async def text_door_of(connection: HTTPConnection) -> TextDoor:
    """The parts behind the texts of this application."""
    door: TextDoor = connection.app.state.texts
    return door


@router.post("/messages")
async def text_came_in(
    fields: Annotated[Fields, Depends(_signed)], door: Annotated[TextDoor, Depends(text_door_of)]
) -> Response:
    """Take a text in, once by its MessageSid. Answers go out by the outbox; only when storing failed, in here."""
    try:
        received = await door.reception.receive(arrival_of(fields, door.numbers))
    except NotStored as failure:
        return _twiml(failure.words)
    except HeardBefore:
        return _twiml()
    except NotAPhoneNumber:
        # A short code, a name, or no number at all: no person can be answered there, and nothing is kept.
        _log.warning("a text came from something that is no phone number")
        return _twiml()
    return _twiml(*(reply.text for reply in received.replies if received.wiped))


@router.post("/fallback")
async def first_webhook_failed(
    fields: Annotated[Fields, Depends(_signed)], door: Annotated[TextDoor, Depends(text_door_of)]
) -> Response:
    """Try the same text again; if that fails too, whatever it is, say the words that need nothing behind them."""
    try:
        return await text_came_in(fields, door)
    except Exception as error:
        _log.error("the fallback failed as well: %s", type(error).__name__)
        return _twiml(door.reception.static_words(fields.get("Body", ""), channel="sms"))


@router.post("/status")
async def text_moved_on(
    fields: Annotated[Fields, Depends(_signed)],
    door: Annotated[TextDoor, Depends(text_door_of)],
    clock: Annotated[Clock, Depends(clock_of)],
    parcel: Annotated[str, Query(alias=PARCEL)] = "",
) -> Response:
    """Note how far a sent text has come. Reports come late, doubled, out of order, and before we know the text."""
    sid, status = fields.get("MessageSid", ""), fields.get("MessageStatus", "")
    if not sid or not status:
        raise Unprocessable("MessageSid and MessageStatus are needed.")
    error_code = fields.get("ErrorCode") or None
    async with door.database.write() as session:
        await delivery.note_provider_status(
            session, sid, message_status(status), error_code, clock=clock, parcel_id=_parcel_id(parcel)
        )
    return _twiml()


def _parcel_id(marked: str) -> UUID | None:
    try:
        return UUID(marked)
    except ValueError:
        return None


def _twiml(*words: str) -> Response:
    answer = MessagingResponse()
    for text in words:
        answer.message(text)
    return Response(str(answer), media_type="text/xml; charset=utf-8")
