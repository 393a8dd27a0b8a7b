"""What goes wrong on the way to Twilio and back: chosen by whoever tries the service, the same with the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

_Thing = TypeVar("_Thing")


@dataclass
class Faults:
    """Shares are between 0 and 1. Without any of these everything works, at once and in order."""

    seed: int = 0
    delay_seconds: float = 0.0
    """Every answer to `CreateMessage` takes this long."""
    fail_every: int = 0
    """Every so-manyth call to `CreateMessage` is refused; 3 for each third."""
    fail_share: float = 0.0
    """This share of the calls to `CreateMessage` is refused."""
    fail_status: int = 503
    """How they are refused."""
    retry_after: int | None = None
    """The `Retry-After` of a refusal, in seconds."""
    lose_share: float = 0.0
    """This share of the messages is taken, and the answer is lost on its way back."""
    lost_answer: Literal["504", "hang_up"] = "504"
    """How an answer is lost: a gateway's 504, or a connection that breaks off (a server of its own only)."""
    double_share: float = 0.0
    """This share of the webhooks comes twice."""
    shuffle: bool = False
    """The status callbacks of a message come in any order."""
    drop_share: float = 0.0
    """This share of the status callbacks never comes."""
    callback_delay_seconds: float = 0.0
    """Status callbacks come up to this much later."""
    calls: int = field(default=0, init=False)
    """How many calls to `CreateMessage` there were."""

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - faults that can be repeated, no secret

    def refuses(self) -> bool:
        """Whether this call to `CreateMessage` is refused. Counts it."""
        self.calls += 1
        return bool(self.fail_every and self.calls % self.fail_every == 0) or self._happens(self.fail_share)

    def loses(self) -> bool:
        """Whether the answer to a message that was taken is lost."""
        return self._happens(self.lose_share)

    def doubles(self) -> bool:
        """Whether a webhook comes twice."""
        return self._happens(self.double_share)

    def order(self, callbacks: Sequence[_Thing]) -> list[_Thing]:
        """The callbacks of one message as they arrive: some lost, some twice, perhaps in another order."""
        coming = [one for one in callbacks if not self._happens(self.drop_share)]
        coming += [one for one in coming if self.doubles()]
        if self.shuffle:
            self._random.shuffle(coming)
        return coming

    def pause(self) -> float:
        """How many seconds until the next callback."""
        return self._random.uniform(0, self.callback_delay_seconds) if self.callback_delay_seconds else 0.0

    def _happens(self, share: float) -> bool:
        return share > 0 and self._random.random() < share
