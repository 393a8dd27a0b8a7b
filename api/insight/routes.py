"""Reports over HTTP, for leads; counts only, small ones left out."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from api.database.dependencies import clock_of, database_of
from api.database.engine import Database
from api.insight.after_release import Monitoring, monitoring
from api.insight.over_time import LONGEST_DAYS, Period
from api.staff.guards import CurrentStaff, StaffMay
from reference.clock import Clock

router = APIRouter(prefix="/api/v1/insight", tags=["staff"])
Lead = Annotated[CurrentStaff, Depends(StaffMay("read_insight"))]
Days = Annotated[int, Query(ge=1, le=LONGEST_DAYS)]
_FEW = "<5"


@router.get("/after-release")
async def after_release(
    staff: Lead,
    database: Annotated[Database, Depends(database_of)],
    clock: Annotated[Clock, Depends(clock_of)],
    days: Days = 91,
) -> dict[str, Any]:
    """Contact within two days, weekly contact, and what came of no answer, for releases in the last `days` days."""
    told = await _told(database, clock, days)
    return {name: value for name, value in asdict(told).items() if name != "period"} | {
        "first": told.period.first,
        "last": told.period.last,
    }


@router.get("/after-release.csv")
async def after_release_file(
    staff: Lead,
    database: Annotated[Database, Depends(database_of)],
    clock: Annotated[Clock, Depends(clock_of)],
    days: Days = 91,
) -> Response:
    """The same numbers as a file; a count under five reads "<5"."""
    told = await _told(database, clock, days)
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["measure", "value", "count"])
    writer.writerows((one, two, _FEW if count is None else count) for one, two, count in told.rows())
    name = f"gateside-after-release-{told.period.first}-{told.period.last}.csv"
    return Response(
        written.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


async def _told(database: Database, clock: Clock, days: int) -> Monitoring:
    now = clock.now()
    async with database.read() as session:
        return await monitoring(session, Period.lately(days, now), now)
