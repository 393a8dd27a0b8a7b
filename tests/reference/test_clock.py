"""The clock that development and tests start where they like, and move on."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from reference.clock import StartedClock, clock_from_environment

EVENING = datetime(2026, 11, 25, 20, 0, tzinfo=timezone.utc)
A_MOMENT = timedelta(seconds=30)


def test_two_processes_that_share_the_file_read_the_same_time_and_weeks_go_by_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead, since = tmp_path / "ahead", time.time()
    mine = StartedClock(EVENING, running_since=since, ahead=ahead)
    monkeypatch.setenv("GATESIDE_CLOCK", EVENING.isoformat())
    monkeypatch.setenv("GATESIDE_CLOCK_STARTED", repr(since))
    monkeypatch.setenv("GATESIDE_CLOCK_AHEAD", str(ahead))
    theirs = clock_from_environment()
    assert timedelta() <= theirs.now() - EVENING < A_MOMENT
    for then in (EVENING + timedelta(days=2), EVENING + timedelta(days=42)):
        mine.move_to(then)
        assert timedelta() <= theirs.now() - then < A_MOMENT


def test_it_never_goes_back(tmp_path: Path) -> None:
    clock = StartedClock(EVENING, ahead=tmp_path / "ahead")
    clock.move_to(EVENING + timedelta(days=7))
    clock.move_to(EVENING)
    assert clock.now() >= EVENING + timedelta(days=7)


def test_a_clock_without_a_file_says_that_it_cannot_be_moved() -> None:
    with pytest.raises(ValueError, match="no file"):
        StartedClock(EVENING).move_to(EVENING + timedelta(days=7))
