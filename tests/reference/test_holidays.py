"""The days on which doors are shut in Scotland."""

from datetime import date
from pathlib import Path

import pytest

from reference.holidays import Holidays

HOLIDAYS = Holidays.load()


@pytest.mark.parametrize(
    ("year", "days"),
    [
        # As Scotland published them; a holiday on a weekend is kept on the next free weekday besides.
        (2024, "01-01 01-02 03-29 05-06 05-27 08-05 11-30 12-02 12-25 12-26"),
        (2026, "01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-26 12-28"),
        (2027, "01-01 01-02 01-04 03-26 05-03 05-31 08-02 11-30 12-25 12-26 12-27 12-28"),
        (2028, "01-01 01-02 01-03 01-04 04-14 05-01 05-29 08-07 11-30 12-25 12-26"),
    ],
)
def test_a_years_bank_holidays_are_those_of_scotland(year: int, days: str) -> None:
    assert sorted(HOLIDAYS.of(year)) == [date.fromisoformat(f"{year}-{day}") for day in days.split()]


def test_easter_monday_is_a_working_day_here() -> None:
    assert date(2027, 3, 29) not in HOLIDAYS


def test_what_is_no_day_is_no_holiday() -> None:
    assert "2026-12-25" not in HOLIDAYS


@pytest.mark.parametrize(
    "entry", ["{name: Fair}", "{name: Fair, rrule: FREQ=NEVER}", "{name: Fair, day: 2026-07-17, rrule: FREQ=YEARLY}"]
)
def test_a_holiday_that_cannot_be_read_is_named(tmp_path: Path, entry: str) -> None:
    file = tmp_path / "holidays.yml"
    file.write_text(f"holidays: [{entry}]\n")

    with pytest.raises(ValueError, match=r"holidays\.yml: 'Fair' can't be read"):
        Holidays.load(file)
