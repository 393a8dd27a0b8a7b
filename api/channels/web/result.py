"""The result card: what somebody said would help, what their answers came to, and who can help, as a page to keep."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from api.channels.web.dependencies import Door, door_of
from api.channels.web.guard import HoldsToken, Person, checked, conversation_id_from
from api.channels.web.pages import Pages
from api.conversations import repository
from api.conversations.service import hash_token
from api.problems import Problem
from api.staff.access import Guard
from reference.clock import today_in_scotland
from reference.places import Places
from reference.services import NEEDS, Service, ServiceDirectory

router = APIRouter(prefix="/api/v1/conversations/{conversation_id}/result", tags=["webchat"])
_log = logging.getLogger(__name__)

_SERVICES_A_NEED = 3
_PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
_ANSWERS = ("yes", "no", "unsure")
Behind = Annotated[Door, Depends(door_of)]


@dataclass(frozen=True)
class Strain:
    """How many of the things that were asked about weigh a lot."""

    a_lot: int
    asked: int


@dataclass(frozen=True)
class Card:
    """What stands on the card; whatever nobody said is None or empty."""

    on: date
    relation: str | None
    place: str | None
    release_date: date | None
    naloxone_at_home: str | None
    """`yes`, `no` or `unsure`."""
    drinking: Mapping[str, Any] | None
    """`score` (0 to 12) and `worth_a_talk`, only of a set of questions that was answered to the end."""
    using_worried: bool
    using_morning: bool
    strain: Strain | None
    needs: tuple[tuple[str, tuple[Service, ...]], ...]
    """Need codes in the order in which they were said, each with the nearest services."""

    @property
    def told(self) -> bool:
        """Whether there is anything about their situation to show."""
        return any((self.relation, self.place, self.release_date, self.naloxone_at_home))

    @property
    def answered(self) -> bool:
        """Whether any set of questions came to something."""
        return bool(self.drinking or self.using_worried or self.using_morning or self.strain)


class BringsToken(Guard):
    """For a form that opens the card in a tab of its own: a plain form can't set a header, so the token is a field."""

    access = "person"

    async def __call__(
        self, request: Request, conversation_id: str, token: Annotated[str, Form(min_length=1, max_length=200)]
    ) -> Person:
        """The person. Raises NotFound for what is no id; whoever uses this checks the token."""
        return Person(conversation_id_from(request, conversation_id), hash_token(token.strip()))


@router.get("", response_class=Response)
async def show(request: Request, person: Annotated[Person, Depends(HoldsToken())], door: Behind) -> Response:
    """The card as a printable page."""
    return await _page(request, person, door)


@router.post("", response_class=Response)
async def open_in_tab(request: Request, person: Annotated[Person, Depends(BringsToken())], door: Behind) -> Response:
    """The same card, for a form with the field `token`. Somebody looks at the answer, so errors are pages too."""
    try:
        return await _page(request, person, door)
    except Problem as problem:
        gone = problem.status == HTTPStatus.NOT_FOUND
        return _error_page(request, problem.status, "errors/gone" if gone else "errors/wrong_token")
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        _log.error("a result card could not be made: %s", type(error).__name__)
        return _error_page(request, HTTPStatus.SERVICE_UNAVAILABLE, "pages_result/not_now")


def card_from(facts: Mapping[str, Any], *, today: date, directory: ServiceDirectory, places: Places) -> Card:
    """The card of somebody of whom these facts are kept. A value of another shape than agreed is left out."""
    place = _text(facts.get("place"))
    strain = facts.get("strain_check")
    using = facts.get("using_check")
    using = using if isinstance(using, Mapping) else {}
    drinking = facts.get("drinking_check")
    needs = facts.get("needs")
    naloxone = facts.get("naloxone_at_home")
    return Card(
        on=today,
        relation=_text(facts.get("relation")),
        place=places.title(place) if place else None,
        release_date=_day(facts.get("release_date")),
        naloxone_at_home=naloxone if naloxone in _ANSWERS else None,
        drinking=drinking if isinstance(drinking, Mapping) and isinstance(drinking.get("score"), int) else None,
        using_worried=using.get("worried") == "yes",
        using_morning=using.get("morning") == "yes",
        strain=_strain(strain) if isinstance(strain, Mapping) and strain else None,
        needs=tuple(
            (need, tuple(directory.search(need, place)[:_SERVICES_A_NEED]))
            for need in dict.fromkeys(needs if isinstance(needs, list) else ())
            if need in NEEDS
        ),
    )


async def _page(request: Request, person: Person, door: Door) -> Response:
    async with door.database.read() as session:
        conversation = checked(request, await repository.conversation_by_id(session, person.conversation_id), person)
        kept = {fact.name: fact.value for fact in await repository.facts_of(session, conversation.id)}
    card = card_from(kept, today=today_in_scotland(door.clock), directory=ServiceDirectory.load(), places=Places.load())
    pages: Pages = request.app.state.pages
    page = pages.templates.render("result.html", card=card)
    return Response(page, media_type="text/html; charset=utf-8", headers=_PRIVATE)


def _error_page(request: Request, status: HTTPStatus, content_id: str) -> Response:
    pages: Pages = request.app.state.pages
    return Response(
        pages.error(content_id), status, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"}
    )


def _strain(answers: Mapping[str, Any]) -> Strain:
    return Strain(a_lot=sum(answer == "a_lot" for answer in answers.values()), asked=len(answers))


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
