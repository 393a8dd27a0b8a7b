"""The bank holidays of our data, beside those of the library that the queue's opening hours use."""

from __future__ import annotations

import holidays
import pytest

from reference.holidays import Holidays


@pytest.mark.parametrize("year", range(2024, 2041))
def test_drop_ins_keep_the_same_holidays_as_the_queue(year: int) -> None:
    assert Holidays.load().of(year) == frozenset(holidays.country_holidays("GB", subdiv="SCT", years=year))
