"""The trained assistant on messages that nobody tuned it to: no worse than what was last accepted."""

import json
from pathlib import Path

import pytest

from cli.evaluate import HELD_OUT, HELD_OUT_NOW, measure
from cli.evaluation.reading import labelled
from cli.train import train_if_changed
from reference.paths import project_root

ACCEPTED = json.loads((Path(__file__).parent / "accepted.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def language():
    train_if_changed()
    return measure(labelled(project_root() / HELD_OUT), HELD_OUT_NOW)["language"]


@pytest.mark.parametrize("score", ["top_1", "top_3", "out_of_scope_caught"])
def test_it_understands_at_least_what_was_last_accepted(language, score):
    assert language[score]["share"] >= ACCEPTED["at_least"][score]


def test_it_turns_away_no_more_than_was_last_accepted(language):
    assert language["in_scope_turned_away"]["share"] <= ACCEPTED["at_most"]["in_scope_turned_away"]


@pytest.mark.parametrize("kind", sorted(ACCEPTED["entities_f1_at_least"]))
def test_it_hears_what_is_mentioned(language, kind):
    assert language["entities"][kind]["f1"] >= ACCEPTED["entities_f1_at_least"][kind]
