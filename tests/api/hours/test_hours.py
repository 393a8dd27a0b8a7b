"""The helpline's hours by Scottish clocks, on holidays, and on the two nights when the clocks change."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.hours.opening import HoursUnclear, OpeningHours, Span, hours_of
from api.hours.slots import CallbackSlots, clock_time
from reference.clock import SCOTLAND

DAY = ("09:00-23:00",)
WEEK = {"open": dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), DAY)}


def scottish(*at: int) -> datetime:
    return datetime(*at, tzinfo=SCOTLAND)  # type: ignore[misc, arg-type]


@pytest.fixture(scope="module")
def hours() -> OpeningHours:
    return hours_of({**WEEK, "on_holidays": ["10:00-18:00"], "days": {date(2026, 12, 25): []}})


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (scottish(2026, 11, 25, 8, 59), False),
        (scottish(2026, 11, 25, 9, 0), True),
        (scottish(2026, 11, 25, 22, 59), True),
        (scottish(2026, 11, 25, 23, 0), False),
        (scottish(2026, 11, 28, 12, 0), False),
        (scottish(2026, 11, 30, 9, 30), False),  # Saint Andrew's Day
        (scottish(2026, 11, 30, 10, 0), True),
        (scottish(2026, 12, 25, 12, 0), False),  # a day of its own comes before the holiday
        (scottish(2026, 1, 2, 20, 0), False),  # the second of January is a holiday in Scotland only
        (scottish(2026, 8, 3, 20, 0), False),  # Scotland's summer holiday is in early August
        (scottish(2026, 8, 31, 20, 0), True),  # England's is not Scotland's
    ],
)
def test_hours_are_those_of_the_weekday_the_holiday_and_the_day(
    hours: OpeningHours, at: datetime, is_open: bool
) -> None:
    assert hours.is_open(at) is is_open


def test_summer_time_moves_the_doors_with_the_clock_on_the_wall(hours: OpeningHours) -> None:
    winter, summer = date(2026, 3, 27), date(2026, 3, 30)
    assert hours.spans_on(winter)[0][0] == datetime(2026, 3, 27, 9, tzinfo=timezone.utc)
    assert hours.spans_on(summer)[0][0] == datetime(2026, 3, 30, 8, tzinfo=timezone.utc)


def test_a_night_that_has_an_hour_twice_is_an_hour_longer_and_one_that_skips_it_an_hour_shorter() -> None:
    night = Span.read("22:00-03:00")
    lengths = {}
    for day in (date(2026, 10, 24), date(2026, 3, 28), date(2026, 11, 21)):
        start, end = night.on(day)
        lengths[day] = end - start
    assert list(lengths.values()) == [timedelta(hours=6), timedelta(hours=4), timedelta(hours=5)]
    whole_hour_twice, until = Span.read("01:00-02:00").on(date(2026, 10, 25))
    assert until - whole_hour_twice == timedelta(hours=2)
    half_past, until = Span.read("00:30-01:30").on(date(2026, 10, 25))
    assert until - half_past == timedelta(hours=2), "it opens in the first half past and shuts in the second"


def test_a_stretch_over_midnight_belongs_to_the_evening_it_began_in() -> None:
    night = hours_of({"open": {"friday": ["20:00-24:00"], "saturday": ["00:00-02:00"], "monday": ["21:00-02:00"]}})
    assert night.closes_at(scottish(2026, 11, 27, 21, 0)) == scottish(2026, 11, 28, 2, 0)
    assert night.is_open(scottish(2026, 11, 24, 1, 59))
    assert not night.is_open(scottish(2026, 11, 24, 2, 0))


def test_who_comes_at_night_is_told_when_it_opens(hours: OpeningHours) -> None:
    assert hours.opens_at(scottish(2026, 11, 27, 23, 30)) == scottish(2026, 11, 30, 10, 0)
    now = scottish(2026, 11, 25, 12, 0)
    assert hours.opens_at(now) == now
    assert hours_of({"open": {}}).opens_at(now) is None


def test_a_promise_counts_only_the_hours_that_are_open(hours: OpeningHours) -> None:
    asked = scottish(2026, 11, 27, 22, 50)
    assert hours.after_open_time(asked, timedelta(minutes=10)) == scottish(2026, 11, 27, 23, 0)
    assert hours.after_open_time(asked, timedelta(minutes=30)) == scottish(2026, 11, 30, 10, 20)
    assert hours_of({"open": {}}).after_open_time(asked, timedelta(minutes=30)) == asked + timedelta(minutes=30)


@given(
    at=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(timezone.utc)),
    minutes=st.integers(1, 3000),
)
def test_open_until_it_closes_shut_until_it_opens_and_open_time_never_runs_backwards(
    at: datetime, minutes: int
) -> None:
    hours = OpeningHours.load()
    closes, opens = hours.closes_at(at), hours.opens_at(at)
    assert (closes is not None) == hours.is_open(at) == (opens == at)
    if closes is not None:
        assert at < closes
        assert not hours.is_open(closes)
    else:
        assert opens is not None
        assert hours.is_open(opens)
        assert not hours.is_open(opens - timedelta(microseconds=1))
    assert hours.after_open_time(at, timedelta(minutes=minutes)) >= at + timedelta(minutes=minutes)


@pytest.mark.parametrize("said", ["9-5", "09:00-09:00", "25:00-26:00", "09:00-24:30", "24:00-25:00", "09:60-10:00"])
def test_hours_that_cannot_be_read_are_refused_with_what_to_write(said: str) -> None:
    with pytest.raises(HoursUnclear, match=said):
        hours_of({"open": {"monday": [said]}})


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(HoursUnclear, match="funday"):
        hours_of({"open": {"funday": ["09:00-10:00"]}})


def _slots(hours: OpeningHours) -> CallbackSlots:
    return CallbackSlots(
        hours,
        length=timedelta(hours=2),
        people=2,
        notice=timedelta(hours=1),
        days_ahead=3,
        between=Span.read("09:00-21:00"),
        remind_before=timedelta(minutes=15),
        missed_after=timedelta(minutes=15),
        without_time_within=timedelta(hours=24),
    )


def test_slots_lie_in_open_hours_keep_their_notice_and_have_room(hours: OpeningHours) -> None:
    slots = _slots(hours)
    now = scottish(2026, 11, 27, 16, 30)
    full = scottish(2026, 11, 27, 19, 0)
    offered = slots.offered(now, {full.astimezone(timezone.utc): 2})
    assert [(slot.start, slot.room) for slot in offered] == [
        (scottish(2026, 11, 30, hour, 0), 2) for hour in (10, 12, 14, 16)
    ]
    assert slots.slot_at(full) == (full, full + timedelta(hours=2))
    assert slots.slot_at(full + timedelta(minutes=1)) is None


def test_the_slots_of_the_service_can_be_read() -> None:
    now = scottish(2026, 3, 28, 12, 0)
    offered = CallbackSlots.load().offered(now, {})
    assert offered
    assert all(slot.start.astimezone(SCOTLAND).hour >= 9 and slot.end > slot.start >= now for slot in offered)


@pytest.mark.parametrize(
    ("hour", "minute", "told"), [(9, 0, "9am"), (12, 0, "12 noon"), (22, 30, "10.30pm"), (0, 5, "12.05am")]
)
def test_clock_times_are_written_as_people_say_them(hour: int, minute: int, told: str) -> None:
    assert clock_time(scottish(2026, 7, 1, hour, minute)) == told
