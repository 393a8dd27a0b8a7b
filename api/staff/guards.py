"""Who stands before a route: a member of staff with the right to it, or one of our own processes."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Request
from fastapi.requests import HTTPConnection

from api.database.dependencies import clock_of, database_of
from api.keys import Keys
from api.problems import Forbidden, Unauthorised
from api.settings import Settings
from api.staff import repository
from api.staff.access import Guard
from api.staff.models import Staff, StaffSession, Stage
from api.staff.permissions import Verb, may
from api.staff.service import hash_secret
from api.staff.sign_in import COOKIE

CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf_token"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True)
class CurrentStaff:
    """Who is asking. `session_id` and `csrf_token` stand only where a browser is signed in."""

    id: UUID
    name: str
    first_name: str
    role: str
    via: Literal["session", "token"]
    session_id: UUID | None = None
    csrf_token: str | None = None
    stage: str = Stage.OPEN.value


class StaffMay(Guard):
    """Lets in a member of staff whose role may do `verb`, by session cookie or bearer token.

    A bearer token counts alone when one is sent. With a cookie, a request that changes things must come from our
    own pages (Sec-Fetch-Site or Origin) and carry the session's CSRF token.
    """

    def __init__(self, verb: Verb) -> None:
        """`verb` is one of `api.staff.permissions.Verb`."""
        self.verb = verb
        self.access = f"staff:{verb}"

    async def __call__(self, connection: HTTPConnection) -> CurrentStaff:
        """Who is asking. Raises Unauthorised, Forbidden."""
        staff = await who_is(connection)
        if staff is None:
            raise Unauthorised("Sign in first, or send a staff token.")
        if staff.via == "session":
            await _refuse_other_sites(connection, staff)
        if not may(staff.role, self.verb):
            raise Forbidden(f"Your role ({staff.role}) may not do this.")
        return staff


class OnTheWayIn(Guard):
    """Lets in whoever gave the right password in this browser and stands at one of these stages of signing in."""

    access = "second_step"

    def __init__(self, *stages: Stage) -> None:
        """`stages` at which the route serves; `open` too where it is for people who are in."""
        self.stages = stages

    async def __call__(self, connection: HTTPConnection) -> CurrentStaff:
        """Who is asking. Raises Unauthorised, Forbidden."""
        cookie = connection.cookies.get(COOKIE)
        staff = await _by_cookie(connection, cookie, self.stages) if cookie else None
        if staff is None:
            raise Unauthorised("Sign in with your password first.")
        await _refuse_other_sites(connection, staff)
        return staff


class ServiceOnly(Guard):
    """Lets in our own processes, by the service token."""

    access = "service"

    async def __call__(self, connection: HTTPConnection) -> None:
        """Raises Unauthorised."""
        keys: Keys = connection.app.state.keys
        if not hmac.compare_digest((_bearer(connection) or "").encode(), keys.service_token.encode()):
            raise Unauthorised("This call is for the service's own processes.")


async def who_is(connection: HTTPConnection) -> CurrentStaff | None:
    """The member of staff behind a request, or None; says nothing yet about what they may do."""
    token = _bearer(connection)
    if token is not None:
        return await _by_token(connection, token)
    cookie = connection.cookies.get(COOKIE)
    return await _by_cookie(connection, cookie, (Stage.OPEN,)) if cookie else None


async def _by_token(connection: HTTPConnection, token: str) -> CurrentStaff | None:
    async with database_of(connection).read() as session:
        found = await repository.token_by_hash(session, hash_secret(token))
    if found is None or found[0].revoked_at is not None:
        return None
    return _current(found[1])


async def _by_cookie(connection: HTTPConnection, cookie: str, stages: tuple[Stage, ...]) -> CurrentStaff | None:
    async with database_of(connection).read() as session:
        found = await repository.session_by_token_hash(session, hash_secret(cookie))
    if found is None or found[0].expires_at <= clock_of(connection).now() or found[0].stage not in stages:
        return None
    return _current(found[1], found[0])


def _current(staff: Staff, session: StaffSession | None = None) -> CurrentStaff | None:
    if not staff.active:
        return None
    return CurrentStaff(
        id=staff.id,
        name=staff.name,
        first_name=staff.first_name,
        role=staff.role,
        via="session" if session else "token",
        session_id=session.id if session else None,
        csrf_token=session.csrf_token if session else None,
        stage=session.stage if session else Stage.OPEN.value,
    )


def _bearer(connection: HTTPConnection) -> str | None:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


async def _refuse_other_sites(connection: HTTPConnection, staff: CurrentStaff) -> None:
    is_socket = connection.scope["type"] == "websocket"
    if not is_socket and connection.scope["method"] in _SAFE_METHODS:
        return
    if not _from_our_pages(connection):
        raise Forbidden("This request did not come from the console's own pages.")
    # A socket's handshake cannot carry the token; it changes nothing by itself.
    if not is_socket and not hmac.compare_digest(
        (await _csrf_sent(connection)).encode(), (staff.csrf_token or "").encode()
    ):
        raise Forbidden("The page is out of date. Load it again.")


def _from_our_pages(connection: HTTPConnection) -> bool:
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = connection.headers.get("origin")
    if origin is None:
        return True
    settings: Settings = connection.app.state.settings
    return urlsplit(origin).netloc in {connection.headers.get("host"), urlsplit(settings.base_url).netloc}


async def _csrf_sent(connection: HTTPConnection) -> str:
    header = connection.headers.get(CSRF_HEADER)
    if header is not None:
        return header
    if isinstance(connection, Request) and connection.headers.get("content-type", "").startswith(_FORMS):
        return str((await connection.form()).get(CSRF_FIELD, ""))
    return ""
