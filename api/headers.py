"""The headers that keep a browser from doing what no page of ours needs."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_OPEN_TO_EMBEDDING = ("/api/v1/conversations", "/api/v1/services", "/api/v1/drop-ins")


def page_policy(base_url: str) -> str:
    """What a page of ours may load: its own files and its own wire, nothing else; no frame may hold it."""
    socket = base_url.replace("http", "ws", 1)
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self' {socket}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


class SafeHeaders:
    """Sets the headers on every answer that does not set them itself."""

    def __init__(self, app: ASGIApp, *, base_url: str) -> None:
        """`base_url` is the public address of this service."""
        self._app = app
        self._headers: Mapping[str, str] = {**_EVERYWHERE, "Content-Security-Policy": page_policy(base_url)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and dress its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, dressed)


class OpenToEmbedding:
    """Lets the widget on other people's pages use the person's own calls. They carry a token and never a cookie."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type"],
            max_age=86400,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer other origins for these calls only."""
        is_open = scope["type"] == "http" and scope["path"].startswith(_OPEN_TO_EMBEDDING)
        await (self._open if is_open else self._app)(scope, receive, send)
