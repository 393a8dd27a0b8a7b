"""How often one address or one conversation may call. Danger is never refused its answer."""

from __future__ import annotations

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.strategies import FixedWindowRateLimiter
from limits.storage import storage_from_string

OPENINGS = RateLimitItemPerMinute(300)
"""Webchats from one address: a whole prison or hospital may stand behind it."""
MESSAGES = RateLimitItemPerMinute(1200)
"""Messages of one conversation: far beyond anybody's fingers, short of what floods the queue."""


class Rates:
    """Counts calls; in Redis when several processes share the work."""

    def __init__(self, redis_url: str | None = None) -> None:
        """`redis_url` as in the settings."""
        storage = (
            storage_from_string(f"async+{redis_url}", implementation="redispy")
            if redis_url
            else storage_from_string("async+memory://")
        )
        self._limiter = FixedWindowRateLimiter(storage)

    async def allows(self, item: RateLimitItem, who: str) -> bool:
        """Count one call of `who`; False when it is one too many."""
        return bool(await self._limiter.hit(item, who))
