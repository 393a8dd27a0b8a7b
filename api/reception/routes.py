"""The internal calls of the assistant's actions."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.requests import HTTPConnection
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import repository as conversations
from api.conversations.models import Author, Conversation, Message
from api.database.engine import Database
from api.problems import NotFound, Unprocessable
from api.reception.officers import Officers, opening_of
from api.reception.requests import Requests
from api.reception.schemas import FactsIn, FactsOut, RequestIn, RequestOut, StandingOut
from api.staff.guards import ServiceOnly
from reference.clock import Clock

router = APIRouter(
    prefix="/internal/v1/conversations/{conversation_id}",
    dependencies=[Depends(ServiceOnly())],
    include_in_schema=False,
)


@dataclass(frozen=True)
class ActionsDoor:
    """The parts behind the internal calls."""

    database: Database
    requests: Requests
    officers: Officers
    clock: Clock


async def actions_door_of(connection: HTTPConnection) -> ActionsDoor:
    """The parts behind the internal calls of this application."""
    door: ActionsDoor = connection.app.state.actions
    return door


Door = Annotated[ActionsDoor, Depends(actions_door_of)]


@router.get("/facts")
async def read_facts(conversation_id: UUID, door: Door) -> FactsOut:
    """What is known of this person's situation."""
    async with door.database.read() as session:
        if await conversations.conversation_by_id(session, conversation_id) is None:
            raise NotFound("No such conversation.")
        facts = await conversations.facts_of(session, conversation_id)
    return FactsOut(facts={fact.name: fact.value for fact in facts})


@router.put("/facts", status_code=HTTPStatus.NO_CONTENT)
async def note_facts(conversation_id: UUID, noted: FactsIn, door: Door) -> None:
    """Remember what the dialogue learned, with the message that it was said in."""
    async with door.database.write() as session:
        await _changed(session, conversation_id)
        message = await _message(session, conversation_id, noted.message_id)
        for name, value in noted.facts.items():
            await conversations.note_fact(
                session, conversation_id, name, value, now=door.clock.now(), message_id=message.id
            )


@router.post("/requests", status_code=HTTPStatus.ACCEPTED)
async def ask(conversation_id: UUID, asked: RequestIn, door: Door) -> RequestOut:
    """Note that this turn asks for a person or a call back; it is done when the turn's replies are stored."""
    async with door.database.write() as session:
        conversation = await _changed(session, conversation_id)
        message = await _message(session, conversation_id, asked.message_id)
        await door.requests.record(
            session, conversation, message.id, kind=asked.kind, reason=asked.reason, skill=asked.skill
        )
        standing = await door.officers.standing(session, conversation)
    return RequestOut(
        standing=StandingOut(
            position=standing.position,
            officers_available=standing.officers_available,
            estimate_minutes=standing.estimate_minutes,
            **opening_of(standing),
        )
    )


async def _changed(session: AsyncSession, conversation_id: UUID) -> Conversation:
    conversation = await conversations.conversation_for_change(session, conversation_id)
    if conversation is None:
        raise NotFound("No such conversation.")
    return conversation


async def _message(session: AsyncSession, conversation_id: UUID, message_id: UUID) -> Message:
    message = await session.get(Message, message_id)
    if message is None or message.conversation_id != conversation_id or message.author != Author.PERSON.value:
        raise Unprocessable("message_id is no message of the person in this conversation.")
    return message
