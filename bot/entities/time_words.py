"""Numbers, days and units as people write them, as pieces of patterns. Data: `data/entities/time.yml`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from bot.entities.word_lists import word_list


class TimeWords:
    """Pattern pieces, and what the words they match stand for."""

    def __init__(self) -> None:
        words = word_list("time")
        self.numbers = _meanings(words["numbers"])
        self.weekdays = _meanings(words["weekdays"])
        self.months = _meanings(words["months"])
        self.units = _meanings(words["units"])
        self.fixed_days = {name: (month, day) for name, (month, day) in words["fixed_days"].items()}
        self.number = rf"(?:\d{{1,3}}|{either(self.numbers)})"
        self.weekday = either(self.weekdays)
        self.weekdays_also_words = frozenset(words["weekdays_that_are_words"])
        self.recurring = frozenset(words["recurring_weekdays"])
        self.month = either(self.months)
        self.unit = either(self.units)
        self.today = words["today"]
        self.tomorrow = words["tomorrow"]
        self.yesterday = words["yesterday"]
        self.not_after_the_day = frozenset(words["not_after_the_day"])
        self.not_before_the_day = frozenset(words["not_before_the_day"])
        self.past_words = frozenset(words["past_words"])
        self.not_past = frozenset(words["not_past"])
        self.future_words = frozenset(words["future_words"])

    def count(self, said: str) -> int:
        """The number that digits or a number word stand for."""
        said = " ".join(said.split())
        return int(said) if said.isdigit() else self.numbers[said]


@lru_cache(maxsize=1)
def time_words() -> TimeWords:
    """The words, read once."""
    return TimeWords()


def either(words: Any) -> str:
    """A pattern that matches any of these words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(map(str, words), key=len, reverse=True)) + ")"


def _meanings(groups: dict[Any, list[Any]]) -> dict[str, Any]:
    return {str(word): meaning for meaning, said in groups.items() for word in said}
