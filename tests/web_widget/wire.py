"""A small real server that speaks the widget's wire (architecture, section 6), with faults to order.

The widget's tests need the service to be late, broken or silent at a chosen moment; the whole service is driven by the
widget in tests/journeys.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse

Reply = dict[str, Any]


def reply(
    text: str,
    *,
    author: str = "assistant",
    quick_replies: tuple[str, ...] = (),
    name: str | None = None,
    result: bool = False,
) -> Reply:
    """One answer, as the service would say it. `result`: it tells what somebody's answers came to."""
    return {"author": author, "text": text, "quick_replies": list(quick_replies), "name": name, "result": result}


@dataclass
class Talk:
    """One conversation as the server holds it."""

    id: str = field(default_factory=lambda: str(uuid4()))
    token: str = field(default_factory=lambda: uuid4().hex)
    messages: list[dict[str, Any]] = field(default_factory=list)
    by_client_id: dict[str, dict[str, Any]] = field(default_factory=dict)
    owner: dict[str, Any] = field(default_factory=lambda: {"owner": "assistant", "officer": None, "position": None})
    sockets: list[WebSocket] = field(default_factory=list)
    typed: int = 0

    def store(
        self,
        author: str,
        text: str,
        quick_replies: list[str] | None = None,
        name: str | None = None,
        result: bool = False,
    ) -> dict[str, Any]:
        """Adds one message with the next number."""
        message = {
            "id": str(uuid4()),
            "seq": len(self.messages) + 1,
            "author": author,
            "name": name,
            "text": text,
            "quick_replies": quick_replies or [],
            "sent_at": datetime.now(timezone.utc).isoformat(),
            "status": "stored",
            "result": result,
        }
        self.messages.append(message)
        return message

    def said(self, author: str = "person") -> list[str]:
        """Everything that this author said."""
        return [message["text"] for message in self.messages if message["author"] == author]


