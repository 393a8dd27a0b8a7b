"""Whoever is not in Scotland is not given Scotland's services."""

from __future__ import annotations

import pytest

from actions.elsewhere import country_of
from actions.heard import Heard


def heard(text, *, place=None, facts=None):
    entities = ({"entity": "place", "value": place},) if place else ()
    return Heard("c", "m", text, "find_service", (), entities, "web", None, None, facts or {}, None)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("I'm in Manchester", "england"),
        ("we live in Cardiff", "wales"),
        ("belfast", "northern_ireland"),
        ("hiya", None),
    ],
)
def test_a_town_outside_scotland_is_known(text, country):
    assert country_of(heard(text)) == country


def test_a_scottish_place_wins_over_what_was_said_before():
    assert country_of(heard("hiya", facts={"country": "england"})) == "england"
    assert country_of(heard("in Perth now", place="perth and kinross", facts={"country": "england"})) is None
