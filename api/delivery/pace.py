"""How long to wait: between attempts, before looking after a parcel in doubt, and until giving up.

The pauses are kept in the outbox as the instant of the next attempt, so that they outlive the process, hold for every
worker, and can be told by a test's clock. A library that waits by sleeping inside the process (tenacity, backoff) would
hold the claim meanwhile and forget the pause with the process; what is left of one without its sleeping is one line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Pace:
    """The worker's times. Seconds where a plain number stands."""

    first_pause: float = 2.0
    longest_pause: float = 900.0
    longest_urgent_pause: float = 60.0
    """What is about danger is not left for a quarter of an hour."""
    doubt_settles: float = 10.0
    """Before the provider is asked about an attempt of unknown fate: it may still be at work on it."""
    doubt_lasts: float = 120.0
    """So long it is looked for, again and again, before it is sent anew: it may be taken late."""
    urgent_doubt_lasts: float = 10.0
    """The same for what is about danger: two of those are better than none."""
    urgent_told_after: timedelta = timedelta(minutes=2)
    """What is about danger and has not left for so long is told staff, as what will never arrive is."""
    taken_for: timedelta = timedelta(seconds=60)
    """A worker that was not heard of for so long holds its parcel no more. It begins no attempt in the second half."""
    given_up_after: timedelta = timedelta(hours=24)
    at_once: int = 20
    look_every: float = 5.0
    """The look beneath the bell."""
    farewell: float = 5.0
    """So long a worker that is told to stop goes on with what it has begun."""

    def doubt_over_at(self, doubted_at: datetime, *, urgent: bool) -> datetime:
        """When an attempt that may have gone at `doubted_at` may be made once more, if it still can't be found."""
        return doubted_at + timedelta(seconds=self.urgent_doubt_lasts if urgent else self.doubt_lasts)

    def pause(self, attempt: int, jitter: float, *, urgent: bool = False, at_least: float = 0.0) -> float:
        """Seconds before the next attempt: `jitter` (0 to 1) of a span that doubles with each attempt.

        Full jitter (Brooker, "Exponential Backoff and Jitter", 2015): many that failed together don't come back
        together. `at_least` is what the provider asked for; the jitter comes on top of it.
        """
        longest = self.longest_urgent_pause if urgent else self.longest_pause
        return at_least + jitter * min(longest, self.first_pause * 2.0 ** min(attempt - 1, 30))
