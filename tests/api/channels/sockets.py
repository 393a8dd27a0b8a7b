"""A browser's side of a WebSocket, spoken straight to the application."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI


class Socket:
    """One connection."""

    def __init__(self) -> None:
        self.to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def send(self, frame: Any) -> None:
        """Send a frame: a dict as JSON, or text as it is."""
        text = frame if isinstance(frame, str) else json.dumps(frame)
        await self.to_app.put({"type": "websocket.receive", "text": text})

    async def vanish(self) -> None:
        """The network is gone."""
        await self.to_app.put({"type": "websocket.disconnect", "code": 1006})

    async def hear(self) -> Any:
        """The next frame, or the code with which the socket was closed."""
        async with asyncio.timeout(10):
            message = await self.from_app.get()
        return message["code"] if message["type"] == "websocket.close" else json.loads(message["text"])

    async def hear_type(self, wanted: str) -> Any:
        """The next frame of this type; others are passed over."""
        while True:
            frame = await self.hear()
            if not isinstance(frame, dict) or frame["type"] == wanted:
                return frame


@contextlib.asynccontextmanager
async def connected(app: FastAPI, path: str) -> AsyncIterator[Socket]:
    """A socket that the application has accepted."""
    socket = Socket()
    scope = {
        "type": "websocket", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "scheme": "wss", "headers": [(b"host", b"gateside.example.org"), (b"origin", b"https://elsewhere.example")],
        "client": ("203.0.113.9", 1), "server": ("gateside.example.org", 443), "subprotocols": [], "state": {},
        "extensions": {}, "asgi": {"version": "3.0"}, "http_version": "1.1",
    }  # fmt: skip
    await socket.to_app.put({"type": "websocket.connect"})
    task = asyncio.create_task(app(scope, socket.to_app.get, socket.from_app.put))
    async with asyncio.timeout(10):
        assert (await socket.from_app.get())["type"] == "websocket.accept"
    try:
        yield socket
    finally:
        await socket.vanish()
        async with asyncio.timeout(10):
            await task
