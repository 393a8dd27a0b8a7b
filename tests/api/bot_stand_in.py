"""A scripted stand-in for the Rasa server: the contract of our own channel, and faults to order.

The real Rasa is driven in tests/journeys; here the service's own behaviour around it is what matters.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

Turn = dict[str, Any]
Script = Callable[[Turn], Awaitable[dict[str, Any]]]
Ear = Callable[[str], dict[str, Any]]


def answer(
    *texts: str,
    content_id: str = "naloxone/what_it_is",
    open_question: str | None = None,
    intent: str = "ask_naloxone",
    entities: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """An answer in the contract's shape, but for the message id."""
    return {
        "replies": [{"content_id": content_id, "text": text, "quick_replies": []} for text in texts],
        "open_question": open_question,
        "understood": {
            "intent": intent,
            "confidence": 0.9,
            "ranking": [{"intent": intent, "confidence": 0.9}],
            "entities": entities or [],
        },
    }


def entity(name: str, value: Any, text: str = "", *, of: str = "") -> dict[str, Any]:
    """An entity as the assistant reports it, at its place in the message `of`."""
    text = text or str(value)
    start = max(of.find(text), 0)
    return {"entity": name, "value": value, "text": text, "start": start, "end": start + len(text)}


def told(
    *entities: dict[str, Any], audience: str | None = None, intent: str = "out_of_scope", confidence: float = 0.9
) -> dict[str, Any]:
    """What words told, in the contract's shape."""
    understood = {"intent": intent, "confidence": confidence, "ranking": [], "entities": list(entities)}
    return {"understood": understood, "audience": audience}


async def _echo(turn: Turn) -> dict[str, Any]:
    return answer(f"You said: {turn['text']}")


@dataclass
class BotStandIn:
    """What was asked, and how it is answered."""

    token: str
    script: Script = _echo
    ear: Ear = lambda _text: told()
    turns: list[Turn] = field(default_factory=list)
    listened: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    down: bool = False
    failures: int = 0
    gate: asyncio.Event | None = None
    """When set to an unset event, turns wait for it: an assistant that is late."""
    ear_gate: asyncio.Event | None = None
    """The same for listening."""

    def __post_init__(self) -> None:
        self.app = FastAPI()
        self.app.post("/webhooks/gateside/turn")(self._turn)
        self.app.post("/webhooks/gateside/trigger")(self._turn)
        self.app.post("/webhooks/gateside/understand")(self._understand)
        self.app.post("/webhooks/gateside/forget")(self._forget)
        self.app.get("/webhooks/gateside/health")(self._health)

    def transport(self) -> httpx.AsyncBaseTransport:
        """Reaches this stand-in without a network; refuses connections while it is down."""
        return _Transport(self)

    @property
    def texts(self) -> list[str]:
        """What the assistant was asked to answer, in order."""
        return [turn["text"] for turn in self.turns]

    async def _turn(self, request: Request) -> Any:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return JSONResponse({"status": 401}, 401)
        turn = await request.json()
        self.turns.append(turn)
        if self.gate is not None:
            await self.gate.wait()
        if self.failures:
            self.failures -= 1
            return JSONResponse({"status": 500}, 500)
        return {"message_id": turn["message_id"], **await self.script(turn)}

    async def _understand(self, request: Request) -> Any:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return JSONResponse({"status": 401}, 401)
        text = (await request.json())["text"]
        self.listened.append(text)
        if self.ear_gate is not None:
            await self.ear_gate.wait()
        return self.ear(text)

    async def _forget(self, request: Request) -> dict[str, bool]:
        self.forgotten.append((await request.json())["conversation_id"])
        return {"forgotten": True}

    async def _health(self) -> dict[str, str]:
        return {"status": "ok"}


class _Transport(httpx.AsyncBaseTransport):
    def __init__(self, bot: BotStandIn) -> None:
        self._bot = bot
        self._inner = httpx.ASGITransport(bot.app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._bot.down:
            raise httpx.ConnectError("refused", request=request)
        return await self._inner.handle_async_request(request)
