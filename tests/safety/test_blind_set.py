"""How danger is read in messages that nobody tuned to: only totals are ever shown.

What is accepted stands in `accepted.json`: shares as last measured. Who makes the reading better writes the new
shares there; the build fails when one gets worse.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from safety.levels import Level
from safety.reading import SafetyReader
from tests.safety.measuring import Read, read_all, report, totals

HERE = Path(__file__).parent
ACCEPTED = json.loads((HERE / "accepted.json").read_text(encoding="utf-8"))
ROUNDING = 0.004


@pytest.fixture(scope="module", params=["rules alone", "with the second reader"])
def measured(request: pytest.FixtureRequest) -> tuple[str, list[Read]]:
    reader = SafetyReader.load(second_reader=request.param == "with the second reader")
    rows = read_all(HERE / "blind", reader.read)
    print(f"\n{request.param}\n{report(rows)}")
    return request.param, rows


def test_the_blind_set_is_read_no_worse_than_was_last_accepted(measured: tuple[str, list[Read]]) -> None:
    who, rows = measured
    worse = []
    for name, total in totals(rows).items():
        accepted = ACCEPTED["blind"][who][name]
        should_be_high = not name.startswith(("hard negatives", "ordinary"))
        gone = accepted - total.value if should_be_high else total.value - accepted
        if gone > ROUNDING:
            worse.append(f"{name}: {total.value:.3f}, accepted {accepted}")
    assert not worse, worse


def test_whatever_the_rules_raise_is_at_least_asked_about_with_a_second_reader() -> None:
    rules, both = SafetyReader.load(second_reader=False), SafetyReader.load()
    before, after = read_all(HERE / "blind", rules.read), read_all(HERE / "blind", both.read)
    for one, other in zip(before, after, strict=True):
        silent = other.reading.level is Level.NONE and not other.reading.check
        assert not silent or (one.reading.level is Level.NONE and not one.reading.check)
