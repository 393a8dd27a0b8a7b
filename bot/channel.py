"""The way in: the service hands over what a person said and gets the assistant's answer back.

Faces loopback or a private network only, and asks for the service token all the same. It never writes a person's
words anywhere but into the tracker store.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.service_token import service_token
from bot.turn import Heard, NothingToSayError, Triggered, TurnTaker, UnknownIntentError

_log = logging.getLogger("gateside.bot")

_CHANNELS = ("web", "sms")
_AUDIENCES = ("family", "self", "worker", None)

Handler = Callable[[Request], Awaitable[HTTPResponse]]


class BadTurnError(ValueError):
    """The body isn't a turn; the message says what is missing."""


class GatesideChannel(InputChannel):
    """`turn`, `trigger`, `understand`, `forget` and `health` under `/webhooks/gateside`."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._turns: TurnTaker | None = None

    @classmethod
    def name(cls) -> str:
        """The channel's name and path."""
        return "gateside"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> GatesideChannel:
        """The channel with this installation's service token."""
        return cls(service_token())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes. `on_new_message`, Rasa's own way in, is not used: it swallows failures."""
        routes = Blueprint("gateside")

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            ready = _processor(request) is not None
            return json({"status": "ok"}) if ready else _problem(503, "The model is not loaded yet")

        @routes.post("/turn")
        @self._guarded
        async def turn(request: Request) -> HTTPResponse:
            return json((await self._taker(request).hear(_heard(request.json))).as_json())

        @routes.post("/trigger")
        @self._guarded
        async def trigger(request: Request) -> HTTPResponse:
            return json((await self._taker(request).happen(_triggered(request.json))).as_json())

        @routes.post("/understand")
        @self._guarded
        async def understand(request: Request) -> HTTPResponse:
            return json(await self._taker(request).understand(_words(_mapping(request.json))))

        @routes.post("/forget")
        @self._guarded
        async def forget(request: Request) -> HTTPResponse:
            await self._taker(request).forget(_text(_mapping(request.json), "conversation_id"))
            return json({"forgotten": True})

        return routes

    def _guarded(self, handler: Handler) -> Handler:
        @wraps(handler)
        async def guarded(request: Request) -> HTTPResponse:
            if not hmac.compare_digest((request.token or "").encode(), self._token.encode()):
                return _problem(401, "The service token is missing or wrong")
            if _processor(request) is None:
                return _problem(503, "The model is not loaded yet")
            try:
                return await handler(request)
            except (BadTurnError, UnknownIntentError) as error:
                return _problem(422, str(error))
            except NothingToSayError:
                _log.error("a turn ended with nothing to say")
                return _problem(500, "The assistant had nothing to say")
            except Exception as error:
                if getattr(error, "status_code", None) == 400:
                    return _problem(422, "The body is not JSON")
                _log.error("a turn failed: %s at %s", type(error).__name__, _place(error))
                return _problem(500, "The turn failed")

        return guarded

    def _taker(self, request: Request) -> TurnTaker:
        if self._turns is None:
            self._turns = TurnTaker(_processor(request))
        return self._turns


def _processor(request: Request) -> Any:
    return getattr(getattr(request.app.ctx, "agent", None), "processor", None)


def _heard(body: Any) -> Heard:
    sent = _mapping(body)
    return Heard(
        conversation_id=_text(sent, "conversation_id"),
        message_id=_text(sent, "message_id"),
        text=_words(sent),
        metadata=_metadata(sent),
    )


def _triggered(body: Any) -> Triggered:
    sent = _mapping(body)
    slots = sent.get("slots") or {}
    if not isinstance(slots, dict):
        raise BadTurnError("'slots' must be an object")
    return Triggered(
        conversation_id=_text(sent, "conversation_id"),
        message_id=_text(sent, "message_id"),
        intent=_text(sent, "intent"),
        slots=slots,
        metadata=_metadata(sent),
    )


def _metadata(sent: dict[str, Any]) -> dict[str, Any]:
    metadata = sent.get("metadata", {})
    if not isinstance(metadata, dict):
        raise BadTurnError("'metadata' must be an object")
    if metadata.get("channel", "web") not in _CHANNELS:
        raise BadTurnError("'metadata.channel' must be web or sms")
    if metadata.get("audience") not in _AUDIENCES:
        raise BadTurnError("'metadata.audience' must be family, self, worker or null")
    if not isinstance(metadata.get("facts") or {}, dict):
        raise BadTurnError("'metadata.facts' must be an object")
    return {**metadata, "channel": metadata.get("channel", "web"), "facts": metadata.get("facts") or {}}


def _mapping(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise BadTurnError("The body must be a JSON object")
    return body


def _words(sent: dict[str, Any]) -> str:
    if not isinstance(sent.get("text"), str):
        raise BadTurnError("'text' must be a string")
    return str(sent["text"])


def _text(sent: dict[str, Any], name: str) -> str:
    value = sent.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise BadTurnError(f"'{name}' must be a string of 1 to 200 characters")
    return value


def _problem(status: int, title: str) -> HTTPResponse:
    return json(
        {"type": "about:blank", "title": title, "status": status}, status, content_type="application/problem+json"
    )


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "unknown"
