"""What was done, for leads: who did what to which thing, newest first."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import repository
from api.audit import service as audit
from api.audit.models import AuditEntry
from api.console.files import csv_file, plain_cell
from api.console.pages import HOME, ConsoleRoute, draw, words_of
from api.console.views import clock_time_or_day, parse_date
from api.console.words import ConsoleWords, local_day
from api.database.dependencies import clock_of, database_of
from api.insight.repository import names_of_staff
from api.staff.guards import CurrentStaff, StaffMay
from api.staff.permissions import may
from reference.clock import midnight

ROWS = 50
MOST_IN_A_FILE = 50_000
AUDIT = f"{HOME}/audit"
KINDS = ("handoff", "conversation", "staff")

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


@dataclass(frozen=True)
class Wanted:
    """Which deeds are looked at. A day that is none counts as not given."""

    kind: str
    deed: str
    actor: str
    about: str
    first: date | None
    last: date | None

    @property
    def chosen(self) -> dict[str, str]:
        """The same as an address writes it."""
        days = {"first": self.first, "last": self.last}
        return {
            "kind": self.kind,
            "deed": self.deed,
            "actor": self.actor,
            "about": self.about,
            **{name: day.isoformat() if day else "" for name, day in days.items()},
        }

    async def entries(self, session: AsyncSession, *, limit: int, before: UUID | None = None) -> Sequence[AuditEntry]:
        """The deeds, newest first; days are days in Scotland, both ends in them."""
        return await repository.entries(
            session,
            limit=limit,
            before=before,
            kind=self.kind,
            action=self.deed,
            actor=self.actor,
            subject=self.about,
            since=midnight(self.first) if self.first else None,
            until=midnight(self.last + timedelta(days=1)) if self.last else None,
        )


async def wanted(
    kind: Short = "", deed: Short = "", actor: Short = "", about: Short = "", first: Short = "", last: Short = ""
) -> Wanted:
    """What the address asks for."""
    return Wanted(kind, deed, actor, about, parse_date(first), parse_date(last))


Asked = Annotated[Wanted, Depends(wanted)]


@router.get("/audit")
async def audit_page(request: Request, staff: Auditor, asked: Asked, before: UUID | None = None) -> Response:
    """A stretch of the audit."""
    words, now = words_of(request), clock_of(request).now()
    async with database_of(request).read() as session:
        found = await asked.entries(session, limit=ROWS + 1, before=before)
        names = await names_of_staff(session)
    more = f"{AUDIT}?{urlencode({**asked.chosen, 'before': str(found[ROWS - 1].id)})}" if len(found) > ROWS else None
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
        actions=_actions(words),
        people=sorted(names.items(), key=lambda pair: pair[1]),
        chosen=asked.chosen,
        file=f"{AUDIT}.csv?{urlencode(asked.chosen)}",
        more=more,
        notice=None,
        trouble=None,
    )


@router.get("/audit.csv")
async def audit_file(request: Request, staff: Auditor, asked: Asked) -> Response:
    """The same deeds as a file, up to the newest `MOST_IN_A_FILE`. That it was taken is itself written down."""
    words = words_of(request)
    async with database_of(request).write() as session:
        found = await asked.entries(session, limit=MOST_IN_A_FILE)
        names = await names_of_staff(session)
        told = {name: value for name, value in asked.chosen.items() if value}
        await audit.record(
            session,
            clock_of(request),
            actor=staff.id,
            action="staff.audit_exported",
            subject=staff.id,
            detail={"rows": len(found), **told},
        )
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["at", "actor", "actor_id", "deed", "deed_code", "about", "detail"])
    writer.writerows(
        [
            one.at.isoformat(),
            plain_cell(_actor(one.actor, names, words)),
            one.actor,
            plain_cell(_action(one.action, words)),
            one.action,
            one.subject or "",
            plain_cell(_detail(one, names, words)),
        ]
        for one in found
    )
    return csv_file(written.getvalue(), f"gateside-audit-{local_day(clock_of(request).now())}.csv")


def _actions(words: ConsoleWords) -> list[tuple[str, str]]:
    """Every deed that has words, in the order of its words, by code."""
    return sorted(
        ((f"{kind}.{deed}", said) for kind in KINDS for deed, said in words.beginning_with(f"console/audit_{kind}_")),
        key=lambda pair: pair[1],
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
