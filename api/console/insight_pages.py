"""A lead's views: how the night stands now, and how it went over time, as pages and as a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.console.charts import Bar, bars, columns
from api.console.files import csv_file, plain_cell
from api.console.pages import ConsoleRoute, draw, words_of
from api.console.views import clock_time_or_day
from api.console.words import (
    AUDIENCES,
    CHANNELS,
    LEVEL_ICONS,
    LEVELS,
    NALOXONE,
    NEEDS,
    OUTCOMES,
    ConsoleWords,
)
from api.database.dependencies import clock_of, database_of
from api.insight.now import how_it_stands
from api.insight.over_time import LONGEST_DAYS, Period, Report, report
from api.referrals.signposting import SignpostingServices
from api.settings import Settings
from api.staff.guards import CurrentStaff, StaffMay
from reference.places import Places

DAYS = (7, 28, 91, 365)
TARGETS = {"hit": "console/target_hit", "missed": "console/target_missed"}

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
Lead = Annotated[CurrentStaff, Depends(StaffMay("read_insight"))]
Days = Annotated[int, Query(ge=1, le=LONGEST_DAYS)]


@router.get("/now")
async def now_page(request: Request, staff: Lead) -> Response:
    """How the night stands."""
    settings: Settings = request.app.state.settings
    words, now = words_of(request), clock_of(request).now()
    async with database_of(request).read() as session:
        standing = await how_it_stands(session, now, presence_seconds=settings.presence_seconds)
    minutes = None if standing.oldest is None else int((now - standing.oldest).total_seconds() // 60)
    return draw(
        request,
        "now.html",
        staff=staff,
        csrf=staff.csrf_token or "",
        here="now",
        now=standing,
        oldest=None if minutes is None else words.waited(minutes),
        levels=[(level, words(LEVELS[level]), LEVEL_ICONS[level]) for level in standing.waiting],
        when=lambda instant: clock_time_or_day(instant, now),
        notice=None,
        trouble=None,
    )


@router.get("/over-time")
async def over_time_page(request: Request, staff: Lead, days: Days = 28) -> Response:
    """How it went."""
    words = words_of(request)
    told = await _report(request, days)
    return draw(
        request,
        "over_time.html",
        staff=staff,
        csrf=staff.csrf_token or "",
        here="over_time",
        report=told,
        days=days,
        choices=DAYS,
        columns=columns([(_day(start), count) for start, count in told.steps], few=words("console/fewer_than_five")),
        tables=[(heading, bars(rows)) for heading, rows in _tables(told, words) if rows],
        level_words={level: words(content_id) for level, content_id in LEVELS.items()},
        number=lambda count: words("console/fewer_than_five") if count is None else str(count),
        notice=None,
        trouble=None,
    )


@router.get("/over-time.csv")
async def over_time_file(request: Request, staff: Lead, days: Days = 28) -> Response:
    """The same numbers, small ones left out in the same way."""
    told = await _report(request, days)
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["measure", "value", "count"])
    few = words_of(request)("console/fewer_than_five")
    writer.writerows(
        (plain_cell(one), plain_cell(two), few if count is None else count) for one, two, count in _rows(told)
    )
    name = f"gateside-{told.period.first}-{told.period.last}.csv"
    return csv_file(written.getvalue(), name)


async def _report(request: Request, days: int) -> Report:
    now = clock_of(request).now()
    async with database_of(request).read() as session:
        return await report(session, Period.lately(days, now), now)


def _tables(told: Report, words: ConsoleWords) -> Iterator[tuple[str, list[Bar]]]:
    areas = {name: Places.load().title(name) for name in told.areas}
    services = {one.code: one.title for one in SignpostingServices.load()} | {
        "": words("console/referred_without_code")
    }
    few = words("console/fewer_than_five")
    for heading, counts, names in (
        ("console/over_channels", told.channels, _worded(CHANNELS, words)),
        ("console/over_audiences", told.audiences, _worded(AUDIENCES, words)),
        ("console/over_needs", told.needs, _worded(NEEDS, words)),
        ("console/over_outcomes", told.outcomes, _worded(OUTCOMES, words)),
        ("console/over_naloxone", told.naloxone, _worded(NALOXONE, words)),
        ("console/over_targets", told.targets, _worded(TARGETS, words)),
        ("console/over_areas", told.areas, areas),
        ("console/over_referrers", told.referrers, {"": words("console/referrer_own")}),
        ("console/over_referred_by", told.referred.services, services),
        ("referral_console/over_cards", told.cards, services),
    ):
        yield (
            words(heading),
            [Bar(names.get(code, code), count, few if count is None else str(count)) for code, count in counts.items()],
        )


def _rows(told: Report) -> Iterator[tuple[str, str, int | None]]:
    yield "contacts", "all", told.contacts
    yield "contacts", "asked_for_a_person", told.asked_for_a_person
    for start, count in told.steps:
        yield "contacts_from_week" if told.by_week else "contacts_on_day", start.isoformat(), count
    for measure, counts in (
        ("channel", told.channels),
        ("for_whom", told.audiences),
        ("need", told.needs),
        ("outcome", told.outcomes),
        ("naloxone", told.naloxone),
        ("service_level", told.targets),
        ("area", told.areas),
        ("referrer", {code or "own_page": count for code, count in told.referrers.items()}),
        ("referred_by", {code or "no_code": count for code, count in told.referred.services.items()}),
        ("began_from_card_of", told.cards),
    ):
        for code, count in counts.items():
            yield measure, code, count
    yield "referred", "families", told.referred.families
    yield "referred", "reached", told.referred.reached
    for wait in told.waits:
        yield "answered", wait.level, wait.answered
        yield "wait_minutes_median", wait.level, wait.median
        yield "wait_minutes_nine_in_ten", wait.level, wait.nine_in_ten
    yield "after_release", "released", told.after_release.released
    yield "after_release", "in_touch_within_2_days", told.after_release.in_touch


def _worded(table: Mapping[str, str], words: ConsoleWords) -> dict[str, str]:
    return {code: words(content_id) for code, content_id in table.items()}


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
