"""The page for staff who meet families: what to say, refer them, or show and print a card. A plain form without script.

It needs no account and keeps nothing of the referrer. The code of a service in its link says where referrals come from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Final
from uuid import uuid4

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from api.channels.web.page_templates import PAGE_FOLDER
from api.channels.web.pages import File, Pages
from api.channels.web.signpost_print import chat_address, chat_code, print_cards, print_leaflet, shown_address
from api.hours.slots import clock_time
from api.problems import Problem
from api.referrals.door import ReferralDoor, referral_door_of
from api.referrals.schemas import About, IfOthersAnswer, PartOfDay, ReferralIn
from api.referrals.service import Receipt, Referrer
from api.referrals.signposting import SignpostingService, SignpostingServices
from api.settings import Settings
from api.staff.access import Public
from reference.clock import SCOTLAND
from reference.places import Places

router = APIRouter(prefix="/signpost", include_in_schema=False, dependencies=[Depends(Public())])
Door = Annotated[ReferralDoor, Depends(referral_door_of)]
CODE_LENGTH: Final = 60
Code = Annotated[str, Query(max_length=CODE_LENGTH)]

TRAP: Final = "website"
"""A box that people don't see and machines fill in."""

_HTML = "text/html; charset=utf-8"
_NEVER_KEPT = {"Cache-Control": "no-store"}
_TICKED = ("text_first", "consent", "tell_me")
_WORDS_OF_ERRORS = {
    "first_name": "signpost/error_first_name",
    "phone": "signpost/error_phone",
    "consent": "signpost/error_consent",
    "worry": "signpost/error_worry",
}


@dataclass(frozen=True)
class Filled:
    """The form as somebody left it: `errors` are content ids by field, `trouble` is said above it."""

    form_id: str
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str | None = None

    def chosen(self, name: str, value: str, otherwise: str = "") -> bool:
        """Whether this choice is the one that is made."""
        return self.values.get(name, otherwise) == value


@dataclass(frozen=True)
class Sent:
    """What is said once it is referred. `day` is an ISO date; with no slot the next free officer rings."""

    now: str | None
    code: str | None
    day: str | None = None
    starts: str | None = None
    ends: str | None = None

    @classmethod
    def of(cls, receipt: Receipt, now: str | None) -> Sent:
        """The receipt in Scottish clock time."""
        if receipt.call_from is None:
            return cls(now, receipt.code)
        day = receipt.call_from.astimezone(SCOTLAND).date().isoformat()
        return cls(now, receipt.code, day, clock_time(receipt.call_from), clock_time(receipt.call_by))


@router.get("")
async def look(request: Request, service: Code = "") -> Response:
    """The page. A code that nobody has is passed over: whoever stands at a door gets the page all the same."""
    return _page(request, SignpostingServices.load().named(service), filled=_fresh())


@router.post("")
async def refer(request: Request, door: Door) -> Response:
    """Take the form; the same form again is the same referral. What is wrong is shown beside what was typed."""
    form = await request.form()
    service = SignpostingServices.load().named(said_in(form, "service"))
    values = {name: said_in(form, name) for name in (*ReferralIn.model_fields, "form_id")}
    form_id = values.pop("form_id") or uuid4().hex
    if said_in(form, TRAP):
        return _again(request, service, Filled(form_id, values, trouble=_words(door, "signpost/error_machine")))
    try:
        wanted = ReferralIn.model_validate(
            {name: value for name, value in values.items() if value} | {name: bool(values[name]) for name in _TICKED}
        )
    except ValidationError as error:
        places = {str(each["loc"][0]) for each in error.errors()}
        in_order = [name for name in ReferralIn.model_fields if name in places]
        errors = {name: _WORDS_OF_ERRORS.get(name, "signpost/error_other") for name in in_order}
        return _again(request, service, Filled(form_id, values, errors))
    address = request.client.host if request.client else ""
    try:
        receipt, _ = await door.take(
            wanted,
            by=Referrer("page", service, key="page"),
            idempotency_key=form_id,
            counted=[(door.limits.by_address, address)],
        )
    except Problem as problem:
        said = (
            problem.detail if problem.status is HTTPStatus.TOO_MANY_REQUESTS else _words(door, "signpost/error_other")
        )
        return _again(request, service, Filled(uuid4().hex, values, trouble=said), status=problem.status)
    return _page(request, service, sent=Sent.of(receipt, door.now(receipt)))


