"""Default-deny: every route says who may use it, and the application refuses to start with one that doesn't."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.routing import APIRoute, APIWebSocketRoute, RouteContext, iter_route_contexts
from starlette.routing import Mount, Route, WebSocketRoute

FRAMEWORK_ROUTES = frozenset({"/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"})


class Guard:
    """A dependency that decides who may use a route. Subclasses are callables that FastAPI resolves.

    `access` is the word under which the route is listed: `public`, `person`, `service`, `twilio`, or
    `staff:<verb>`.
    """

    access: str = "nobody"


class Public(Guard):
    """Anybody may use the route."""

    access = "public"

    async def __call__(self) -> None:
        """Let everybody in."""


class UnguardedRoute(RuntimeError):
    """A route was added without saying who may use it."""


def access_of(route: APIRoute | APIWebSocketRoute | RouteContext) -> str | None:
    """The word for who may use a route, or None when nobody said."""
    for dependency in route.dependant.dependencies:
        guard: object = dependency.call
        if isinstance(guard, Guard):
            return guard.access
    return None


def routes_by_access(app: FastAPI) -> dict[str, str]:
    """Each route as `METHOD path` with the word for who may use it. Raises UnguardedRoute."""
    found: dict[str, str] = {}
    # The application lists an included router as one thing; its routes have to be walked through.
    for context in iter_route_contexts(app.routes):
        route, path = context.original_route, context.path or ""
        if isinstance(route, Mount):
            raise UnguardedRoute(f"{path}: mounted applications cannot be guarded")
        if isinstance(route, APIRoute | APIWebSocketRoute):
            access = access_of(context)
            if access is None:
                raise UnguardedRoute(f"{path}: says not who may use it; give it a Guard dependency")
            for method in sorted(context.methods or {"WEBSOCKET"}):
                found[f"{method} {path}"] = access
        elif not isinstance(route, Route | WebSocketRoute) or path not in FRAMEWORK_ROUTES:
            raise UnguardedRoute(f"{path or route!r}: is not a FastAPI route")
    return found
