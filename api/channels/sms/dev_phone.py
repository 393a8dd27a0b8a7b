"""`/dev/phone`: a phone in the browser, while a stand-in for Twilio on this machine carries the texts."""

from __future__ import annotations

import ipaddress
import json
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, Depends, Path, Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, Field

from api.problems import NotFound
from api.settings import Settings
from api.staff.access import Guard
from reference.paths import project_root
from voice import Voice

FOLDER = project_root() / "web_widget" / "phone"
PEOPLE = {
    "+447700900201": "dev_phone/mother",
    "+447700900202": "dev_phone/released",
    "+441412221234": "dev_phone/landline",
    "+353871234567": "dev_phone/abroad",
}
_TRIES = ("naloxone", "danger", "release", "person", "word", "help", "stop", "start")
_JS_WORDS = {
    "received": "dev_phone/state_received",
    "waiting": "dev_phone/state_waiting",
    "sent": "dev_phone/state_sent",
    "delivered": "dev_phone/state_delivered",
    "failed": "dev_phone/state_failed",
    "part": "dev_phone/part",
    "parts": "dev_phone/parts",
    "picture": "dev_phone/picture",
}
_FILES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
_PATIENCE_SECONDS = 30.0


def texts_are_played(settings: Settings) -> bool:
    """Whether a stand-in on this machine carries the texts: in development only."""
    host = settings.twilio_api_base_url.host or ""
    return settings.environment == "development" and settings.sms_connected and _is_loopback(host)


class DevelopmentOnly(Guard):
    """Lets in a browser on this machine, while texts are played. For everybody else there is nothing here."""

    access = "development"

    async def __call__(self, request: Request) -> None:
        """Raises NotFound. A proxy's word, or another name for this machine, is somebody from outside."""
        settings: Settings = request.app.state.settings
        from_here = request.client is not None and _is_loopback(request.client.host)
        proxied = any(name in request.headers for name in ("forwarded", "x-forwarded-for"))
        if not (texts_are_played(settings) and from_here and _is_loopback(request.url.hostname or "") and not proxied):
            raise NotFound("There is nothing here.")


router = APIRouter(prefix="/dev", include_in_schema=False, dependencies=[Depends(DevelopmentOnly())])
Number = Annotated[str, Path(pattern=r"^\+[1-9]\d{6,14}$")]


class TextWritten(BaseModel):
    """What somebody texts with the phone."""

    body: str = Field(max_length=1600)
    pictures: int = Field(0, ge=0, le=10)


@router.get("/phone")
async def phone(request: Request) -> Response:
    """The phone."""
    return _fresh(_page(request.app.state.voice), "text/html; charset=utf-8")


@router.get("/phone.{kind}")
async def file_of_phone(kind: str) -> Response:
    """Its style and its script."""
    if kind not in _FILES:
        raise NotFound("There is nothing here.")
    return _fresh((FOLDER / f"phone.{kind}").read_text(encoding="utf-8"), _FILES[kind])


@router.get("/phone/texts/{number}")
async def texts_of(number: Number, request: Request) -> Response:
    """Everything on this phone, oldest first."""
    return await _asked(request.app.state.settings, "GET", number)


@router.post("/phone/texts/{number}")
async def text_from(number: Number, written: TextWritten, request: Request) -> Response:
    """This phone texts the service: through the stand-in, signed, by the same webhook as a real text."""
    return await _asked(request.app.state.settings, "POST", f"{number}/texts", written.model_dump())


async def _asked(settings: Settings, method: str, what: str, document: dict[str, Any] | None = None) -> Response:
    address = str(settings.twilio_api_base_url).rstrip("/")
    try:
        async with httpx.AsyncClient(base_url=address, timeout=_PATIENCE_SECONDS, trust_env=False) as http:
            answer = await http.request(method, f"/stand-in/phones/{what}", json=document)
    except httpx.HTTPError:
        return Response(status_code=HTTPStatus.BAD_GATEWAY)
    return Response(answer.content, answer.status_code, media_type="application/json")


def _fresh(content: str, media_type: str) -> Response:
    return Response(content, media_type=media_type, headers={"Cache-Control": "no-store"})


@cache
def _page(voice: Voice) -> str:
    def say(content_id: str) -> str:
        return voice.say(content_id, channel="web").text

    templates = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
    return templates.get_template("phone.html").render(
        say=say,
        people=[{"number": number, "who": say(who)} for number, who in PEOPLE.items()],
        tries=[say(f"dev_phone/try_{name}") for name in _TRIES],
        words=json.dumps({name: say(content_id) for name, content_id in _JS_WORDS.items()}),
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
