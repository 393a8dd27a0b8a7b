"""Who may use a webchat's calls: whoever holds its token."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request
from fastapi.requests import HTTPConnection

from api.conversations import repository
from api.conversations.models import Conversation
from api.conversations.service import hash_token
from api.database.dependencies import database_of
from api.problems import NotFound, Unauthorised
from api.staff.access import Guard
from voice import Voice


@dataclass(frozen=True)
class Person:
    """Somebody with a token for a conversation."""

    conversation_id: UUID
    token_hash: str


class HoldsToken(Guard):
    """Takes the token as it stands: whoever uses this checks it in the transaction that it works in."""

    access = "person"

    async def __call__(self, request: Request, conversation_id: str) -> Person:
        """The person. Raises Unauthorised without a token and NotFound for what is no id."""
        return _person(request, conversation_id)


class MayRead(HoldsToken):
    """Has checked that the token opens this conversation."""

    async def __call__(self, request: Request, conversation_id: str) -> Person:
        """The person. Raises Unauthorised for a wrong token and NotFound for a conversation that isn't there."""
        person = _person(request, conversation_id)
        async with database_of(request).read() as session:
            checked(request, await repository.conversation_by_id(session, person.conversation_id), person)
        return person


class TellsTokenFirst(Guard):
    """For the socket, whose first frame carries the token: a browser can't send it earlier."""

    access = "person"

    async def __call__(self) -> None:
        """Let the handshake happen; nothing is told before the token was."""


def checked(connection: HTTPConnection, conversation: Conversation | None, person: Person) -> Conversation:
    """The conversation, if it is there and the token opens it. Raises NotFound and Unauthorised."""
    if conversation is None:
        raise NotFound(said(connection, "errors/gone"))
    if not opens(conversation, person.token_hash):
        raise Unauthorised(said(connection, "errors/wrong_token"))
    return conversation


def opens(conversation: Conversation, token_hash: str) -> bool:
    """Whether the token opens the conversation."""
    return hmac.compare_digest(conversation.token_hash or "", token_hash)


def said(connection: HTTPConnection, content_id: str) -> str:
    """The words of an error."""
    voice: Voice = connection.app.state.voice
    return voice.say(content_id, channel="web").text


def conversation_id_from(connection: HTTPConnection, text: str) -> UUID:
    """The id in a path. Raises NotFound for what is no id."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(said(connection, "errors/gone")) from None


def _person(request: Request, conversation_id: str) -> Person:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorised(said(request, "errors/wrong_token"))
    return Person(conversation_id_from(request, conversation_id), hash_token(token.strip()))
