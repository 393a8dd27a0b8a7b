"""Errors that a caller may see, as RFC 9457 problem details; what went wrong inside is never told outside."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)


class Problem(Exception):
    """An error with its HTTP status. Raise a subclass; `detail` says what happened, to which thing, what to do now."""

    status: HTTPStatus = HTTPStatus.BAD_REQUEST

    def __init__(self, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        """`more` become further members of the problem document."""
        super().__init__(detail)
        self.detail = detail
        self.headers = dict(headers or {})
        self.more = more


class Unauthorised(Problem):
    """The caller has not shown who they are."""

    status = HTTPStatus.UNAUTHORIZED

    def __init__(self, detail: str, **more: Any) -> None:
        """Say which kind of proof is expected."""
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"}, **more)


class Forbidden(Problem):
    """The caller is known and may not do this."""

    status = HTTPStatus.FORBIDDEN


class NotFound(Problem):
    """There is no such thing, or none that this caller may know of."""

    status = HTTPStatus.NOT_FOUND


class Conflict(Problem):
    """The thing is in a state in which this cannot be done."""

    status = HTTPStatus.CONFLICT


class TooLarge(Problem):
    """More was sent than is taken."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class Unprocessable(Problem):
    """The request was understood and cannot be right."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooMany(Problem):
    """The caller has to wait."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, detail: str, *, retry_after: int, **more: Any) -> None:
        """`retry_after` in seconds."""
        super().__init__(detail, headers={"Retry-After": str(max(1, retry_after))}, **more)


class Unavailable(Problem):
    """Something this service needs does not answer now."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


def problem_response(
    status: int, detail: str | None = None, *, headers: Mapping[str, str] | None = None, **more: Any
) -> JSONResponse:
    """The problem document for a status."""
    document = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": int(status), **more}
    if detail:
        document["detail"] = detail
    return JSONResponse(document, status_code=status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def install_problem_details(app: FastAPI, words: Mapping[int, str] | None = None) -> None:
    """Make every error of this application a problem document.

    `words` says, by status, what a person is told of an error that has no words of its own.
    """
    app.state.problem_words = words or {}
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, http_problem)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(Exception, _unexpected)


async def _problem(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return problem_response(error.status, error.detail, headers=error.headers, **error.more)


async def http_problem(request: Request, error: Exception) -> JSONResponse:
    """The problem document for an error that the framework raised."""
    assert isinstance(error, HTTPException)
    return problem_response(error.status_code, _words(request, error.status_code), headers=error.headers)


async def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return problem_response(status, _words(request, status), errors=_places(error.errors()))


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    # The path may hold an id but never text; the error's own words may hold text, so only its kind is logged.
    _log.error("%s %s failed: %s", request.method, request.url.path, type(error).__name__)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return problem_response(status, _words(request, status))


def _words(request: Request, status: int) -> str | None:
    words: Mapping[int, str] = request.app.state.problem_words
    return words.get(status)


def _places(errors: Sequence[Any]) -> list[dict[str, str]]:
    """Where the request is wrong and how; what was sent stays out, since it may be somebody's words."""
    return [{"at": ".".join(str(part) for part in e["loc"]), "problem": str(e["msg"])} for e in errors]
