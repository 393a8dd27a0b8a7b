"""What to see to, by day."""

from __future__ import annotations

import pytest

from actions.release_plan import steps_for


@pytest.mark.parametrize(
    ("days", "steps"),
    [
        (300, "weeks_before"), (14, "weeks_before"), (13, "days_before"), (1, "days_before"), (0, "the_day"),
        (-1, "first_days"), (-2, "first_days"), (-3, "weeks_after"), (-42, "weeks_after"), (-43, "later"),
    ],
)  # fmt: skip
def test_each_day_has_its_steps(days, steps):
    assert steps_for(days) == f"release_plan/steps_{steps}"
