"""A release plan begun by prison staff, with the person's yes: their number is asked once, and nothing is told back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ValidationError

from api.channels.web.pages import Pages
from api.channels.web.signpost import CODE_LENGTH, TRAP, said_in
from api.database.dependencies import clock_of
from api.problems import NotFound, Problem
from api.referrals.door import ReferralDoor, referral_door_of
from api.referrals.schemas import FamilyNumber, is_mobile
from api.referrals.signposting import SignpostingService, SignpostingServices
from api.release_plans.invitations import invite
from api.settings import Settings
from api.staff.access import Public
from reference.clock import today_in_scotland
from reference.prisons import Prison, Prisons

router = APIRouter(prefix="/signpost/plan", include_in_schema=False, dependencies=[Depends(Public())])
SET_BY: Final = "prison"
_WORDS_OF_ERRORS = {
    "phone": "signpost_plan/error_phone",
    "release_date": "signpost_plan/error_release_date",
    "consent": "signpost_plan/error_consent",
}


class PlanIn(BaseModel):
    """What is asked: a mobile number, the day, and their yes. No name."""

    phone: FamilyNumber
    release_date: date
    prison: str = ""
    consent: bool


@dataclass(frozen=True)
class FilledPlan:
    """The form as somebody left it: `errors` are content ids by field, `trouble` is said above it."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str | None = None


@router.get("")
async def look(request: Request, service: Annotated[str, Query(max_length=CODE_LENGTH)] = "") -> Response:
    """The form. Raises NotFound where no texts can be sent."""
    found = SignpostingServices.load().named(service)
    return _page(request, found, FilledPlan({"prison": found.prison or ""} if found else {}))


@router.post("")
async def begin(request: Request, door: Annotated[ReferralDoor, Depends(referral_door_of)]) -> Response:
    """Have the number asked. The answer is the same whether or not it is known here, and for the same number again."""
    form = await request.form()
    service = SignpostingServices.load().named(said_in(form, "service"))
    values = {name: said_in(form, name) for name in PlanIn.model_fields}
    if said_in(form, TRAP):
        return _page(request, service, FilledPlan(values, trouble=_words(door, "signpost/error_machine")), wrong=True)
    errors = {}
    wanted = None
    try:
        wanted = PlanIn.model_validate({**values, "consent": bool(values["consent"])})
    except ValidationError as error:
        errors = {str(each["loc"][0]): _WORDS_OF_ERRORS[str(each["loc"][0])] for each in error.errors()}
    today = today_in_scotland(clock_of(request))
    if not values["consent"]:
        errors["consent"] = _WORDS_OF_ERRORS["consent"]
    if wanted is not None and not is_mobile(wanted.phone):
        errors["phone"] = _WORDS_OF_ERRORS["phone"]
    if wanted is not None and abs((wanted.release_date - today).days) > _AROUND_DAYS:
        errors["release_date"] = _WORDS_OF_ERRORS["release_date"]
    if errors or wanted is None:
        return _page(request, service, FilledPlan(values, errors), wrong=True)
    try:
        await _begun(request, door, wanted)
    except Problem as problem:
        told = problem.detail if problem.status is HTTPStatus.TOO_MANY_REQUESTS else None
        trouble = told or _words(door, "signpost_plan/error_phone")
        return _page(request, service, FilledPlan(values, trouble=trouble), wrong=True)
    return _page(request, service, None)


async def _begun(request: Request, door: ReferralDoor, wanted: PlanIn) -> None:
    address = request.client.host if request.client else ""
    await door.count_number(wanted.phone, address=address)
    prison = Prisons.load().named(wanted.prison) if wanted.prison else None
    async with door.database.write() as session:
        await invite(
            session,
            number=wanted.phone,
            release_date=wanted.release_date,
            prison=prison.name if prison else None,
            set_by=SET_BY,
            numbers=request.app.state.numbers,
            clock=clock_of(request),
        )


_AROUND_DAYS: Final = 366
"""A release further off than this, either way, is a slip of the pen: staff begin a plan when the day is known."""


def _page(
    request: Request, service: SignpostingService | None, filled: FilledPlan | None, *, wrong: bool = False
) -> Response:
    settings: Settings = request.app.state.settings
    if not settings.sms_connected:
        raise NotFound("No texts can be sent, so no plan can be begun for somebody else.")
    pages: Pages = request.app.state.pages
    prisons: list[Prison] = sorted(Prisons.load(), key=lambda prison: prison.title)
    page = pages.templates.render("signpost_plan.html", service=service, filled=filled, prisons=prisons, trap=TRAP)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return Response(
        page, status_code=status, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"}
    )


def _words(door: ReferralDoor, content_id: str) -> str:
    return door.voice.say(content_id, channel="web").text
