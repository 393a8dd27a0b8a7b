"""Every text says where its facts come from and who read it through, lately enough."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date

from cli.content_checks.problem import Problem
from voice import Block, Library


def check_provenance(library: Library, today: date) -> Iterator[Problem]:
    """Missing or unknown sources, reviews that are missing, overdue or dated ahead."""
    for source_id, first, other in library.differing_sources:
        yield Problem(
            f"sources/{other}" if other != "sources.yml" else other,
            source_id,
            f"is written otherwise in {first}; keep one of the two, or give this one another id",
        )
    for block in library:
        yield from _sources(block, library)
        yield from _review(block, today)


def _sources(block: Block, library: Library) -> Iterator[Problem]:
    if not block.source:
        yield Problem(block.file, block.name, "has no source; add 'source:', or [gateside] if it states no fact")
    for source_id in block.source:
        if source_id not in library.sources:
            yield Problem(
                block.file, block.name, f"names the source '{source_id}', which is not in sources/; add it there"
            )


def _review(block: Block, today: date) -> Iterator[Problem]:
    if block.reviewed is None:
        yield Problem(block.file, block.name, "was never reviewed; add 'reviewed: {on: day, by: name}'")
        return
    if block.review_every is None:
        yield Problem(block.file, block.name, "does not say when to review it again; add 'review_every:' in months")
        return
    if block.reviewed.on > today:
        yield Problem(
            block.file, block.name, f"was reviewed on {block.reviewed.on}, which is yet to come; mend the day"
        )
        return
    due = months_after(block.reviewed.on, block.review_every)
    if due <= today:
        yield Problem(block.file, block.name, f"was due for review on {due}; read it through and write the new day")


def months_after(day: date, months: int) -> date:
    """The same day of the month `months` later, or that month's last day when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
