"""What becomes of referrals as time passes: which families were reached."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from api.database.engine import Database
from api.referrals.service import Referrals


def see_to_referrals(database: Database, referrals: Referrals) -> Callable[[], Awaitable[None]]:
    """One look, in a unit of work of its own."""

    async def look() -> None:
        async with database.write() as session:
            await referrals.follow_up(session)

    return look
