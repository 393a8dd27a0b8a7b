"""When somebody can just walk in; and that no date is invented."""

from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from reference.drop_ins import DropInDataError, DropIns


def calendar(folder: Path, entry: str) -> DropIns:
    file = folder / "drop_ins.yml"
    file.write_text(f"drop_ins:\n  - {{id: links, name: Links, where: the hall, {entry}}}\n")
    return DropIns.load(file)


FORTNIGHTLY = (
    "service: community_links_drop_in, first: 2026-10-13, rrule: FREQ=WEEKLY;INTERVAL=2, opens: '10:00',"
    " closes: '12:00'"
)
TEN_KINDS = (
    "kinds: [family_support, own_use, recovery, housing, money, mental_health], "
    "rota: [[physical_health, employment], [legal_advocacy, bereavement]]"
)


def days(drop_ins: DropIns, start: date, end: date, place: str | None = None) -> list[date]:
    return [opening.opens.date() for opening in drop_ins.between(start, end, place) if opening.opens]


def test_a_fortnightly_drop_in_is_every_second_week(tmp_path: Path) -> None:
    found = days(calendar(tmp_path, FORTNIGHTLY), date(2026, 11, 1), date(2026, 12, 1))

    assert found == [date(2026, 11, 10), date(2026, 11, 24)]


def test_it_opens_at_ten_by_the_clock_in_summer_and_in_winter(tmp_path: Path) -> None:
    openings = calendar(tmp_path, FORTNIGHTLY).between(date(2026, 10, 13), date(2026, 10, 27))

    assert [opening.opens for opening in openings] == [
        datetime(2026, 10, 13, 9, tzinfo=timezone.utc),
        datetime(2026, 10, 27, 10, tzinfo=timezone.utc),
    ]


def test_a_day_called_off_is_left_out_and_nothing_comes_after_the_last(tmp_path: Path) -> None:
    entry = FORTNIGHTLY.replace("INTERVAL=2", "INTERVAL=2;UNTIL=20261124") + ", exdate: [2026-11-10]"

    assert days(calendar(tmp_path, entry), date(2026, 11, 1), date(2027, 11, 1)) == [date(2026, 11, 24)]


def test_a_day_that_is_held_besides_is_there_too(tmp_path: Path) -> None:
    found = days(calendar(tmp_path, FORTNIGHTLY + ", rdate: [2026-11-12]"), date(2026, 11, 1), date(2026, 11, 30))

    assert found == [date(2026, 11, 10), date(2026, 11, 12), date(2026, 11, 24)]


def test_nobody_is_sent_to_a_shut_door_on_a_holiday(tmp_path: Path) -> None:
    weekly = FORTNIGHTLY.replace("2026-10-13", "2026-12-18").replace(";INTERVAL=2", "")
    christmas_weeks = (date(2026, 12, 18), date(2027, 1, 8))

    assert days(calendar(tmp_path, weekly), *christmas_weeks) == [date(2026, 12, 18), date(2027, 1, 8)]
    open_at_christmas = days(calendar(tmp_path, weekly + ", holidays: open"), *christmas_weeks)
    assert open_at_christmas == [date(2026, 12, 18), date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 8)]


def test_a_rota_of_ten_kinds_of_help_goes_turn_by_turn_and_a_day_called_off_keeps_its_turn(tmp_path: Path) -> None:
    drop_ins = calendar(tmp_path, f"{FORTNIGHTLY}, exdate: [2026-10-27], {TEN_KINDS}")

    openings = drop_ins.between(date(2026, 10, 13), date(2026, 11, 30))

    every_time = ("family_support", "own_use", "recovery", "housing", "money", "mental_health")
    assert [(opening.opens.date().isoformat(), opening.kinds) for opening in openings if opening.opens] == [
        ("2026-10-13", (*every_time, "physical_health", "employment")),
        ("2026-11-10", (*every_time, "physical_health", "employment")),
        ("2026-11-24", (*every_time, "legal_advocacy", "bereavement")),
    ]


def test_asking_from_the_middle_of_the_rota_gives_the_same_turns(tmp_path: Path) -> None:
    drop_ins = calendar(tmp_path, f"{FORTNIGHTLY}, {TEN_KINDS}")

    whole = drop_ins.between(date(2026, 10, 1), date(2027, 3, 1))
    late = drop_ins.between(date(2027, 1, 1), date(2027, 3, 1))

    assert late == [opening for opening in whole if opening.opens and opening.opens.year == 2027]


def test_the_thistle_in_glasgow_is_open_every_day_at_christmas_too() -> None:
    openings = DropIns.load().between(date(2026, 12, 24), date(2026, 12, 26), "Glasgow")

    hours = [(each.opens.day, each.opens.hour, each.closes.hour) for each in openings if each.opens and each.closes]
    assert hours == [(24, 9, 21), (25, 9, 21), (26, 9, 21)]


def test_a_single_day_is_held_once(tmp_path: Path) -> None:
    entry = "service: community_links_drop_in, first: 2026-12-01, opens: '10:00', closes: '12:00'"

    assert days(calendar(tmp_path, entry), date(2026, 11, 1), date(2027, 11, 1)) == [date(2026, 12, 1)]


def test_a_drop_in_is_offered_only_where_its_service_serves(tmp_path: Path) -> None:
    drop_ins = calendar(tmp_path, FORTNIGHTLY)
    month = (date(2026, 11, 1), date(2026, 11, 30))

    assert days(drop_ins, *month, "Irvine")
    assert not days(drop_ins, *month, "Lerwick")


def test_the_dates_at_kilmarnock_are_not_known_and_none_is_invented() -> None:
    found = DropIns.load().between(date(2026, 11, 22), date(2026, 11, 22) + timedelta(weeks=52), "Kilmarnock")

    assert [(opening.drop_in.where, opening.opens) for opening in found] == [("HMP Kilmarnock", None)]
    assert "Ask in the prison" in (found[0].drop_in.how or "")


SACRO = "service: sacro, first: 2026-12-01, opens: '09:00', closes: '10:00', "


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("service: nowhere, how: ask", "'links' belongs to unknown service 'nowhere'"),
        ("service: sacro", "'links' has no dates, and does not say under 'how' whom to ask"),
        ("service: sacro, first: 2026-12-01, opens: '10:00', closes: '9:00'", "times can't be read"),
        ("service: sacro, first: 2026-12-01, opens: '10:00', closes: '09:00'", "'links' closes before it opens"),
        ("service: sacro, first: 2026-12-01, closes: '09:00'", "times can't be read: 'opens'"),
        (SACRO + "rrule: every week", "is not one rule"),
        (SACRO + "rrule: FREQ=HOURLY", "is not one rule"),
        (
            SACRO + "rrule: FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "falls on no day",
        ),
        (SACRO + "holidays: maybe", "is open or closed"),
        (
            SACRO + "kinds: [hugs]",
            "unknown kinds of help: hugs",
        ),
        (SACRO + "not_on: [2026-12-01]", "unknown not_on"),
    ],
)
def test_an_entry_that_cannot_be_right_is_named(tmp_path: Path, entry: str, problem: str) -> None:
    with pytest.raises(DropInDataError, match=problem):
        calendar(tmp_path, entry)
