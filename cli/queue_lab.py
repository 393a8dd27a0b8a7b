"""The queue laboratory: a night at the helpline, event by event, over the queue's own priority and lease code.

Nothing of the order is written again here: `rank`, `in_order_for`, `Lease`, `after_loss` and the service levels are
those that serve real people. What is supposed (who comes when, how long a conversation takes, how many officers there
are) stands in `data/operations/night.yml`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import simpy
import yaml

from api.handoffs.lease import AfterLoss, Lease, after_loss
from api.handoffs.next_person import Candidate, in_order_for
from api.handoffs.priority import rank
from api.handoffs.service_levels import Priority, ServiceLevels, priority_of
from api.staff.presence import CAPACITY
from reference.clock import SCOTLAND
from reference.paths import data_folder

Order = Callable[[Sequence[Candidate], frozenset[str]], Candidate]
_MINUTES_A_DAY: Final = 24 * 60


@dataclass(frozen=True)
class Night:
    """What is supposed of a night. Minutes; `arrivals` are people an hour, by the hour of the clock on the wall."""

    starts: int
    hours: int
    arrivals: tuple[float, ...]
    shares: Mapping[Priority, float]
    minutes: Mapping[Priority, float]
    skills: Mapping[str, float]
    gives_up_after: float
    loses_officer: float
    heartbeat: float
    lease: float

    @classmethod
    def load(cls, file: Path | None = None) -> Night:
        """Read `data/operations/night.yml`. Raises ValueError where shares don't add up to one."""
        file = file or data_folder() / "operations" / "night.yml"
        said: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
        shares = {Priority(name): float(share) for name, share in said["shares"].items()}
        if abs(sum(shares.values()) - 1) > 1e-6:
            raise ValueError(f"{file.name}: the shares have to add up to 1")
        return cls(
            starts=said["starts"],
            hours=said["hours"],
            arrivals=tuple(float(said["arrivals_an_hour"][hour]) for hour in range(24)),
            shares=shares,
            minutes={Priority(name): float(value) for name, value in said["conversation_minutes"].items()},
            skills={name: float(share) for name, share in said["wants_skill"].items()},
            gives_up_after=said["gives_up_after_minutes"],
            loses_officer=said["officer_lost_in"],
            heartbeat=said["heartbeat_seconds"] / 60,
            lease=said["lease_seconds"] / 60,
        )


@dataclass(frozen=True)
class Somebody:
    """One person who asks for an officer."""

    id: UUID
    asked: float
    priority: Priority
    skill: str | None
    minutes: float
    patience: float


@dataclass
class Waited:
    """How a night went for one person: minutes to an officer's first words, None for who gave up before."""

    who: Somebody
    answered_after: float | None = None
    times_lost: int = 0


@dataclass
class Log:
    """How a night went."""

    people: list[Waited] = field(default_factory=list)
    most_waiting: int = 0

    def waits(self, priority: Priority | None = None) -> list[float]:
        """Minutes waited by those who were answered, shortest first."""
        return sorted(
            one.answered_after
            for one in self.people
            if one.answered_after is not None and (priority is None or one.who.priority is priority)
        )

    def gave_up(self, priority: Priority | None = None) -> int:
        """How many left before anybody answered."""
        return sum(
            one.answered_after is None for one in self.people if priority is None or one.who.priority is priority
        )

    def within(self, levels: ServiceLevels, priority: Priority) -> float | None:
        """The share of this priority that was answered in time; None where nobody came."""
        ours = [one for one in self.people if one.who.priority is priority]
        if not ours:
            return None
        target = levels.target(priority).answer_within.total_seconds() / 60
        return sum(one.answered_after is not None and one.answered_after <= target for one in ours) / len(ours)


