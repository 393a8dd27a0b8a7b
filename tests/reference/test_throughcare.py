"""When the service is in touch around a release."""

from datetime import date

import pytest

from reference.throughcare import Schedule

SCHEDULE = Schedule.load()


def test_check_ins_come_before_release_on_the_day_within_two_days_and_then_weekly_for_six_weeks() -> None:
    assert SCHEDULE.check_in_days == (-14, -7, 0, 2, 7, 14, 21, 28, 35, 42)


def test_every_rule_cites_its_paragraph_or_page() -> None:
    for rule in SCHEDULE.rules.values():
        assert rule.cites.isdigit() if rule.model == "2005" else rule.cites.startswith("https://"), rule.id


def test_the_two_day_rule_is_paragraph_9_of_the_2005_model() -> None:
    rule = SCHEDULE.rules["seen_within_two_days"]

    assert (rule.model, rule.cites, rule.to_day) == ("2005", "9", 2)


def test_a_release_next_week_has_only_the_check_ins_still_to_come() -> None:
    due = SCHEDULE.due(date(2026, 11, 27), today=date(2026, 11, 22))

    assert [check_in.due for check_in in due][:3] == [date(2026, 11, 27), date(2026, 11, 29), date(2026, 12, 4)]
    assert due[-1].due == date(2027, 1, 8)


def test_a_check_in_due_today_is_still_to_come() -> None:
    due = SCHEDULE.due(date(2026, 11, 22), today=date(2026, 11, 22))

    assert due[0].check_in.day == 0


def test_a_release_long_past_has_none() -> None:
    assert SCHEDULE.due(date(2026, 1, 1), today=date(2026, 11, 22)) == []


def test_a_check_in_outside_the_days_of_its_rule_stops_the_start(tmp_path) -> None:
    file = tmp_path / "schedule.yml"
    file.write_text(
        "rules:\n  - {id: soon, says: s, from_day: 0, to_day: 2, source: {model: '2005', paragraph: '9'}}\n"
        "check_ins:\n  - {day: 3, rule: soon, about: [safe]}\n"
    )

    with pytest.raises(ValueError, match="day 3 is outside the days of 'soon'"):
        Schedule.load(file)
