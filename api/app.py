"""Builds the application."""

from __future__ import annotations

from fastapi import FastAPI

from api.settings import Settings
from api.staff.access import routes_by_access


def create_app(settings: Settings) -> FastAPI:
    """The whole front door for these settings; raises UnguardedRoute if a route says not who may use it."""
    app = FastAPI(title="Gateside", version="1", docs_url=None, redoc_url=None)
    app.state.settings = settings
    routes_by_access(app)
    return app