class Wire:
    """The server and its faults. Runs on a free port of this machine while the context lasts."""

    def __init__(self, *, script: bytes, pages: dict[str, tuple[str, str]]) -> None:
        """`pages`: path -> (content type, body)."""
        self.script = script
        self.pages = pages
        self.reset()

    def reset(self) -> None:
        """A fresh server: nobody wrote, nothing is broken."""
        self.talks: dict[str, Talk] = {}
        self.calls: list[tuple[str, str]] = []
        self.openings: list[dict[str, Any]] = []
        """What conversations were opened with."""
        self.answer: Callable[[str], list[Reply]] = lambda text: [reply(f"You said: {text}")]
        self.lose_answers = 0
        """So many messages are stored and answered, and the answer is lost on its way back."""
        self.refusals: list[tuple[int, dict[str, Any]]] = []
        """Status and body of the next answers to a message; nothing is stored."""
        self.settles_in = 0.0
        self.sockets_allowed = True
        self.socket_takes = 0.0
        self.level = "none"
        """The safety level that every message is read with."""

    @property
    def talk(self) -> Talk:
        """The only conversation there is."""
        (talk,) = self.talks.values()
        return talk

    @contextlib.contextmanager
    def running(self) -> Iterator[str]:
        """Serves; gives the address."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(self._app(), host="127.0.0.1", port=port, log_level="error", timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        deadline = time.monotonic() + 10
        while not server.started:
            if time.monotonic() > deadline:
                raise RuntimeError("the widget's stand-in server did not start within 10 s")
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join(timeout=5)

    # ---- what happens on the service's side

    def say(
        self,
        author: str,
        text: str,
        *,
        quick_replies: tuple[str, ...] = (),
        name: str | None = None,
        result: bool = False,
    ) -> None:
        """Somebody of the service says something now."""
        message = self.talk.store(author, text, list(quick_replies), name, result)
        self._push({"type": "message", "message": message})

    def give_to(self, owner: str, *, officer: str | None = None, position: int | None = None) -> None:
        """The conversation changes hands."""
        first_name = {"first_name": officer} if officer else None
        self.talk.owner = {"owner": owner, "officer": first_name, "position": position}
        self._push({"type": "owner", **self.talk.owner})

    def officer_types(self, name: str) -> None:
        """The officer is writing."""
        self._push({"type": "typing", "author": "officer", "name": name})

    def wipe(self) -> None:
        """The conversation is wiped from elsewhere."""
        self._push({"type": "wiped"})

    def drop_sockets(self) -> None:
        """Every socket breaks."""
        self._on_loop(self._close_all())

    def wait_for_socket(self) -> None:
        """Returns once the widget listens live. Raises TimeoutError after 5 s."""
        deadline = time.monotonic() + 5
        while not any(talk.sockets for talk in self.talks.values()):
            if time.monotonic() > deadline:
                raise TimeoutError("the widget opened no socket")
            time.sleep(0.02)

    def _push(self, frame: dict[str, Any]) -> None:
        self._on_loop(self._send(self.talk, frame))

    def _on_loop(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=5)

    async def _send(self, talk: Talk, frame: dict[str, Any]) -> None:
        for listener in list(talk.sockets):
            await listener.send_json(frame)

    async def _close_all(self) -> None:
        for talk in self.talks.values():
            for listener in list(talk.sockets):
                await listener.close(1012)

    # ---- the server

    def _app(self) -> FastAPI:
        app = FastAPI()

        @app.middleware("http")
        async def note(request: Request, proceed: Any) -> Response:
            self._loop = asyncio.get_running_loop()
            self.calls.append((request.method, request.url.path))
            answer: Response = await proceed(request)
            answer.headers["Access-Control-Allow-Origin"] = "*"
            answer.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            answer.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
            return answer

        @app.post("/api/v1/conversations", status_code=201)
        async def opened(wanted: dict[str, Any]) -> dict[str, Any]:
            self.openings.append(wanted)
            talk = Talk()
            self.talks[talk.id] = talk
            return {"id": talk.id, "token": talk.token, "messages": []}

        @app.post("/api/v1/conversations/{talk_id}/messages", status_code=202)
        async def written(talk_id: str, request: Request) -> Response:
            talk = self._talk(talk_id, request)
            if talk is None:
                return JSONResponse({"status": 404, "detail": "gone"}, 404)
            if self.refusals:
                status, body = self.refusals.pop(0)
                return JSONResponse(body, status)
            body = await request.json()
            return await self._turn(talk, body["client_id"], body["text"])

        @app.get("/api/v1/conversations/{talk_id}/messages")
        async def since(talk_id: str, after: int, request: Request) -> Response:
            talk = self._talk(talk_id, request)
            if talk is None:
                return JSONResponse({"status": 404, "detail": "gone"}, 404)
            page = [message for message in talk.messages if message["seq"] > after][:10]
            more = bool(page) and page[-1]["seq"] < len(talk.messages)
            return JSONResponse({"items": page, "next": page[-1]["seq"] if more else None})

        @app.get("/api/v1/conversations/{talk_id}")
        async def state(talk_id: str, request: Request) -> Response:
            talk = self._talk(talk_id, request)
            if talk is None:
                return JSONResponse({"status": 404, "detail": "gone"}, 404)
            return JSONResponse({"id": talk.id, "channel": "web", **talk.owner, "safety": self.level})

        @app.post("/api/v1/conversations/{talk_id}/leave-queue")
        async def left(talk_id: str) -> dict[str, Any]:
            self.talks[talk_id].owner = {"owner": "assistant", "officer": None, "position": None}
            return {}

        @app.post("/api/v1/conversations/{talk_id}/result")
        @app.post("/api/v1/conversations/{talk_id}/copy")
        async def card(talk_id: str, request: Request) -> Response:
            fields = parse_qs((await request.body()).decode())
            talk = self.talks.get(talk_id)
            if talk is None or fields != {"token": [talk.token]}:
                return HTMLResponse("<title>That did not work</title>", 401)
            title = "What you told us" if request.url.path.endswith("/result") else "Everything we hold about you"
            return HTMLResponse(f"<title>{title}</title><h1>{title}</h1>")

        @app.delete("/api/v1/conversations/{talk_id}", status_code=204)
        async def wiped(talk_id: str) -> None:
            del self.talks[talk_id]

        @app.websocket("/api/v1/conversations/{talk_id}/live")
        async def live(listener: WebSocket, talk_id: str) -> None:
            if not self.sockets_allowed:
                await listener.close(1013)
                return
            await listener.accept()
            await self._listen(listener, talk_id)

        @app.options("/{path:path}")
        async def preflight(path: str) -> PlainTextResponse:
            return PlainTextResponse("")

        @app.get("/{path:path}")
        async def page(path: str) -> Response:
            if path == "widget.js":
                return Response(self.script, media_type="text/javascript")
            if path == "dull":
                return HTMLResponse("<title>Weather</title><p>Dry, 11 degrees.</p>")
            content_type, body = self.pages[f"/{path}"]
            return Response(body, media_type=content_type, headers={"Content-Security-Policy": POLICY})

        return app

    def _talk(self, talk_id: str, request: Request) -> Talk | None:
        talk = self.talks.get(talk_id)
        if talk is None or request.headers.get("authorization") != f"Bearer {talk.token}":
            return None
        return talk

    async def _turn(self, talk: Talk, client_id: str, text: str) -> Response:
        if client_id not in talk.by_client_id:
            message = talk.store("person", text)
            await self._send(talk, {"type": "message", "message": message})
            await asyncio.sleep(self.settles_in)
            replies = [talk.store(**given) for given in self.answer(text)]
            talk.by_client_id[client_id] = {"message": message, "safety": {"level": self.level}, "replies": replies}
            for said in replies if self.lose_answers == 0 else []:
                await self._send(talk, {"type": "message", "message": said})
        if self.lose_answers > 0:
            self.lose_answers -= 1
            return JSONResponse({"status": 502, "detail": "lost on the way"}, 502)
        return JSONResponse(talk.by_client_id[client_id], 202)

    async def _listen(self, listener: WebSocket, talk_id: str) -> None:
        talk = self.talks.get(talk_id)
        try:
            first = await listener.receive_json()
            if talk is None or first.get("token") != talk.token:
                await listener.close(4401)
                return
            await asyncio.sleep(self.socket_takes)
            talk.sockets.append(listener)
            await listener.send_json({"type": "ready"})
            while True:
                frame = await listener.receive_json()
                talk.typed += frame == {"type": "typing"}
        except WebSocketDisconnect:
            pass
        finally:
            if talk is not None and listener in talk.sockets:
                talk.sockets.remove(listener)


POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
    "connect-src 'self' http://localhost:* ws:; base-uri 'none'; form-action 'self'"
)
"""As strict as the real pages are served with: the widget must live under it."""
