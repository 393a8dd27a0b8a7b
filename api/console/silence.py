"""Those who did not answer a check-in, as work: since when, what was tried, and what came of looking after them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, get_args
from uuid import UUID

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from api.console.views import clock_time_or_day
from api.console.words import AUDIENCES, CHANNELS, Choice, ConsoleWords
from api.console.worklist import Recorded, WorkItem
from api.database.dependencies import clock_of
from api.problems import Unprocessable
from api.release_plans import worklist
from api.release_plans.schemas import NonResponseOut, OutcomeCode
from api.staff.guards import CurrentStaff
from reference.clock import Clock

RESULTS: Final[Mapping[str, str]] = {code: f"console/silence_as_{code}" for code in get_args(OutcomeCode)}


class Silence:
    """Not answering is acted on: everybody stays here until somebody writes down what came of it."""

    name = "silence"
    results: Mapping[str, str] = RESULTS

    async def items(
        self, session: AsyncSession, request: Request, *, reader: CurrentStaff, words: ConsoleWords
    ) -> Sequence[WorkItem]:
        """Those who did not answer, the longest waiting first."""
        clock = clock_of(request)
        return [_item(row, words, clock) for row in await worklist.non_responses(session)]

    async def again(self, session: AsyncSession, request: Request, *, words: ConsoleWords) -> Sequence[Choice]:
        """It is not tried again by the clock: the next check-in comes by itself."""
        return ()

    async def record(
        self, session: AsyncSession, request: Request, item_id: UUID, staff: CurrentStaff, what: Recorded
    ) -> None:
        """Write down what came of it. Raises Unprocessable, Conflict, NotFound."""
        if what.result not in RESULTS:
            raise Unprocessable("Say what came of it.")
        await worklist.record_outcome(
            session,
            item_id,
            outcome=what.result,
            note=what.note.strip() or None,
            staff_id=staff.id,
            clock=clock_of(request),
        )


def _item(row: NonResponseOut, words: ConsoleWords, clock: Clock) -> WorkItem:
    now = clock.now()
    said = "console/silence_wrote_since" if row.heard_since else "console/silence_since"
    at = row.last_heard_at if row.heard_since and row.last_heard_at else row.listed_at
    audience = str(row.known.get("audience"))
    facts = [words(CHANNELS[row.channel]), *(str(row.known[name]) for name in ("place", "prison") if name in row.known)]
    return WorkItem(
        id=row.id,
        name=row.known.get("first_name"),
        for_whom=words(AUDIENCES[audience]) if audience in AUDIENCES else "",
        state=words(said, when=clock_time_or_day(at, now)),
        late=not row.heard_since,
        facts=[*facts, words("console/silence_day", day=row.day)],
        tries=[
            words("console/silence_tried", when=clock_time_or_day(tried.at, now), status=tried.status or "")
            for tried in row.tried
        ],
        to_record=True,
    )
