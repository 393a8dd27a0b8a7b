"""Which day somebody means."""

from __future__ import annotations

from datetime import date

import pytest

from actions.after_release import FUTURE, PAST, prison_title, release_day
from actions.heard import Heard

TODAY = date(2026, 11, 22)


def heard(*dates: str, facts=None, prison=None):
    entities = [{"entity": "date", "value": day} for day in dates]
    entities += [{"entity": "prison", "value": prison}] if prison else []
    return Heard("c", "m", "", "greet", (), tuple(entities), "web", None, None, facts or {}, None)


@pytest.mark.parametrize(
    ("tense", "dates", "known", "day"),
    [
        (FUTURE, ["2026-11-27"], None, date(2026, 11, 27)),
        (FUTURE, ["2026-11-20", "2026-11-27"], None, date(2026, 11, 27)),
        (PAST, ["2026-11-21"], "2026-12-24", date(2026, 11, 21)),
        (FUTURE, [], "2026-12-24", date(2026, 12, 24)),
        (PAST, [], "2026-12-24", None),
        (FUTURE, ["2026-11-22"], None, TODAY),
        (PAST, ["2026-11-22"], None, TODAY),
        (FUTURE, ["soon"], "never", None),
    ],
)
def test_the_day_that_fits_the_tense_is_taken(tense, dates, known, day):
    assert release_day(heard(*dates, facts={"release_date": known} if known else {}), tense, TODAY) == day


def test_a_prison_is_named_as_it_is_written():
    assert prison_title(heard(prison="kilmarnock")) == "HMP Kilmarnock"
    assert prison_title(heard(facts={"prison": "edinburgh"})) == "HMP Edinburgh"
    assert prison_title(heard()) is None
