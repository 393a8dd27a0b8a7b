"""How danger is read in messages that nobody tuned to: only totals are ever shown.

Each set is by another author. What is accepted for each stands in `accepted.json`: shares as last
measured. Who makes the reading better writes the new shares there; the build fails when one gets worse.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from safety.levels import Level
from tests.safety.measuring import SETS, WHO, Read, read_sets, report, totals

ACCEPTED = json.loads((Path(__file__).parent / "accepted.json").read_text(encoding="utf-8"))
ROUNDING = 0.004


@pytest.fixture(scope="module")
def measured() -> dict[str, dict[str, list[Read]]]:
    return {who: read_sets(who) for who in WHO}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", SETS)
def test_messages_nobody_tuned_to_are_read_no_worse_than_was_last_accepted(
    measured: dict[str, dict[str, list[Read]]], name: str, who: str
) -> None:
    worse = []
    for share, total in totals(measured[who][name]).items():
        accepted = ACCEPTED[name][who][share]
        should_be_high = not share.startswith(("hard negatives", "ordinary"))
        gone = accepted - total.value if should_be_high else total.value - accepted
        if gone > ROUNDING:
            worse.append(f"{share}: {total.value:.3f}, accepted {accepted}")
    assert not worse, worse


@pytest.mark.parametrize("who", WHO)
def test_all_sets_are_reported_together_by_kind_and_style(measured: dict[str, dict[str, list[Read]]], who: str) -> None:
    told = report([row for name in SETS for row in measured[who][name]])
    print(f"\n{who}\n{told}")
    assert "emergency, kind suicide" in told
    assert "hard_negatives, style rambling" in told


@pytest.mark.parametrize("name", SETS)
def test_whatever_the_rules_find_is_at_least_asked_about_by_both_readers(
    measured: dict[str, dict[str, list[Read]]], name: str
) -> None:
    alone, both = (measured[who][name] for who in WHO)
    for one, other in zip(alone, both, strict=True):
        found = one.reading.level is not Level.NONE or one.reading.check
        silent = other.reading.level is Level.NONE and not other.reading.check
        assert not (found and silent)
