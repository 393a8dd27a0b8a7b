"""What the service says first, on a phone that others may hold: may it go now, and in which wording.

An answer to the person's own words needs none of this. What is sent first mentions neither prison nor drugs nor the
helpline's name unless the person agreed, and doesn't come at night.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from enum import Enum
from functools import cache
from typing import Any

import yaml
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.holders import holder_of
from api.conversations.models import Channel, Conversation, Fact
from api.settings import Settings
from reference.clock import SCOTLAND, Clock
from reference.paths import data_folder
from voice import Utterance, Voice

AGREED = "agreed_to_plain_words"
"""The fact that texts sent first may name what they are about."""

DISCREET = "_discreet"
"""A text `topic/name` that may be sent first has a twin `topic/name_discreet` for phones that others may see."""

NEUTRAL = "sms_first/neutral"
"""What is sent where a text has no discreet twin."""


class Reason(str, Enum):
    """Why something is not sent now."""

    OPTED_OUT = "opted_out"
    OTHER_HOLDER = "other_holder"
    QUIET = "quiet"


@dataclass(frozen=True)
class QuietHours:
    """The hours, in Scotland, in which nothing is sent first; over midnight when they end before they begin."""

    starts: time
    ends: time

    @classmethod
    def of(cls, settings: Settings) -> QuietHours:
        """The operator's."""
        return cls(settings.quiet_from, settings.quiet_until)

    def end_after(self, now: datetime) -> datetime | None:
        """When the quiet that reigns now is over, in UTC; None when none does."""
        here = now.astimezone(SCOTLAND)
        clock_says = here.time()
        over_midnight = self.ends <= self.starts
        if over_midnight:
            quiet = clock_says >= self.starts or clock_says < self.ends
        else:
            quiet = self.starts <= clock_says < self.ends
        if not quiet or self.starts == self.ends:
            return None
        day = here.date() + timedelta(days=1 if over_midnight and clock_says >= self.starts else 0)
        return datetime.combine(day, self.ends, tzinfo=SCOTLAND).astimezone(timezone.utc)


@dataclass(frozen=True)
class Verdict:
    """Whether it may be sent now. `not_before` says when to ask again, None for never; `discreet`: in which wording."""

    reason: Reason | None = None
    not_before: datetime | None = None
    discreet: bool = False

    @property
    def goes(self) -> bool:
        """It may go now."""
        return self.reason is None


async def may_be_sent_first(
    session: AsyncSession, conversation: Conversation, *, clock: Clock, quiet: QuietHours
) -> Verdict:
    """Whether something may be said to this person unasked, now. A webchat is only read where it is open."""
    if conversation.channel != Channel.SMS.value:
        return Verdict()
    if conversation.opted_out_at is not None:
        return Verdict(Reason.OPTED_OUT)
    holder, now = await holder_of(session, conversation.id), clock.now()
    if holder is not None and holder.doubted_at is not None:
        return Verdict(Reason.OTHER_HOLDER)
    agreed = await session.get(Fact, (conversation.id, AGREED))
    shut = holder is not None and holder.is_shut(now)
    discreet = shut or agreed is None or agreed.value is not True
    ends = quiet.end_after(now)
    return Verdict(Reason.QUIET if ends else None, ends, discreet)


def first_words(
    voice: Voice,
    content_id: str,
    verdict: Verdict,
    *,
    channel: str,
    audience: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> Utterance:
    """The text in the wording that the verdict allows; a discreet wording that gives something away is not sent."""
    if not verdict.discreet:
        return voice.say(content_id, channel=channel, audience=audience, values=values)
    twin = content_id + DISCREET
    if twin in voice.library:
        words = voice.say(twin, channel=channel, audience=audience, values=values)
        if not gives_away(words.text):
            return words
    return voice.say(NEUTRAL, channel=channel)


def gives_away(text: str) -> bool:
    """Whether whoever reads this over somebody's shoulder learns what it is about."""
    return _telling().search(text) is not None


@cache
def _telling() -> re.Pattern[str]:
    told = yaml.safe_load((data_folder() / "reception" / "telling_words.yml").read_text(encoding="utf-8"))
    return re.compile(r"\b(?:" + "|".join(re.escape(str(word)) for word in told["begins"]) + ")", re.IGNORECASE)
