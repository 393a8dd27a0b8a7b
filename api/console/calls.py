"""Calls to make, as work: who is to be rung, when, how often it was tried, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from api.console.repository import rows_of
from api.console.views import RowSource, clock_time_or_day, row
from api.console.words import CALL_RESULTS, Choice, ConsoleWords, clock_time, day_name, local_day
from api.console.worklist import Recorded, WorkItem, moment
from api.database.dependencies import clock_of
from api.handoffs import repository as handoff_rows
from api.handoffs.callbacks import CallResult
from api.handoffs.dependencies import handoffs_of
from api.handoffs.models import CallbackAttempt, Handoff
from api.handoffs.transitions import HELD, State
from api.hours.slots import Slot
from api.problems import Unprocessable
from api.staff.guards import CurrentStaff

_MOST = 200


class Calls:
    """Everybody who is to be rung, missed ones first, until how it ended is written down."""

    name = "calls"
    results: Mapping[str, str] = CALL_RESULTS

    async def items(
        self, session: AsyncSession, request: Request, *, reader: CurrentStaff, words: ConsoleWords
    ) -> Sequence[WorkItem]:
        """The calls: missed, due, without a time, to come; each with its tries."""
        now = clock_of(request).now()
        to_make = await handoff_rows.calls_to_make(session, limit=_MOST)
        tries = await handoff_rows.calls_tried(session, [one.id for one in to_make])
        return [
            self._item(source, tries.get(source.handoff.id, ()), reader=reader, words=words, now=now)
            for source in await rows_of(session, to_make)
        ]

    async def again(self, session: AsyncSession, request: Request, *, words: ConsoleWords) -> Sequence[Choice]:
        """The slots that are free now."""
        return slot_choices(await handoffs_of(request).callbacks.slots(session))

    async def record(
        self, session: AsyncSession, request: Request, item_id: UUID, staff: CurrentStaff, what: Recorded
    ) -> None:
        """What came of ringing; only by whoever has the person."""
        await record_call(session, request, item_id, staff, what)

    def _item(
        self,
        source: RowSource,
        tries: Sequence[tuple[CallbackAttempt, str]],
        *,
        reader: CurrentStaff,
        words: ConsoleWords,
        now: datetime,
    ) -> WorkItem:
        handoff, line = source.handoff, row(source, words=words, now=now)
        free = handoff.state in (State.WAITING.value, State.CALLBACK_SCHEDULED.value)
        return WorkItem(
            id=handoff.id,
            name=line.name,
            for_whom=line.for_whom,
            state=_state(source, words, now),
            late=free and (handoff.callback_missed_at is not None or _is_due(handoff, now)),
            facts=[said for said in (line.level_words, line.channel_words, line.release_words) if said],
            tries=[try_words(one.result, one.tried_at, officer, words, now) for one, officer in tries],
            take=f"/console/people/{handoff.id}/claim" if free else None,
            link=f"/console/people/{handoff.id}",
            to_record=handoff.state in HELD and handoff.claimed_by == reader.id,
        )


async def record_call(
    session: AsyncSession,
    request: Request,
    handoff_id: UUID,
    staff: CurrentStaff,
    what: Recorded,
    *,
    tried_at: datetime | None = None,
) -> None:
    """Write down a call from a form, on the list of work or beside the conversation. Raises Unprocessable, Conflict."""
    if what.result not in CALL_RESULTS:
        raise Unprocessable("Say what came of the call.")
    deeds = handoffs_of(request)
    if what.note.strip():
        await deeds.add_note(session, handoff_id, staff, text=what.note)
    await deeds.callbacks.tried(
        session,
        handoff_id,
        staff,
        result=CallResult(what.result),
        tried_at=tried_at,
        start=slot_start(what.again),
    )


def slot_start(chosen: str) -> datetime | None:
    """The start of the slot that a form names; None for none. Raises Unprocessable."""
    if not chosen:
        return None
    try:
        start = datetime.fromisoformat(chosen)
    except ValueError as error:
        raise Unprocessable("That is not a time.") from error
    if start.tzinfo is None:
        raise Unprocessable("That is not a time that was offered.")
    return start


def slot_choices(slots: Sequence[Slot]) -> list[Choice]:
    """Slots as choices of a form: `Friday 27 November 2026, 10:00 to 12:00`."""
    return [
        Choice(
            moment(slot.start), f"{day_name(local_day(slot.start))}, {clock_time(slot.start)} - {clock_time(slot.end)}"
        )
        for slot in slots
    ]


def try_words(result: str, at: datetime, officer: str, words: ConsoleWords, now: datetime) -> str:
    """One try in one line."""
    return words(
        "console/call_tried", when=clock_time_or_day(at, now), first_name=officer, result=words(CALL_RESULTS[result])
    )


def _is_due(handoff: Handoff, now: datetime) -> bool:
    return handoff.callback_at is not None and handoff.callback_at <= now


def _state(source: RowSource, words: ConsoleWords, now: datetime) -> str:
    handoff = source.handoff
    if handoff.state == State.WRAP_UP.value:
        return words("console/call_to_write_up")
    if handoff.state in HELD:
        return words("console/call_with", first_name=source.officer_first_name or words("console/author_officer"))
    if handoff.callback_missed_at is not None:
        return words("console/call_missed", when=clock_time_or_day(handoff.callback_missed_at, now))
    if handoff.callback_at is None:
        since = handoff.callback_asked_at or handoff.opened_at
        return words("console/call_without_time", when=clock_time_or_day(since, now))
    return words(
        "console/call_due" if _is_due(handoff, now) else "console/call_to_come",
        when=clock_time_or_day(handoff.callback_at, now),
    )
