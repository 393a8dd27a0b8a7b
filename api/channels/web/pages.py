"""The public pages and the one-line embed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Annotated

import phonenumbers
from fastapi import APIRouter, Depends, Query, Request, Response

from api.channels.web.page_templates import PAGE_FOLDER, PageTemplates
from api.channels.web.services_page import look_up
from api.channels.web.widget_bundle import WIDGET_FOLDER, build_widget
from api.database.dependencies import clock_of
from api.settings import Settings
from api.staff.access import Public
from reference.paths import data_folder
from voice import Voice

router = APIRouter(include_in_schema=False, dependencies=[Depends(Public())])

_HTML = "text/html; charset=utf-8"
_SCRIPT = "text/javascript; charset=utf-8"
_STYLE = "text/css; charset=utf-8"
_DULL_PAGE = "https://www.bbc.co.uk/weather"
_FRESH_FOR = {_HTML: "no-cache", _SCRIPT: "public, max-age=300", _STYLE: "public, max-age=300"}


@dataclass(frozen=True)
class File:
    """Something served as it is. `tag` changes when it does."""

    content: bytes
    media_type: str
    tag: str

    @classmethod
    def of(cls, content: bytes, media_type: str) -> File:
        """A file with the tag of its content."""
        return cls(content, media_type, f'"{hashlib.sha256(content).hexdigest()[:24]}"')


class Pages:
    """Every page and file that the public sees, made once at the start."""

    def __init__(self, voice: Voice, settings: Settings) -> None:
        """Raises voice's errors when a word is missing."""
        self.templates = PageTemplates(voice, demonstration=settings.demonstration, exit_address=_DULL_PAGE)
        widget = build_widget(voice, data_folder() / "coach", demonstration=settings.demonstration)
        self.sms_number = _as_written(settings.sms_number) if settings.sms_number else None
        self.files = {
            "/": File.of(self.templates.render("front.html", sms_number=self.sms_number).encode(), _HTML),
            "/exit": File.of(self.templates.render("exit.html").encode(), _HTML),
            "/overdose": File.of(self.templates.render("overdose.html").encode(), _HTML),
            "/naloxone": File.of(self.templates.render("naloxone.html").encode(), _HTML),
            "/leaving-prison": File.of(self.templates.render("leaving_prison.html").encode(), _HTML),
            "/widget.js": File.of(widget, _SCRIPT),
            "/tokens.css": File.of((WIDGET_FOLDER / "tokens.css").read_bytes(), _STYLE),
            "/page.css": File.of((PAGE_FOLDER / "page.css").read_bytes(), _STYLE),
        }

    def error(self, content_id: str) -> str:
        """The page that says what went wrong."""
        return self.templates.render("error.html", error=content_id)


@router.get("/")
@router.get("/exit")
@router.get("/overdose")
@router.get("/naloxone")
@router.get("/leaving-prison")
@router.get("/widget.js")
@router.get("/tokens.css")
@router.get("/page.css")
async def serve(request: Request) -> Response:
    """A public page or file; an unchanged one is not sent again."""
    pages: Pages = request.app.state.pages
    file = pages.files[request.url.path]
    headers = {"ETag": file.tag, "Cache-Control": _FRESH_FOR[file.media_type]}
    if request.url.path == "/widget.js":
        # Other people's pages load this script: that is what it is for.
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        headers["Access-Control-Allow-Origin"] = "*"
    if request.headers.get("if-none-match") == file.tag:
        return Response(status_code=304, headers=headers)
    return Response(file.content, media_type=file.media_type, headers=headers)


@router.get("/services")
async def services(
    request: Request,
    need: Annotated[str, Query(max_length=40)] = "",
    place: Annotated[str, Query(max_length=400)] = "",
) -> Response:
    """The directory to look through. What somebody searched for is nobody's to keep, not even their browser's."""
    pages: Pages = request.app.state.pages
    found = look_up(need, place, clock=clock_of(request), say=pages.templates.say)
    page = pages.templates.render("services.html", found=found)
    return Response(page, media_type=_HTML, headers={"Cache-Control": "no-store"})


def _as_written(number: str) -> str:
    """A number as people write it here."""
    parsed = phonenumbers.parse(number, "GB")
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL))
