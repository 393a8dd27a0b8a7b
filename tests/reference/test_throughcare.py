"""When the service is in touch around a release."""

from datetime import date

import pytest

from reference.throughcare import Schedule

SCHEDULE = Schedule.load()


def test_check_ins_come_before_on_the_day_within_two_days_weekly_for_six_weeks_and_lighter_after() -> None:
    assert SCHEDULE.check_in_days == (-28, -14, -7, -3, -1, 0, 2, 7, 14, 21, 28, 35, 42, 56, 84)


def test_every_rule_cites_its_paragraph_or_page() -> None:
    for rule in SCHEDULE.rules.values():
        assert rule.cites.isdigit() if rule.model == "2005" else rule.cites.startswith("https://"), rule.id


def test_the_two_day_rule_is_paragraph_9_of_the_2005_model() -> None:
    rule = SCHEDULE.rules["seen_within_two_days"]

    assert (rule.model, rule.cites, rule.to_day) == ("2005", "9", 2)


def test_a_release_next_week_has_only_the_check_ins_still_to_come() -> None:
    due = SCHEDULE.due(date(2026, 11, 27), today=date(2026, 11, 22))

    assert [check_in.due for check_in in due][:3] == [date(2026, 11, 24), date(2026, 11, 26), date(2026, 11, 27)]
    assert due[-1].due == date(2027, 2, 19)


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


def test_every_topic_is_asked_after_and_says_something_back() -> None:
    asked = {name for check_in in SCHEDULE.check_ins for name in check_in.about}
    assert asked == set(SCHEDULE.topics)


def test_before_release_two_meetings_a_kit_the_script_a_roof_and_the_way_home_are_asked_after() -> None:
    before = {name for check_in in SCHEDULE.check_ins if check_in.day < 0 for name in check_in.about}
    assert before == {"first_meeting", "second_meeting", "naloxone", "prescription", "roof", "lift_home"}


def test_nobody_is_asked_on_the_day_itself_before_they_are_out_of_the_gate() -> None:
    day_of_release = SCHEDULE.on_day(0)
    assert day_of_release is not None
    assert [day_of_release.hour(chosen) for chosen in (10, 18)] == [16, 18]


def test_the_first_days_are_chased_the_same_day_and_what_is_lighter_is_no_business_of_officers() -> None:
    assert SCHEDULE.patience_on(0).ask_again_after.total_seconds() == 4 * 3600
    assert SCHEDULE.patience_on(42).list_after is not None
    assert SCHEDULE.patience_on(56).list_after is None


def test_a_check_in_about_nothing_known_stops_the_start(tmp_path) -> None:
    file = tmp_path / "schedule.yml"
    file.write_text(
        "rules:\n  - {id: soon, says: s, from_day: 0, to_day: 2, source: {model: '2005', paragraph: '9'}}\n"
        "topics:\n  safe: {asks: a/b, good: a/c, bad: a/d, opens: person}\n"
        "check_ins:\n  - {day: 2, rule: soon, about: [weather]}\n"
    )
    with pytest.raises(ValueError, match="day 2 asks after unknown 'weather'"):
        Schedule.load(file)
