"""Draws the console's pages, and its errors in the same face."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException

from api.console.words import ConsoleWords
from api.problems import Problem
from api.staff.permissions import Verb, may
from reference.paths import project_root
from voice import Voice

HOME: Final = "/console"
SIGN_IN: Final = "/console/sign-in"
ACCOUNT: Final = "/console/account"
SCRIPT_HEADER: Final = "X-Gateside-Script"
"""Sent by the page's own script, which wants to know of a lost session rather than be led to the door."""

_ROOM = Path(str(files("api.console")))
_STATIC = {
    **{path.name: path for path in sorted((_ROOM / "static").iterdir())},
    "tokens.css": project_root() / "web_widget" / "tokens.css",
}
_MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_TROUBLES: dict[int, tuple[str, str]] = {
    401: ("console/sign_in", "console/sign_in_again"),
    403: ("console/not_allowed_title", "console/not_allowed"),
    404: ("console/not_found_title", "console/page_not_found"),
    409: ("console/not_found_title", "console/no_longer_waiting"),
}


@dataclass(frozen=True)
class StaticFile:
    """A file of the console's look or script, ready to be sent."""

    body: bytes
    media_type: str
    version: str

    @property
    def tag(self) -> str:
        """As caches name it."""
        return f'"{self.version}"'


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_ROOM / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(frozen=True)
class Way:
    """A page that somebody may go to; its words are `console/way_<name>`."""

    name: str
    address: str
    verb: Verb


WAYS: Final = (
    Way("desk", HOME, "read_queue"),
    Way("worklist", f"{HOME}/worklist", "read_queue"),
    Way("now", f"{HOME}/now", "read_insight"),
    Way("over_time", f"{HOME}/over-time", "read_insight"),
    Way("held", f"{HOME}/held", "oversee"),
    Way("audit", f"{HOME}/audit", "read_audit"),
    Way("library", f"{HOME}/library", "read_library"),
    Way("staff", f"{HOME}/staff", "manage_staff"),
    Way("account", ACCOUNT, "own_account"),
)


def ways_of(role: str) -> list[Way]:
    """The pages that a role may go to, in the order of the bar."""
    return [way for way in WAYS if may(role, way.verb)]


_templates = Jinja2Templates(env=_environment())
_templates.env.globals["ways_of"] = ways_of


def words_of(request: Request) -> ConsoleWords:
    """The console's words, over the application's voice."""
    voice: Voice = request.app.state.voice
    return ConsoleWords(voice)


def draw(request: Request, template: str, *, status: int = HTTPStatus.OK, **context: Any) -> HTMLResponse:
    """One page. Nothing of the console may be kept by a cache: it holds what people in need wrote."""
    return _templates.TemplateResponse(
        request,
        template,
        {"words": words_of(request), "demonstration": request.app.state.settings.demonstration, **context},
        status_code=status,
        headers={"Cache-Control": "no-store"},
    )


def draw_trouble(request: Request, status: int) -> HTMLResponse:
    """An error as a page in the console's face."""
    words = words_of(request)
    title, detail = _TROUBLES.get(status, ("console/went_wrong_title", "console/went_wrong"))
    if status == HTTPStatus.FORBIDDEN and request.method != "GET":
        # Whose role allows no deed sees no page to do it from, so a refused form is one whose page is out of date.
        title, detail = ("console/page_old_title", "console/page_old")
    link, link_words = (HOME, "console/to_the_queue")
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        link, link_words = (SIGN_IN, "console/sign_in")
    return draw(
        request,
        "trouble.html",
        status=status,
        title=words(title),
        detail=words(detail),
        link=link,
        link_words=words(link_words),
    )


def to_sign_in(request: Request) -> Response:
    """Lead somebody who is not signed in to the door, and back afterwards."""
    if request.headers.get(SCRIPT_HEADER) or request.method != "GET":
        return draw_trouble(request, HTTPStatus.UNAUTHORIZED)
    return RedirectResponse(f"{SIGN_IN}?next={quote(request.url.path)}", HTTPStatus.SEE_OTHER)


def safe_next(wanted: str) -> str:
    """Where to go after signing in: a page of the console, whatever was asked for."""
    is_ours = wanted in {way.address for way in WAYS} or wanted.startswith(f"{HOME}/people/")
    return wanted if is_ours and "\\" not in wanted and "//" not in wanted else HOME


@cache
def static_file(name: str) -> StaticFile | None:
    """A file of the console's look or script by its name; None when there is none."""
    path = _STATIC.get(name)
    if path is None:
        return None
    body = path.read_bytes()
    return StaticFile(body, _MEDIA_TYPES[path.suffix], hashlib.sha256(body).hexdigest()[:16])


def static_address(name: str) -> str:
    """Where a page finds a file of the console's look: an address that changes with the file, so it is asked once."""
    file = static_file(name)
    assert file is not None, f"the console has no file {name}"
    return f"{HOME}/static/{name}?v={file.version}"


_templates.env.globals["static"] = static_address


class ConsoleRoute(APIRoute):
    """A route whose errors are pages in the console's face, and whose lost sessions lead to the door."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's own handler, its errors drawn."""
        answer = super().get_route_handler()

        async def answer_in_our_face(request: Request) -> Response:
            try:
                return await answer(request)
            except Problem as problem:
                status = int(problem.status)
            except HTTPException as error:
                status = error.status_code
            except RequestValidationError:
                status = HTTPStatus.NOT_FOUND if request.method == "GET" else HTTPStatus.UNPROCESSABLE_ENTITY
            if status == HTTPStatus.UNAUTHORIZED:
                return to_sign_in(request)
            return draw_trouble(request, status)

        return answer_in_our_face
