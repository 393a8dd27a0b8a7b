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
        self.weekdays = _with_slips(_meanings(words["weekdays"]), ending="day")
        self.months = _with_slips(_meanings(words["months"]), ending="er") | _with_slips(
            _meanings(words["months"]), ending="ary"
        )
        self.units = _meanings(words["units"])
        self._ordinals = _meanings(words["ordinals"])
        for tens, said in words["tens"].items():
            self._ordinals.update(
                {f"{ten}{dash}{one}": tens + number for ten in said for dash in (" ", "-")
                 for one, number in _meanings(words["ordinals"]).items() if number < 10 and tens + number <= 31}
            )  # fmt: skip
        self.ordinal = either(self._ordinals)
        self.past_third = either(said for said, day in self._ordinals.items() if day > 3)
        self.long_ordinal = either(said for said, day in self._ordinals.items() if day > 10)
        self.which_of_a_month = _meanings(words["which_of_a_month"])
        self.fixed_days = {name: (month, day) for name, (month, day) in words["fixed_days"].items()}
        self.days_after_easter = words["days_after_easter"]
        self.days_by_weekday = words["days_by_weekday"]
        self.not_after_a_feast = words["not_after_a_feast"]
        self.number = rf"(?:\d{{1,3}}|{either(self.numbers)})"
        self.weekday = either(self.weekdays)
        self.weekdays_also_words = frozenset(words["weekdays_that_are_words"])
        self.before_a_short_weekday = frozenset(words["before_a_short_weekday"])
        self.recurring = frozenset(words["recurring_weekdays"])
        self.month = either(self.months)
        self.unit = either(self.units)
        self.today = words["today"]
        self.tomorrow = words["tomorrow"]
        self.yesterday = words["yesterday"]
        self.not_after_the_day = frozenset(words["not_after_the_day"])
        self.not_before_the_day = frozenset(words["not_before_the_day"])
        self.past_words = frozenset(words["past_words"])
        self.plans = frozenset(words["plans"])
        self.tells_of_plans = frozenset(words["tells_of_plans"])
        self.not_past = frozenset(words["not_past"])
        self.future_words = frozenset(words["future_words"])

    def day_number(self, said: str) -> int:
        """The number of a day: "23", "23rd", "twenty third"."""
        figures = re.match(r"\d+", said)
        return int(figures.group()) if figures else int(self._ordinals[said])

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


def _with_slips(words: dict[str, Any], *, ending: str) -> dict[str, Any]:
    """The words, and those with this ending with one letter left out, doubled, or two swapped: "satuday", "firday"."""
    found = dict(words)
    for word, meaning in words.items():
        if word.endswith(ending) and len(word) > 5:
            for at in range(1, len(word)):
                for slip in (
                    word[:at] + word[at + 1 :],
                    word[:at] + word[at] + word[at:],
                    word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
                ):
                    found.setdefault(slip, meaning)
    return found
