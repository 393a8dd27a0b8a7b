"""The internal call by which the assistant's actions tell that topics were offered."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from api.conversations.models import Author, Message
from api.conversations.repository import conversation_for_change
from api.corrections import service
from api.corrections.schemas import OfferIn
from api.database.dependencies import clock_of, database_of
from api.database.engine import Database
from api.problems import NotFound, Unprocessable
from api.staff.guards import ServiceOnly
from reference.clock import Clock

router = APIRouter(
    prefix="/internal/v1/conversations/{conversation_id}",
    dependencies=[Depends(ServiceOnly())],
    include_in_schema=False,
)


@router.put("/offer", status_code=HTTPStatus.NO_CONTENT)
async def note_offer(
    conversation_id: UUID,
    offer: OfferIn,
    database: Annotated[Database, Depends(database_of)],
    clock: Annotated[Clock, Depends(clock_of)],
) -> None:
    """Remember what was guessed for a message and what was offered, until its person chooses or says something else."""
    async with database.write() as session:
        if await conversation_for_change(session, conversation_id) is None:
            raise NotFound("No such conversation.")
        message = await session.get(Message, offer.message_id)
        if message is None or message.conversation_id != conversation_id or message.author != Author.PERSON.value:
            raise Unprocessable("message_id is no message of the person in this conversation.")
        await service.offered(
            session,
            clock,
            message=message,
            guessed=[guess.model_dump() for guess in offer.guessed],
            topics=offer.topics,
            model=offer.model,
        )
