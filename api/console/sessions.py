"""Cookies of the console's sessions, and the counter of tries, for every door of it."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from api.console.pages import HOME
from api.settings import Settings
from api.staff import sign_in as signing
from api.staff.models import Stage


def let_in(
    request: Request, signed_in: signing.SignedIn, *, to: str = HOME, response: Response | None = None
) -> Response:
    """Lead on with the session's cookie, or put it on `response`. On the way to a second step it is short-lived."""
    settings: Settings = request.app.state.settings
    answer = response or RedirectResponse(to, HTTPStatus.SEE_OTHER)
    hours = settings.session_hours if signed_in.stage is Stage.OPEN else 1
    signing.set_session_cookie(answer, signed_in, secure=is_secure(request), hours=hours)
    return answer


def attempts_of(request: Request) -> signing.Attempts:
    """The counter of tries to sign in, one an application."""
    attempts: signing.Attempts = request.app.state.sign_in_attempts
    return attempts


def is_secure(request: Request) -> bool:
    """Whether people reach this service by https, where cookies may travel no other way."""
    settings: Settings = request.app.state.settings
    return settings.base_url.startswith("https://") or request.url.scheme == "https"
