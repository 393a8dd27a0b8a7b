"""Those who did not answer a check-in, as work: since when, what was tried, and what came of looking after them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
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
from api.release_plans.schemas import NonResponseOut, OutcomeCode, TriedOut, TryIn
from api.release_plans.tries import record_try
from api.staff.guards import CurrentStaff
from reference.clock import Clock

OUTCOMES: Final[Mapping[str, str]] = {code: f"console/silence_as_{code}" for code in get_args(OutcomeCode)}
TRIES: Final[Mapping[str, str]] = {
    "rang_no_answer": "console_silence/rang_no_answer",
    "rang_message_left": "console_silence/rang_message_left",
    "wrote": "console_silence/wrote",
    "asked_others": "console_silence/asked_others",
}
"""What was tried in vain: it is listed, and the person stays on the list."""
RESULTS: Final[Mapping[str, str]] = {**TRIES, **OUTCOMES}


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
        """Write down what came of it, or what was tried. Raises Unprocessable, Conflict, NotFound."""
        note, clock = what.note.strip() or None, clock_of(request)
        if what.result in TRIES:
            tried = TryIn.model_validate({"what": what.result, "note": note})
            await record_try(session, item_id, what=tried.what, note=note, staff_id=staff.id, clock=clock)
            return
        if what.result not in OUTCOMES:
            raise Unprocessable("Say what came of it.")
        await worklist.record_outcome(
            session,
            item_id,
            outcome=what.result,
            note=note,
            staff_id=staff.id,
            clock=clock,
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
        tries=[tried_line(tried, words, now) for tried in row.tried],
        to_record=True,
    )


def tried_line(tried: TriedOut, words: ConsoleWords, now: datetime) -> str:
    """When, how, by whom and what came of it, in a line."""
    when = clock_time_or_day(tried.at, now)
    if tried.what not in TRIES:
        return words("console/silence_tried", when=when, status=tried.status or "")
    return words("console_silence/tried", when=when, first_name=tried.by, what=tried.what, note=tried.note or "")
