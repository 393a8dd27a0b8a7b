"""The webchat over plain HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Iterable
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.exc import SQLAlchemyError

from api.channels.web.dependencies import Door, door_of
from api.channels.web.guard import HoldsToken, MayRead, Person, checked, said
from api.channels.web.rates import MESSAGES, OPENINGS
from api.channels.web.schemas import (
    ConversationOut,
    Messages,
    OfficerOut,
    Opened,
    OpenRequest,
    SafetyOut,
    Write,
    Written,
)
from api.conversations import repository
from api.conversations.models import Author
from api.conversations.schemas import MessageOut
from api.conversations.service import hash_token, open_webchat
from api.database.base import new_id
from api.live import conversation_topic
from api.live.events import Event
from api.problems import NotFound, TooLarge, TooMany, Unauthorised, Unavailable, Unprocessable
from api.reception.arrivals import Arrival, NoSuchConversation, NotStored, Received, WebSender, WrongToken
from api.reception.service import STORING_SECONDS
from api.reception.text import LONGEST, readable
from api.reception.turns import turns_topic
from api.referrals.signposting import CARD, SignpostingService, named_on_a_card
from api.staff.access import Public
from safety.levels import Level
from safety.reading import Reading

router = APIRouter(prefix="/api/v1/conversations", tags=["webchat"])
_log = logging.getLogger(__name__)
_PAGE = 200
_holds_token = HoldsToken()
_may_read = MayRead()
_RETRY_AFTER = 60


@router.post("", status_code=HTTPStatus.CREATED, dependencies=[Depends(Public())])
async def open_conversation(
    request: Request, door: Annotated[Door, Depends(door_of)], wanted: OpenRequest | None = None
) -> Opened:
    """Open a webchat; nothing is stored before this. Without a database it opens on the disk alone."""
    if not await door.rates.allows(OPENINGS, request.client.host if request.client else ""):
        raise TooMany(said(request, "errors/too_many"), retry_after=_RETRY_AFTER)
    page = wanted.page if wanted else None
    given_by = named_on_a_card(wanted.card if wanted else None)
    try:
        return await door.database.in_time(_opened(door, page, given_by), STORING_SECONDS)
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        _log.error("a webchat could not be stored (%s); it is spooled", type(error).__name__)
    token, conversation_id = secrets.token_urlsafe(32), new_id()
    try:
        door.reception.keep_opening(WebSender(conversation_id, hash_token(token)), page)
    except OSError:
        words = door.voice.say("reception/static_numbers", channel="web").text
        raise Unavailable(words, replies=[{"text": words}]) from None
    return Opened(id=conversation_id, token=token)


async def _opened(door: Door, page: str | None, given_by: SignpostingService | None) -> Opened:
    async with door.database.write() as session:
        conversation, token = await open_webchat(session, clock=door.clock, page=page)
        if given_by is not None:
            await repository.note_fact(session, conversation.id, CARD, given_by.code, now=door.clock.now())
    return Opened(id=conversation.id, token=token)


@router.post("/{conversation_id}/messages", status_code=HTTPStatus.ACCEPTED)
async def write(
    request: Request,
    person: Annotated[Person, Depends(_holds_token)],
    door: Annotated[Door, Depends(door_of)],
    written: Write,
    wait: Annotated[float, Query(ge=0, le=20)] = 0,
) -> Written:
    """Say something. Returns when it is answered, at once if nobody automatic will, after `wait` seconds at most."""
    text = await _acceptable(request, door, person, readable(written.text))
    arrival = Arrival(WebSender(person.conversation_id, person.token_hash), written.client_id, text)
    topics = (turns_topic(person.conversation_id), conversation_topic(person.conversation_id))
    async with door.live.subscribe(*topics) as events:
        received = await _received(request, door, arrival)
        if received.awaited and wait:
            heard = await _heard_until_settled(events, set(received.awaited), wait)
        else:
            heard = []
    return Written(
        message=received.message,
        safety=SafetyOut.of(received.reading),
        replies=await _said_back(door, received) if heard is None else _together(received, heard),
    )


@router.get("/{conversation_id}/messages")
async def read(
    person: Annotated[Person, Depends(_may_read)],
    door: Annotated[Door, Depends(door_of)],
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> Messages:
    """What was said since message number `after`."""
    async with door.database.read() as session:
        found = await repository.messages_after(session, person.conversation_id, after=after, limit=_PAGE + 1)
    items = [MessageOut.of(message) for message in found[:_PAGE]]
    return Messages(items=items, next=items[-1].seq if len(found) > _PAGE else None)


@router.get("/{conversation_id}")
async def look(
    request: Request, person: Annotated[Person, Depends(_holds_token)], door: Annotated[Door, Depends(door_of)]
) -> ConversationOut:
    """Who has the conversation now."""
    return await state_of(request, door, person)


@router.delete("/{conversation_id}", status_code=HTTPStatus.NO_CONTENT)
async def wipe(
    request: Request, person: Annotated[Person, Depends(_holds_token)], door: Annotated[Door, Depends(door_of)]
) -> None:
    """Wipe the conversation, everywhere. During an open emergency staff keep an alert without content."""
    async with door.database.write() as session:
        conversation = checked(
            request, await repository.conversation_for_change(session, person.conversation_id), person
        )
        await door.erase(session, conversation)


async def state_of(request: Request, door: Door, person: Person) -> ConversationOut:
    """The conversation as its person may see it."""
    async with door.database.read() as session:
        conversation = checked(request, await repository.conversation_by_id(session, person.conversation_id), person)
        position = await door.officers.position(session, conversation.id)
    return ConversationOut.model_validate(
        {
            "id": conversation.id,
            "channel": conversation.channel,
            "owner": conversation.owner,
            "officer": OfficerOut(first_name=conversation.officer_first_name)
            if conversation.officer_first_name
            else None,
            "position": position,
            "safety": conversation.safety,
        }
    )


async def _acceptable(request: Request, door: Door, person: Person, text: str) -> str:
    """The text to take in. Raises Unprocessable, TooLarge, TooMany, but never for a message that speaks of danger."""
    if not text:
        raise Unprocessable(said(request, "reception/empty_message"))
    allowed = await door.rates.allows(MESSAGES, person.token_hash)
    too_long = len(text) > LONGEST
    if (allowed and not too_long) or _may_be_danger(door.reception.read(text)):
        return text[:LONGEST]
    if too_long:
        raise TooLarge(said(request, "reception/too_long"))
    raise TooMany(said(request, "errors/too_many"), retry_after=_RETRY_AFTER)


def _may_be_danger(reading: Reading) -> bool:
    return reading.level is not Level.NONE or reading.check


async def _received(request: Request, door: Door, arrival: Arrival) -> Received:
    try:
        return await door.reception.receive(arrival)
    except NotStored as failure:
        # The widget shows the words and sends again under the same id until the message is taken.
        raise Unavailable(
            failure.words,
            replies=[{"text": failure.words}],
            safety=SafetyOut.of(failure.reading).model_dump(mode="json"),
        ) from None
    except NoSuchConversation:
        raise NotFound(said(request, "errors/gone")) from None
    except WrongToken:
        raise Unauthorised(said(request, "errors/wrong_token")) from None


async def _heard_until_settled(
    events: AsyncIterator[tuple[str, Event]], awaited: set[UUID], seconds: float
) -> list[MessageOut] | None:
    """What is said until every awaited turn has settled; None when that took too long or something was missed."""
    heard: list[MessageOut] = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            async for _topic, event in events:
                if event["type"] == "message":
                    heard.append(MessageOut.model_validate(event["message"]))
                elif event["type"] == "turn":
                    awaited.discard(UUID(event["message_id"]))
                    if not awaited:
                        return heard
                elif event["type"] in ("resync", "wiped"):
                    return None
    return None


async def _said_back(door: Door, received: Received) -> list[MessageOut]:
    """What the assistant and the service have said since the message, as it is stored."""
    if received.conversation_id is None:
        return received.replies
    try:
        async with door.database.read() as session:
            since = await repository.messages_after(session, received.conversation_id, after=received.message.seq)
    except (SQLAlchemyError, OSError):
        return received.replies
    return _of_the_service(MessageOut.of(message) for message in since)


def _together(received: Received, heard: Iterable[MessageOut]) -> list[MessageOut]:
    """What was said with the message's own commit and what was heard after it, each once and in order."""
    since = {message.seq: message for message in (*received.replies, *heard) if message.seq > received.message.seq}
    return _of_the_service(since[seq] for seq in sorted(since))


def _of_the_service(messages: Iterable[MessageOut]) -> list[MessageOut]:
    spoken = (Author.ASSISTANT.value, Author.SERVICE.value)
    return [message for message in messages if message.author in spoken]
