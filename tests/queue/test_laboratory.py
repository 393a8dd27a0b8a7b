"""The queue laboratory: made-up nights over the queue's own code, the same again for the same seed."""

from __future__ import annotations

import dataclasses
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.handoffs.service_levels import Priority, ServiceLevels
from cli.main import app
from cli.queue_lab import (
    Log,
    Night,
    by_the_queue,
    first_come_first_served,
    many_nights,
    officers_needed,
    one_night,
    people_of,
)

FRIDAY = date(2026, 11, 27)
BUSY = {"surge": 2.5, "begins": FRIDAY}


@pytest.fixture(scope="module")
def night() -> Night:
    return Night.load()


@pytest.fixture(scope="module")
def levels() -> ServiceLevels:
    return ServiceLevels.load()


def _mean(waits: list[float]) -> float:
    return sum(waits) / len(waits)


def _as_it_went(log: Log) -> list[tuple[object, float | None, int]]:
    return [(one.who, one.answered_after, one.times_lost) for one in log.people]


def test_the_same_seed_is_the_same_night_and_another_seed_another(night: Night) -> None:
    nights = [one_night(night, officers=3, order=by_the_queue, seed=seed, **BUSY) for seed in (7, 7, 8)]  # type: ignore[arg-type]
    assert _as_it_went(nights[0]) == _as_it_went(nights[1]) != _as_it_went(nights[2])


def test_people_come_by_the_hour_and_a_surge_brings_more(night: Night) -> None:
    expected = sum(night.arrivals[(night.starts + hour) % 24] for hour in range(night.hours))
    came = _mean([float(len(people_of(night, seed))) for seed in range(40)])
    assert came == pytest.approx(expected, rel=0.1)
    assert len(people_of(night, 1, surge=3)) > 2 * len(people_of(night, 1))


def test_the_grave_wait_shorter_than_in_a_shared_inbox_and_nobody_is_lost(night: Night) -> None:
    ours, inbox = (
        many_nights(night, officers=4, order=order, nights=4, seed=3, **BUSY)  # type: ignore[arg-type]
        for order in (by_the_queue, first_come_first_served)
    )
    for priority in (Priority.EMERGENCY, Priority.URGENT):
        assert _mean(ours.waits(priority)) < _mean(inbox.waits(priority)) / 2
    assert ours.gave_up(Priority.EMERGENCY) == 0
    for log in (ours, inbox):
        assert len(log.waits()) + log.gave_up() == len(log.people)


def test_among_equals_who_asked_first_is_answered_first_in_the_order_of_the_real_queue(night: Night) -> None:
    quiet = dataclasses.replace(night, skills={}, loses_officer=0.0, gives_up_after=1e9)
    log = one_night(quiet, officers=1, order=by_the_queue, seed=5, **BUSY)  # type: ignore[arg-type]
    for priority in Priority:
        answered = [
            one.who.asked + one.answered_after
            for one in log.people
            if one.who.priority is priority and one.answered_after is not None
        ]
        assert all(earlier <= later for earlier, later in pairwise(answered))


def test_an_officer_who_is_lost_costs_nobody_their_place_and_everybody_is_seen_to_in_the_end(night: Night) -> None:
    shaky = dataclasses.replace(night, loses_officer=0.3, gives_up_after=1e9)
    log = one_night(shaky, officers=8, order=by_the_queue, seed=5, surge=1.0, begins=FRIDAY)
    assert sum(one.times_lost for one in log.people) > 10
    assert all(one.answered_after is not None for one in log.people)


def test_a_busier_night_needs_more_officers_and_more_officers_leave_fewer_waiting(
    night: Night, levels: ServiceLevels
) -> None:
    quiet, tried = officers_needed(night, levels, share=0.9, nights=3, seed=1, surge=0.5, begins=FRIDAY)
    busy, _ = officers_needed(night, levels, share=0.9, nights=3, seed=1, surge=2.0, begins=FRIDAY)
    assert quiet is not None
    assert busy is not None
    assert quiet < busy
    assert len(tried) == quiet
    assert officers_needed(night, levels, share=0.99, nights=1, seed=1, surge=50.0, begins=FRIDAY, most=1)[0] is None


def test_the_command_prints_and_draws(tmp_path: Path) -> None:
    picture = tmp_path / "night.svg"
    answer = CliRunner().invoke(
        app, ["queue", "simulate", "--nights", "2", "--officers", "3", "--surge", "2", "--picture", str(picture)]
    )
    assert answer.exit_code == 0, answer.output
    assert "first come" in answer.output
    assert "Such a night needs" in answer.output
    assert picture.read_text(encoding="utf-8").lstrip().startswith("<svg")
