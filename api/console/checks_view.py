"""What a person answered about themselves in the assistant's checks, in words for the brief."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from api.console.words import ConsoleWords

USING_SIGNS: Mapping[str, str] = {
    "worried": "console/check_worried",
    "cut_down": "console/check_cut_down",
    "morning": "console/check_morning",
}
STRAINS: Mapping[str, str] = {
    "sleep": "console/strain_sleep",
    "health": "console/strain_health",
    "money": "console/strain_money",
    "work": "console/strain_work",
    "family": "console/strain_family",
}
"""Of the questions in `data/instruments`, the words for each."""


def check_lines(words: ConsoleWords, known: Mapping[str, Any]) -> Iterator[str]:
    """A line for each check that was done; `known` are the facts by name."""
    drinking = _answers(known.get("drinking_check"))
    if isinstance(drinking.get("score"), int):
        more = "console/check_drinking_high" if drinking.get("worth_a_talk") else "console/check_drinking"
        yield words(more, score=drinking["score"])
    using = _answers(known.get("using_check"))
    if using.get("any") == "no":
        yield words("console/check_using_none")
    elif using:
        signs = [words(sign) for name, sign in USING_SIGNS.items() if using.get(name) == "yes"]
        yield words("console/check_using", signs=", ".join(signs) or words("console/check_no_sign"))
    strain = _answers(known.get("strain_check"))
    if strain:
        heavy = [words(part) for name, part in STRAINS.items() if strain.get(name) == "a_lot"]
        yield words("console/check_strain", parts=", ".join(heavy) or words("console/check_nothing_a_lot"))


def _answers(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