@router.get("/reached")
async def asking(request: Request) -> Response:
    """Where a link that a referrer keeps leads: the code stands behind its #, so that no server sees it here."""
    return _page(request, None, asking=True)


@router.post("/reached")
async def reached(
    request: Request,
    door: Door,
    code: Annotated[str, Form(max_length=40)] = "",
    service: Annotated[str, Form(max_length=CODE_LENGTH)] = "",
) -> Response:
    """Whether a family was reached, for whoever took a code. The code stands in no address."""
    address = request.client.host if request.client else ""
    try:
        said = "signpost/reached_yes" if await door.was_reached(code, address=address) else "signpost/reached_not_yet"
    except Problem as problem:
        return _again(
            request,
            SignpostingServices.load().named(service),
            Filled(uuid4().hex, trouble=problem.detail),
            status=problem.status,
        )
    return _page(request, SignpostingServices.load().named(service), reached=said)


@router.get("/signpost.css")
async def style() -> Response:
    """What the page needs besides the public pages' own style."""
    return _file("signpost.css", "text/css; charset=utf-8")


@router.get("/signpost.js")
async def script() -> Response:
    """Sends the form without leaving the page, and keeps it when the line is gone."""
    return _file("signpost.js", "text/javascript; charset=utf-8")


@router.get("/kept.js")
async def keeping() -> Response:
    """The service worker that keeps the page readable where there is no reception."""
    kept = _file("signpost_kept.js", "text/javascript; charset=utf-8")
    kept.headers["Service-Worker-Allowed"] = "/signpost"
    return kept


@router.get("/code.svg")
async def code(request: Request, service: Code = "") -> Response:
    """The square code that opens the chat."""
    address = chat_address(_settings(request), SignpostingServices.load().named(service))
    return Response(chat_code(address), media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=3600"})


@router.get("/card.pdf")
async def card(request: Request, service: Code = "") -> Response:
    """Cards to print and cut, eight on a page."""
    return _printed(request, service, "card")


@router.get("/leaflet.pdf")
async def leaflet(request: Request, service: Code = "") -> Response:
    """A leaflet to print."""
    return _printed(request, service, "leaflet")


def _page(
    request: Request,
    service: SignpostingService | None,
    *,
    filled: Filled | None = None,
    sent: Sent | None = None,
    reached: str | None = None,
    asking: bool = False,
    status: int = HTTPStatus.OK,
) -> Response:
    pages: Pages = request.app.state.pages
    settings = _settings(request)
    page = pages.templates.render(
        "signpost.html",
        service=service,
        filled=filled,
        sent=sent,
        reached=reached,
        asking=asking,
        choices={
            "when": [part.value for part in PartOfDay],
            "others": [one.value for one in IfOthersAnswer],
            "about": [about.value for about in About],
        },
        areas=[area.title for area in Places.load()],
        trap=TRAP,
        address=shown_address(settings),
        sms_number=pages.sms_number,
        texts=settings.sms_connected,
    )
    return Response(page, status_code=status, media_type=_HTML, headers=_NEVER_KEPT)


def _again(
    request: Request,
    service: SignpostingService | None,
    filled: Filled,
    *,
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> Response:
    return _page(request, service, filled=filled, status=status)


def _fresh() -> Filled:
    return Filled(uuid4().hex)


def said_in(form: FormData, name: str) -> str:
    """What stands in a field of a form; empty for none, and for a file."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def _words(door: ReferralDoor, content_id: str) -> str:
    return door.voice.say(content_id, channel="web").text


def _file(name: str, media_type: str) -> Response:
    file = File.of((PAGE_FOLDER / name).read_bytes(), media_type)
    return Response(
        file.content, media_type=media_type, headers={"ETag": file.tag, "Cache-Control": "public, max-age=300"}
    )


def _printed(request: Request, code: str, kind: str) -> Response:
    pages: Pages = request.app.state.pages
    service = SignpostingServices.load().named(code)
    print_it = print_cards if kind == "card" else print_leaflet
    document = print_it(
        pages.templates.say,
        address=chat_address(_settings(request), service),
        shown=shown_address(_settings(request)),
        sms_number=pages.sms_number,
    )
    headers = {"Content-Disposition": f'inline; filename="{kind}.pdf"', "Cache-Control": "public, max-age=3600"}
    return Response(document, media_type="application/pdf", headers=headers)


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings
