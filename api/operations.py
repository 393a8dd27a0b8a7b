"""For whoever runs the service: is it alive, is it ready, what does it count."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from api.delivery.models import OutboxItem, OutboxState
from api.handoffs.models import Handoff
from api.reception.repository import open_turns
from api.staff.access import Public
from api.staff.guards import ServiceOnly

router = APIRouter(tags=["operations"])
_ANSWERS_WITHIN_SECONDS = 2.0


@router.get("/health/live", dependencies=[Depends(Public())])
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/health/ready", dependencies=[Depends(Public())])
async def ready(request: Request) -> JSONResponse:
    """What stands behind the door. Without the assistant it stays open (200, degraded); without a database not."""
    parts = request.app.state.parts
    database, assistant = await asyncio.gather(_database_answers(parts.database), parts.assistant.answers())
    status = "ready" if database and assistant else "degraded" if database else "unavailable"
    told: dict[str, Any] = {
        "status": status,
        "parts": {
            "database": database,
            "assistant": assistant,
            "texts": parts.settings.sms_connected,
            "spool_empty": not parts.spool,
        },
        "demonstration": parts.settings.demonstration,
    }
    return JSONResponse(told, HTTPStatus.OK if database else HTTPStatus.SERVICE_UNAVAILABLE)


@router.get("/metrics", dependencies=[Depends(ServiceOnly())], include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Counts for Prometheus, which sends the service token as its bearer token."""
    parts = request.app.state.parts
    registry = CollectorRegistry()

    def gauge(name: str, what: str, value: float) -> None:
        Gauge(name, what, registry=registry).set(value)

    async with parts.database.read() as session:
        waiting = select(func.count()).select_from(Handoff).where(Handoff.state == "waiting")
        unsent = select(func.count()).select_from(OutboxItem)
        gauge("gateside_turns_open", "Messages that wait for the assistant", await open_turns(session))
        gauge("gateside_people_waiting", "People who wait for an officer", await session.scalar(waiting) or 0)
        emergencies = waiting.where(Handoff.emergency.is_(True))
        gauge("gateside_emergencies_waiting", "Emergencies nobody has taken", await session.scalar(emergencies) or 0)
        for state in (OutboxState.PENDING, OutboxState.FAILED):
            counted = await session.scalar(unsent.where(OutboxItem.state == state.value))
            gauge(f"gateside_outbox_{state.value}", f"Outbox items that are {state.value}", counted or 0)
    gauge("gateside_spooled", "1 while messages wait on the disk for the database", float(bool(parts.spool)))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


async def _database_answers(database: Any) -> bool:
    try:
        async with asyncio.timeout(_ANSWERS_WITHIN_SECONDS):
            return bool(await database.answers())
    except (SQLAlchemyError, OSError, TimeoutError):
        return False