def people_of(night: Night, seed: int, surge: float = 1.0) -> list[Somebody]:
    """Who comes in a night: by the hour, as independent people do, `surge` times as many as usual."""
    chance = random.Random(seed)  # noqa: S311
    busiest = max(night.arrivals) * surge / 60
    people: list[Somebody] = []
    at = 0.0
    while (at := at + chance.expovariate(busiest)) < night.hours * 60:
        hour = int((night.starts * 60 + at) % _MINUTES_A_DAY // 60)
        if chance.random() * busiest > night.arrivals[hour] * surge / 60:
            continue
        priority = chance.choices(list(night.shares), list(night.shares.values()))[0]
        wishes = [*night.skills, None]
        weights = [*night.skills.values(), max(0.0, 1 - sum(night.skills.values()))]
        people.append(
            Somebody(
                id=UUID(int=chance.getrandbits(128)),
                asked=at,
                priority=priority,
                skill=chance.choices(wishes, weights)[0],
                # Conversations are mostly short and sometimes very long: log-normal, with the mean that was said.
                minutes=chance.lognormvariate(0, 0.6) / 1.197 * night.minutes[priority],
                patience=chance.expovariate(1 / night.gives_up_after)
                if priority is not Priority.EMERGENCY
                else float("inf"),
            )
        )
    return people


def by_the_queue(waiting: Sequence[Candidate], skills: frozenset[str]) -> Candidate:
    """Whom the service gives an officer who presses "next person"."""
    return next(in_order_for(skills, waiting))


def first_come_first_served(waiting: Sequence[Candidate], skills: frozenset[str]) -> Candidate:
    """Whom a shared inbox gives."""
    return waiting[0]


class Helpline:
    """One night with so many officers. Time is in minutes since it began."""

    def __init__(self, night: Night, *, officers: int, begins: date, order: Order, seed: int) -> None:
        """`begins` is the day on whose evening the night starts; `seed` decides which officers are lost."""
        self._night = night
        self._order = order
        self._chance = random.Random(seed)  # noqa: S311
        self._zero = datetime(begins.year, begins.month, begins.day, night.starts, tzinfo=SCOTLAND)
        self._lease = Lease(timedelta(minutes=night.lease))
        self._world = simpy.Environment()
        self._waiting: list[tuple[float, Candidate]] = []
        self._entries: dict[UUID, Waited] = {}
        self._somebody_came = self._world.event()
        self._skills = [frozenset({skill}) for skill in night.skills]
        self._officers = officers
        self.log = Log()

    def run(self, people: Sequence[Somebody]) -> Log:
        """The night, until everybody who came has been seen to."""
        self._world.process(self._arrivals(people))
        for officer in range(self._officers):
            skills = self._skills[officer % len(self._skills)] if self._skills else frozenset()
            # An officer writes with several people at once: each of those places is served on its own.
            for _ in range(CAPACITY):
                self._world.process(self._place(skills))
        self._world.run(until=self._night.hours * 60 + 12 * 60)
        return self.log

    def _at(self, minutes: float) -> datetime:
        return self._zero + timedelta(minutes=minutes)

    def _arrivals(self, people: Sequence[Somebody]) -> Generator[simpy.Event, Any, None]:
        for who in people:
            yield self._world.timeout(who.asked - self._world.now)
            entry = Waited(who)
            self._entries[who.id] = entry
            self.log.people.append(entry)
            self._waits(who)
            if who.patience != float("inf"):
                self._world.process(self._gives_up(who))

    def _waits(self, who: Somebody) -> None:
        """Into the queue, at the rank and the age that they had: a lost officer costs nobody their place."""
        asked = self._at(who.asked)
        level = who.priority.value if who.priority in (Priority.EMERGENCY, Priority.URGENT) else "none"
        released = asked.date() if who.priority is Priority.AROUND_RELEASE else None
        assert priority_of(level, released, asked) is who.priority
        place = rank(opened_at=asked, level=level, release_date=released, now=asked)
        self._waiting.append((who.asked, Candidate(who.id, place.emergency, place.ranked_at, who.skill)))
        self._waiting.sort(key=lambda one: one[0])
        self.log.most_waiting = max(self.log.most_waiting, len(self._waiting))
        self._somebody_came.succeed()
        self._somebody_came = self._world.event()

    def _gives_up(self, who: Somebody) -> Generator[simpy.Event, Any, None]:
        yield self._world.timeout(who.patience)
        self._waiting = [(asked, one) for asked, one in self._waiting if one.id != who.id]

    def _place(self, skills: frozenset[str]) -> Generator[simpy.Event, Any, None]:
        while True:
            if not self._waiting:
                yield self._somebody_came
                continue
            chosen = self._order([one for _, one in self._waiting], skills)
            self._waiting = [(asked, one) for asked, one in self._waiting if one.id != chosen.id]
            yield from self._serve(self._entries[chosen.id])

    def _serve(self, entry: Waited) -> Generator[simpy.Event, Any, None]:
        claimed = self._world.now
        if entry.answered_after is None:
            entry.answered_after = claimed - entry.who.asked
        if self._chance.random() >= self._night.loses_officer:
            yield self._world.timeout(entry.who.minutes)
            return
        # The officer's line breaks somewhere in the middle; the lease of the last heartbeat has to run out.
        lost_after = self._chance.uniform(0, entry.who.minutes)
        last_heard = self._at(claimed + lost_after // self._night.heartbeat * self._night.heartbeat)
        until = self._lease.until(last_heard)
        over = (until - self._zero).total_seconds() / 60
        yield self._world.timeout(max(over - self._world.now, 0) + 1 / 60)
        loss = after_loss(first=until, second=None, has_second=False, now=self._at(self._world.now))
        assert loss is AfterLoss.BACK_TO_QUEUE
        entry.times_lost += 1
        self._waits(entry.who)


def one_night(night: Night, *, officers: int, order: Order, seed: int, surge: float, begins: date) -> Log:
    """One seeded night, the same for every order and staffing."""
    return Helpline(night, officers=officers, begins=begins, order=order, seed=seed).run(people_of(night, seed, surge))


def many_nights(
    night: Night, *, officers: int, order: Order, nights: int, seed: int, surge: float, begins: date
) -> Log:
    """Several seeded nights in one log."""
    together = Log()
    for number in range(nights):
        log = one_night(night, officers=officers, order=order, seed=seed + number, surge=surge, begins=begins)
        together.people.extend(log.people)
        together.most_waiting = max(together.most_waiting, log.most_waiting)
    return together


def officers_needed(
    night: Night,
    levels: ServiceLevels,
    *,
    share: float,
    nights: int,
    seed: int,
    surge: float,
    begins: date,
    most: int = 40,
) -> tuple[int | None, list[float]]:
    """The fewest officers with whom this share of every priority is answered in time, None when `most` are too few.

    Beside it, for one officer, two and so on, the share in time of the priority that fares worst.
    """
    tried: list[float] = []
    for officers in range(1, most + 1):
        log = many_nights(
            night, officers=officers, order=by_the_queue, nights=nights, seed=seed, surge=surge, begins=begins
        )
        shares = [log.within(levels, priority) for priority in Priority]
        tried.append(min((one for one in shares if one is not None), default=1.0))
        if tried[-1] >= share:
            return officers, tried
    return None, tried
