"""How well people are kept in touch with after release, as the throughcare model of 2005 asks: seen within two days,
at least weekly for six weeks, no answer acted on, and with what outcome. By area, small numbers left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.models import Fact
from api.insight import repository
from api.insight.over_time import AFTER_RELEASE_DAYS, Period, Told
from api.insight.repository import Stretch
from api.insight.small_numbers import SMALLEST_TOLD, told, told_apart
from api.release_plans.models import CheckIn, ReleasePlan
from api.release_plans.transitions import PlanState, State
from reference.clock import SCOTLAND

WEEKS = 6
_NO_AREA = "not_known"
_UNWANTED = (PlanState.NOTED.value, PlanState.INVITED.value)


@dataclass(frozen=True)
class Share:
    """Of so many (`of`), so many did (`did`); None where too few to be told."""

    of: Told
    did: Told


@dataclass(frozen=True)
class Monitoring:
    """One stretch of release days."""

    period: Period
    within_two_days: Share
    by_area: Mapping[str, Share]
    weekly: Sequence[Share]
    """Weeks 1 to 6: of those whose week is over, who wrote in it."""
    asked: Told
    answers: Mapping[str, Told]
    listed: Told
    acted_on: Told
    hours_to_outcome: int | None
    """Median hours from the list to an outcome; None where fewer than five were acted on."""
    outcomes: Mapping[str, Told]

    def rows(self) -> Iterator[tuple[str, str, int | None]]:
        """Measure, value and count, as a file holds them."""
        yield "within_2_days", "released", self.within_two_days.of
        yield "within_2_days", "in_touch", self.within_two_days.did
        for area, share in self.by_area.items():
            yield "within_2_days_released", area, share.of
            yield "within_2_days_in_touch", area, share.did
        for week, share in enumerate(self.weekly, start=1):
            yield "weekly_released", f"week_{week}", share.of
            yield "weekly_in_touch", f"week_{week}", share.did
        yield "check_ins", "asked", self.asked
        for answer, count in self.answers.items():
            yield "answer", answer, count
        yield "no_answer", "listed", self.listed
        yield "no_answer", "acted_on", self.acted_on
        yield "no_answer", "median_hours_to_outcome", self.hours_to_outcome
        for outcome, count in self.outcomes.items():
            yield "outcome", outcome, count


async def monitoring(session: AsyncSession, period: Period, now: datetime) -> Monitoring:
    """How it went for those who got out in this period and wanted to be asked."""
    plans = (
        await session.execute(
            select(ReleasePlan.conversation_id, ReleasePlan.release_date).where(
                ReleasePlan.release_date >= period.first,
                ReleasePlan.release_date <= period.last,
                ReleasePlan.state.not_in(_UNWANTED),
            )
        )
    ).all()
    released: dict[UUID, date] = {row.conversation_id: row.release_date for row in plans}
    heard = await _days_heard(session, released)
    today = now.astimezone(SCOTLAND).date()
    check_ins = await _check_ins(session, list(released))
    outcomes = [one for one in check_ins if one.outcome is not None]
    took = [_hours(one) for one in outcomes if one.listed_at is not None and one.closed_at is not None]
    due = {who: day for who, day in released.items() if day + timedelta(days=AFTER_RELEASE_DAYS) < today}
    in_touch = {who for who in due if any(0 <= after <= AFTER_RELEASE_DAYS for after in heard[who])}
    listed = sum(one.listed_at is not None for one in check_ins)
    acted = told_apart({"acted_on": len(outcomes), "open": listed - len(outcomes)})
    return Monitoring(
        period=period,
        within_two_days=_share(due, in_touch),
        by_area=await _by_area(session, due, in_touch),
        weekly=[_week(number, released, heard, today) for number in range(WEEKS)],
        asked=told(sum(one.asked_at is not None for one in check_ins)),
        answers=told_apart(_answers(check_ins)),
        listed=told(listed),
        acted_on=acted["acted_on"],
        hours_to_outcome=round(median(took)) if len(took) >= SMALLEST_TOLD else None,
        outcomes=told_apart(dict(Counter(str(one.outcome) for one in outcomes).most_common())),
    )


def _share(of: Mapping[UUID, Any], did: set[UUID]) -> Share:
    """Who did not is nobody's to learn either where they are few."""
    parts = told_apart({"did": len(did), "not": len(of) - len(did)})
    return Share(told(len(of)), parts["did"])


def _week(number: int, released: Mapping[UUID, date], heard: Mapping[UUID, set[int]], today: date) -> Share:
    first, last = 7 * number, 7 * number + 6
    over = {who: day for who, day in released.items() if day + timedelta(days=last) < today}
    return _share(over, {who for who in over if any(first <= after <= last for after in heard[who])})


async def _by_area(session: AsyncSession, due: Mapping[UUID, date], in_touch: set[UUID]) -> dict[str, Share]:
    found = await session.execute(
        select(Fact.conversation_id, Fact.value).where(Fact.name == "place", Fact.conversation_id.in_(list(due)))
    )
    areas = {conversation_id: str(area) for conversation_id, area in found}
    people: defaultdict[str, dict[UUID, date]] = defaultdict(dict)
    for who, day in due.items():
        people[areas.get(who, _NO_AREA)][who] = day
    shown = told_apart({area: len(those) for area, those in people.items()})
    shares = {}
    for area in sorted(people):
        share = _share(people[area], in_touch & set(people[area]))
        shares[area] = share if shown[area] is not None else Share(None, None)
    return shares


async def _days_heard(session: AsyncSession, released: Mapping[UUID, date]) -> dict[UUID, set[int]]:
    """On which days after their release people wrote."""
    heard: dict[UUID, set[int]] = {who: set() for who in released}
    if not released:
        return heard
    whole = Period(min(released.values()), max(released.values()) + timedelta(days=7 * WEEKS))
    stretch = Stretch(whole.stretch.start, whole.stretch.end)
    for who, at in await repository.wrote_between(session, list(released), stretch):
        heard[who].add((at.astimezone(SCOTLAND).date() - released[who]).days)
    return heard


async def _check_ins(session: AsyncSession, people: Sequence[UUID]) -> Sequence[CheckIn]:
    found = await session.execute(
        select(CheckIn).where(CheckIn.conversation_id.in_(people), CheckIn.kind == "check_in")
    )
    return found.scalars().all()


def _answers(check_ins: Sequence[CheckIn]) -> dict[str, int]:
    answered = Counter(one.answer or "other" for one in check_ins if one.state == State.ANSWERED.value)
    return dict(answered.most_common())


def _hours(check_in: CheckIn) -> float:
    assert check_in.closed_at is not None
    assert check_in.listed_at is not None
    return (check_in.closed_at - check_in.listed_at).total_seconds() / 3600
