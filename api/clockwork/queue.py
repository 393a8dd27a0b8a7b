"""What the clock does for the queue, again and again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.clockwork.texts import TextAlerts
from api.database.engine import Database
from api.handoffs.service import Queue
from api.handoffs.watch import Watch
from api.reception.officers import Officers


def queue_duties(queue: Queue) -> tuple[Callable[[AsyncSession], Awaitable[object]], ...]:
    """Every duty, the gravest first: nobody hangs on a lost officer, and nobody on call is told late."""
    watch = Watch(queue)
    return (
        queue.release_expired_leases,
        queue.page_unclaimed_emergencies,
        queue.safeguarding.remind,
        watch.bring_back_callbacks,
        watch.keep_promises,
        watch.remind_of_callbacks,
        watch.note_missed_callbacks,
        watch.ask_for_endings,
        queue.settle_owners,
    )


def see_to_the_queue(database: Database, queue: Queue) -> Callable[[], Coroutine[Any, Any, None]]:
    """One round of all duties.

    Each in a transaction of its own: held together, their locks could meet those of a message coming in.
    """
    duties = queue_duties(queue)
    tell_of_texts = TextAlerts(database, Officers(queue, queue.voice, queue.clock), queue.clock).one_round

    async def one_round() -> None:
        for duty in duties:
            async with database.write() as session:
                await duty(session)
        await tell_of_texts()

    return one_round
