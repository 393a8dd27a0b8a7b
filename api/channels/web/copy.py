"""The copy of everything that is kept, for the person it is about: for programs, and as a page to read."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from api.channels.web.dependencies import Door, door_of
from api.channels.web.guard import HoldsToken, Person, checked
from api.channels.web.pages import Pages
from api.channels.web.result import BringsToken
from api.conversations import repository
from api.conversations.phone_numbers import NumberSafe
from api.privacy.copy import copy_of
from api.privacy.readable import sections
from api.privacy.schemas import CopyOut
from api.problems import Problem

router = APIRouter(prefix="/api/v1/conversations/{conversation_id}/copy", tags=["webchat"])
_log = logging.getLogger(__name__)
_PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
_HTML = "text/html; charset=utf-8"
Behind = Annotated[Door, Depends(door_of)]


@router.get("")
async def copy(
    request: Request, response: Response, person: Annotated[Person, Depends(HoldsToken())], door: Behind
) -> CopyOut:
    """Everything that is kept of the conversation."""
    response.headers["Content-Disposition"] = 'attachment; filename="chat.json"'
    response.headers["Cache-Control"] = "no-store"
    return await _copied(request, person, door)


@router.post("", response_class=Response)
async def open_in_tab(request: Request, person: Annotated[Person, Depends(BringsToken())], door: Behind) -> Response:
    """The same to read, for a form with the field `token`. Somebody looks at the answer, so errors are pages too."""
    pages: Pages = request.app.state.pages
    try:
        kept = await _copied(request, person, door)
    except Problem as problem:
        gone = problem.status == HTTPStatus.NOT_FOUND
        told = "errors/gone" if gone else "errors/wrong_token"
        return Response(pages.error(told), problem.status, media_type=_HTML, headers=_PRIVATE)
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        _log.error("a copy could not be made: %s", type(error).__name__)
        unavailable = HTTPStatus.SERVICE_UNAVAILABLE
        return Response(pages.error("privacy_copy/not_now"), unavailable, media_type=_HTML, headers=_PRIVATE)
    page = pages.templates.render("copy.html", sections=sections(kept, pages.templates.say), file=_as_file(kept))
    return Response(page, media_type=_HTML, headers=_PRIVATE)


async def _copied(request: Request, person: Person, door: Door) -> CopyOut:
    numbers: NumberSafe = request.app.state.numbers
    async with door.database.read() as session:
        conversation = checked(request, await repository.conversation_by_id(session, person.conversation_id), person)
        return await copy_of(session, conversation, numbers)


def _as_file(kept: CopyOut) -> str:
    return json.dumps(kept.model_dump(), default=_plain, ensure_ascii=False, indent=1)


def _plain(value: Any) -> str:
    assert isinstance(value, datetime | UUID) or hasattr(value, "isoformat")
    return str(value)
