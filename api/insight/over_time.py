"""How it went over a stretch of days in Scotland: contacts, waits, outcomes, needs, areas, referrers, after release."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.handoffs.models import Handoff
from api.handoffs.service_levels import TargetState, target_state
from api.insight import repository
from api.insight.repository import Stretch
from api.insight.small_numbers import SMALLEST_TOLD, told, told_apart
from api.referrals.signposting import CARD
from reference.clock import SCOTLAND, midnight

AFTER_RELEASE_DAYS = 2
"""Contact by the second day: the first days after release are the most dangerous."""
LONGEST_DAYS = 366
_BY_WEEK_FROM = 15
Told = int | None


@dataclass(frozen=True)
class Period:
    """Whole days in Scotland, both ends in it."""

    first: date
    last: date

    @classmethod
    def lately(cls, days: int, now: datetime) -> Period:
        """The last `days` days, today among them."""
        today = now.astimezone(SCOTLAND).date()
        return cls(today - timedelta(days=min(max(days, 1), LONGEST_DAYS) - 1), today)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def stretch(self) -> Stretch:
        """The same in instants: midnight to midnight by the clock in Scotland."""
        return Stretch(midnight(self.first), midnight(self.last + timedelta(days=1)))


@dataclass(frozen=True)
class Wait:
    """How long people of one level waited for an officer's first words, in whole minutes; None where too few did."""

    level: str
    answered: Told
    median: int | None
    nine_in_ten: int | None


@dataclass(frozen=True)
class AfterRelease:
    """Of those whose second day after release is over, how many wrote by then."""

    released: Told
    in_touch: Told


@dataclass(frozen=True)
class Referred:
    """Families that other services referred, by the service's code, and how many of them were reached."""

    families: Told
    reached: Told
    services: Mapping[str, Told]


@dataclass(frozen=True)
class Report:
    """One stretch of days. Every count is None where fewer than five stand in it; parts are told apart together."""

    period: Period
    contacts: Told
    steps: Sequence[tuple[date, Told]]
    by_week: bool
    channels: Mapping[str, Told]
    audiences: Mapping[str, Told]
    asked_for_a_person: Told
    waits: Sequence[Wait]
    targets: Mapping[str, Told]
    outcomes: Mapping[str, Told]
    needs: Mapping[str, Told]
    areas: Mapping[str, Told]
    referrers: Mapping[str, Told]
    cards: Mapping[str, Told]
    """Chats that began at the square code of a service's card, by the service's code."""
    referred: Referred
    after_release: AfterRelease
    naloxone: Mapping[str, Told]


async def report(session: AsyncSession, period: Period, now: datetime) -> Report:
    """The report of a period, small numbers left out."""
    contacts = await repository.contacts(session, period.stretch)
    facts = await repository.facts_of_contacts(session, period.stretch)
    handoffs = await repository.handoffs(session, period.stretch)
    by_week = period.days >= _BY_WEEK_FROM
    return Report(
        period=period,
        contacts=told(len(contacts)),
        steps=_steps([at.astimezone(SCOTLAND).date() for at, _, _ in contacts], period, by_week=by_week),
        by_week=by_week,
        channels=told_apart(Counter(channel for _, channel, _ in contacts)),
        audiences=told_apart(_counted(facts, "audience")),
        asked_for_a_person=told(len(handoffs)),
        waits=_waits(handoffs),
        targets=told_apart(_targets(handoffs, now)),
        outcomes=told_apart(_most_first(one.outcome for one in handoffs if one.outcome)),
        needs=told_apart(_counted(facts, "needs")),
        areas=told_apart(_counted(facts, "place")),
        referrers=told_apart(_most_first(_page(page) for _, channel, page in contacts if channel == "web")),
        cards=told_apart(_counted(facts, CARD)),
        referred=_referred(await repository.referrals(session, period.stretch)),
        after_release=await _after_release(session, period, now),
        naloxone=told_apart(_most_first(one.naloxone for one in handoffs if one.naloxone)),
    )


def _referred(referrals: Sequence[Any]) -> Referred:
    reached = sum(reached_at is not None for _, reached_at in referrals)
    parts = told_apart({"reached": reached, "not": len(referrals) - reached})
    return Referred(
        families=told(len(referrals)),
        reached=parts["reached"],
        services=told_apart(_most_first(code or "" for code, _ in referrals)),
    )


def _steps(days: Sequence[date], period: Period, *, by_week: bool) -> list[tuple[date, Told]]:
    width = timedelta(days=7 if by_week else 1)
    counted = Counter(period.first + width * ((day - period.first) // width) for day in days)
    starts = (period.first + width * number for number in range(math.ceil(period.days / width.days)))
    return [(start, told(counted[start])) for start in starts]


def _most_first(values: Iterable[str]) -> dict[str, int]:
    return dict(Counter(values).most_common())


def _counted(facts: Iterable[Any], wanted: str) -> dict[str, int]:
    """In how many conversations each value of a fact was learned, the most frequent first."""
    seen: set[tuple[UUID, str]] = set()
    for conversation_id, name, value in facts:
        if name == wanted:
            seen.update((conversation_id, str(one)) for one in (value if isinstance(value, list) else [value]))
    return _most_first(value for _, value in seen)


def _page(page: str | None) -> str:
    """The site and page that somebody came from, without what stands behind a question mark; empty for none."""
    parts = urlsplit(page or "")
    return f"{parts.netloc}{parts.path}".rstrip("/")


def _waits(handoffs: Sequence[Handoff]) -> list[Wait]:
    waits = []
    for level in ("emergency", "urgent", "none"):
        minutes = sorted(
            (one.answered_at - one.opened_at).total_seconds() / 60
            for one in handoffs
            if one.answered_at is not None and _level(one) == level
        )
        known = len(minutes) >= SMALLEST_TOLD
        waits.append(
            Wait(
                level,
                told(len(minutes)),
                round(_share(minutes, 0.5)) if known else None,
                round(_share(minutes, 0.9)) if known else None,
            )
        )
    return waits


def _level(handoff: Handoff) -> str:
    if handoff.emergency or handoff.level == "emergency":
        return "emergency"
    return "urgent" if handoff.level == "urgent" else "none"


def _share(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least this share does not pass (nearest rank)."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _targets(handoffs: Sequence[Handoff], now: datetime) -> dict[str, int]:
    states = Counter(state.value for one in handoffs if (state := target_state(one, now)) is not None)
    return {state: states[state] for state in (TargetState.HIT.value, TargetState.MISSED.value)}


async def _after_release(session: AsyncSession, period: Period, now: datetime) -> AfterRelease:
    due: dict[UUID, date] = {}
    for conversation_id, said in await repository.release_days(session):
        try:
            day = date.fromisoformat(str(said))
        except ValueError:
            continue
        over = midnight(day + timedelta(days=AFTER_RELEASE_DAYS + 1)) <= now
        if period.first <= day <= period.last and over:
            due[conversation_id] = day
    last = period.last + timedelta(days=AFTER_RELEASE_DAYS + 1)
    wrote = await repository.wrote_between(session, list(due), Stretch(period.stretch.start, midnight(last)))
    in_touch = {
        conversation_id
        for conversation_id, at in wrote
        if 0 <= (at.astimezone(SCOTLAND).date() - due[conversation_id]).days <= AFTER_RELEASE_DAYS
    }
    parts = told_apart({"in_touch": len(in_touch), "not": len(due) - len(in_touch)})
    return AfterRelease(told(len(due)), parts["in_touch"])
