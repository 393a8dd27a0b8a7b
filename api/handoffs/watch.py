"""What the clock sees to in the queue beside leases: promises about to be missed, callbacks, endings not written up.

Every duty looks first and changes only what is due, in a unit of work of its own; what it tells goes to open consoles
as events of the queue, and into the audit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service as audit
from api.handoffs.models import Handoff
from api.handoffs.repository import callbacks_due, handoff_for_change
from api.handoffs.service import Queue
from api.handoffs.transitions import State
from api.hours.slots import CallbackSlots

WRITTEN_UP_WITHIN: Final = timedelta(minutes=20)
"""How long an officer may take to write up how it ended before a lead is told."""

_UNANSWERED = (State.WAITING.value, State.CLAIMED.value)


class Watch:
    """Warns, escalates and reminds; each method returns the handoffs it told of."""

    def __init__(self, queue: Queue, slots: CallbackSlots | None = None) -> None:
        """`slots` says how calls are followed up; by default what `data/operations/hours.yml` says."""
        self._queue = queue
        self._slots = slots or CallbackSlots.load()

    async def keep_promises(self, session: AsyncSession) -> Sequence[UUID]:
        """Warn of service levels that are about to be missed, and escalate those that are, each once.

        An emergency that is missed pages whoever is on call again.
        """
        now = self._queue.clock.now()
        due = select(Handoff.id).where(
            Handoff.state.in_(_UNANSWERED),
            Handoff.answered_at.is_(None),
            or_(
                Handoff.warned_at.is_(None) & (Handoff.warn_at <= now),
                Handoff.breached_at.is_(None) & (Handoff.answer_by < now),
            ),
        )
        told = []
        for handoff_id in await self._in_order(session, due):
            handoff, _ = await handoff_for_change(session, handoff_id)
            if handoff is None or handoff.state not in _UNANSWERED or handoff.answered_at is not None:
                continue
            if handoff.breached_at is None and handoff.answer_by is not None and handoff.answer_by < now:
                handoff.warned_at, handoff.breached_at = handoff.warned_at or now, now
                await self._tell(session, handoff, "handoff.service_level_missed", "breached")
                if handoff.emergency and handoff.state == State.WAITING.value:
                    await self._queue.page(session, handoff, "oncall/page_reminder")
            elif handoff.warned_at is None:
                handoff.warned_at = now
                await self._tell(session, handoff, "handoff.service_level_warned", "warned")
            told.append(handoff.id)
        return told

    async def remind_of_callbacks(self, session: AsyncSession) -> Sequence[UUID]:
        """Tell open consoles of a call that is due soon, once."""
        now = self._queue.clock.now()
        soon = select(Handoff.id).where(
            Handoff.state == State.CALLBACK_SCHEDULED.value,
            Handoff.callback_reminded_at.is_(None),
            Handoff.callback_at <= now + self._slots.remind_before,
        )
        told = []
        for handoff_id in await self._in_order(session, soon):
            handoff, _ = await handoff_for_change(session, handoff_id)
            if handoff is not None and handoff.callback_reminded_at is None:
                handoff.callback_reminded_at = now
                await self._tell(session, handoff, "handoff.callback_due_soon", "callback_soon")
                told.append(handoff.id)
        return told

    async def bring_back_callbacks(self, session: AsyncSession) -> Sequence[UUID]:
        """Put those whose agreed time has come back into the queue, at the age they had."""
        due = []
        for handoff_id in await callbacks_due(session, self._queue.clock.now()):
            handoff, conversation = await handoff_for_change(session, handoff_id)
            if handoff is None or handoff.state != State.CALLBACK_SCHEDULED.value:
                continue
            await self._queue.wait_again(session, handoff, conversation)
            self._queue.changed(session, handoff, "ranked")
            due.append(handoff.id)
        if due:
            await self._queue.tell_positions(session)
        return due

    async def note_missed_callbacks(self, session: AsyncSession) -> Sequence[UUID]:
        """Put calls that nobody made in time on the list of missed ones, tell leads, and tell the person so."""
        now = self._queue.clock.now()
        late = select(Handoff.id).where(
            Handoff.state.in_((State.CALLBACK_SCHEDULED.value, State.WAITING.value)),
            Handoff.callback_missed_at.is_(None),
            or_(
                Handoff.callback_until < now,
                Handoff.callback_until.is_(None) & (Handoff.callback_at <= now - self._slots.missed_after),
                # Nobody named a time: that is no reason to forget them.
                Handoff.callback_at.is_(None) & (Handoff.callback_asked_at <= now - self._slots.without_time_within),
            ),
        )
        told = []
        for handoff_id in await self._in_order(session, late):
            handoff, conversation = await handoff_for_change(session, handoff_id)
            if handoff is None or handoff.callback_missed_at is not None or handoff.claimed_by is not None:
                continue
            handoff.callback_missed_at = now
            if handoff.state == State.CALLBACK_SCHEDULED.value:
                await self._queue.wait_again(session, handoff, conversation)
            if conversation is not None:
                await self._queue.tell(session, conversation, "queue/callback_missed")
            await self._tell(session, handoff, "handoff.callback_missed", "callback_missed")
            told.append(handoff.id)
        return told

    async def ask_for_endings(self, session: AsyncSession) -> Sequence[UUID]:
        """Tell leads of people whose ending nobody has written up."""
        now = self._queue.clock.now()
        open_endings = select(Handoff.id).where(
            Handoff.state == State.WRAP_UP.value,
            Handoff.ended_at <= now - WRITTEN_UP_WITHIN,
            Handoff.ending_asked_at.is_(None),
        )
        told = []
        for handoff_id in await self._in_order(session, open_endings):
            handoff, _ = await handoff_for_change(session, handoff_id)
            if handoff is not None and handoff.state == State.WRAP_UP.value and handoff.ending_asked_at is None:
                handoff.ending_asked_at = now
                await self._tell(session, handoff, "handoff.ending_missing", "ending_missing")
                told.append(handoff.id)
        return told

    async def _in_order(self, session: AsyncSession, wanted: Select[Any]) -> Sequence[UUID]:
        """In the order in which they have to be locked."""
        found: Sequence[UUID] = (
            (await session.execute(wanted.order_by(Handoff.conversation_id, Handoff.id))).scalars().all()
        )
        return found

    async def _tell(self, session: AsyncSession, handoff: Handoff, action: str, change: str) -> None:
        await audit.record(session, self._queue.clock, actor=audit.SYSTEM, action=action, subject=handoff.id)
        self._queue.changed(session, handoff, change)
