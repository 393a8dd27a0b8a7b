"""What was done, for leads: who did what to which thing, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.audit import repository
from api.audit.models import AuditEntry
from api.console.pages import HOME, ConsoleRoute, draw, words_of
from api.console.views import clock_time_or_day
from api.console.words import ConsoleWords
from api.database.dependencies import clock_of, database_of
from api.insight.repository import names_of_staff
from api.staff.guards import CurrentStaff, StaffMay
from api.staff.permissions import may

ROWS = 50
KINDS = ("handoff", "staff")

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
Auditor = Annotated[CurrentStaff, Depends(StaffMay("read_audit"))]
Short = Annotated[str, Query(max_length=60)]


@dataclass(frozen=True)
class Deed:
    """One line of the audit."""

    id: UUID
    at: str
    actor: str
    action: str
    subject: str
    link: str | None
    detail: str


@router.get("/audit")
async def audit_page(
    request: Request, staff: Auditor, before: UUID | None = None, kind: Short = "", actor: Short = "", about: Short = ""
) -> Response:
    """A stretch of the audit."""
    words, now = words_of(request), clock_of(request).now()
    async with database_of(request).read() as session:
        found = await repository.entries(session, limit=ROWS + 1, before=before, kind=kind, actor=actor, subject=about)
        names = await names_of_staff(session)
    chosen = {"kind": kind, "actor": actor, "about": about}
    more = f"{HOME}/audit?{urlencode({**chosen, 'before': str(found[ROWS - 1].id)})}" if len(found) > ROWS else None
    return draw(
        request,
        "audit.html",
        staff=staff,
        csrf=staff.csrf_token or "",
        here="audit",
        deeds=[
            Deed(
                id=one.id,
                at=clock_time_or_day(one.at, now),
                actor=_actor(one.actor, names, words),
                action=_action(one.action, words),
                subject=names.get(one.subject or "", ""),
                link=_link(one) if may(staff.role, "read_queue") else None,
                detail=_detail(one, names, words),
            )
            for one in found[:ROWS]
        ],
        kinds=[(kind, words(f"console/audit_kind_{kind}")) for kind in KINDS],
        people=sorted(names.items(), key=lambda pair: pair[1]),
        chosen=chosen,
        more=more,
        notice=None,
        trouble=None,
    )


def _actor(actor: str, names: Mapping[str, str], words: ConsoleWords) -> str:
    return names.get(actor) or _known(f"console/audit_by_{actor}", words) or actor


def _action(action: str, words: ConsoleWords) -> str:
    return _known(f"console/audit_{action.replace('.', '_')}", words) or action


def _detail(entry: AuditEntry, names: Mapping[str, str], words: ConsoleWords) -> str:
    told = [f"{name} {names.get(str(value), value)}" for name, value in entry.detail.items() if name != "head"]
    # The queue has an order; whoever was taken out of turn was picked, and that is what a lead looks for here.
    picked = [words("console/audit_picked")] if entry.detail.get("head") is False else []
    return ", ".join([*picked, *told])


def _known(content_id: str, words: ConsoleWords) -> str | None:
    return words(content_id) if content_id in words else None


def _link(entry: AuditEntry) -> str | None:
    return f"{HOME}/people/{entry.subject}" if entry.action.startswith("handoff.") and entry.subject else None
