"""What becomes of referrals as time passes: the one text before a call, and which families were reached."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from api.database.engine import Database
from api.referrals.service import Referrals
from api.referrals.texting import FirstText


def see_to_referrals(
    database: Database, referrals: Referrals, first_text: FirstText | None
) -> Callable[[], Coroutine[Any, Any, None]]:
    """One look, each step in a unit of work of its own. Without texts connected none is sent first."""

    async def look() -> None:
        steps = [referrals.follow_up]
        if first_text is not None:
            steps += [first_text.note_answers, first_text.send_due]
        for step in steps:
            async with database.write() as session:
                await step(session)

    return look
