"""Days that a message names, as calendar dates in Scotland: "the morn", "a week on Tuesday", "libbed yesterday".

Only what names one day becomes a date: "next week" and "the weekend" do not.
"""

from __future__ import annotations

import re
from datetime import datetime

from bot.entities.date_rules import Moment, date_rules
from bot.entities.entity import Entity
from bot.entities.message import Message
from bot.entities.release import PAST
from bot.entities.time_words import either, time_words
from reference.clock import SCOTLAND

_NAMES_THE_DATE = re.compile(r"\bdate\b|^edl$")
_GUARDED = frozenset(("the day", "the night", "the nicht", "the morn"))
_LEADS_IN = re.compile(
    r"(?:(?:on|by|since|before|til|till|until|from|for|fae|date is|date|come|out|oot) +)?(?:the +(?=\d))?"
)
_HOW_OFTEN = frozenset(("every", "each", "once", "twice", "times", "time", "days", "hours"))


class DateReader:
    """Finds days. The longest match wins, then the earlier rule."""

    def __init__(self) -> None:
        self._words = time_words()
        self._rules = [
            (re.compile(rf"(?<![\w£/.]){pattern}(?!\w|/\d)"), reckon) for pattern, reckon in date_rules(self._words)
        ]
        weekday = self._words.weekday
        self._recurring = re.compile(
            rf"(?<!from )(?<!fae )(?<!frm )\b{weekday} ?(?:to|tae|till|til|-) ?{weekday}\b"
            rf"|\b(?:{either(self._words.recurring)})\b"
        )

    def read(self, message: Message, now: datetime, releases: list[Entity]) -> list[Entity]:
        """The days in this message, in order. `now` is aware; `releases` tell whether a Friday is the last or next."""
        today = now.astimezone(SCOTLAND).date()
        matches = [(match, reckon) for pattern, reckon in self._rules for match in pattern.finditer(message.plain)]
        often = [match.span() for match in self._recurring.finditer(message.plain)]
        matches = [found for found in matches if not any(_overlap(found[0].span(), span) for span in often)]
        matches.sort(key=lambda found: (found[0].start() - found[0].end(), found[0].start()))
        entities: list[Entity] = []
        for match, reckon in matches:
            start, end = match.start() + _LEADS_IN.match(match.group()).end(), match.end()  # type: ignore[union-attr]
            if any(start < other.end and other.start < end for other in entities):
                continue
            if self._is_something_else(message, match):
                continue
            day = reckon(match, Moment(now, today, self._is_past(message, start, end, releases)))
            if day is not None:
                entities.append(Entity("date", day.isoformat(), message.text[start:end], start, end))
        return sorted(entities, key=lambda entity: entity.start)

    def _is_something_else(self, message: Message, match: re.Match[str]) -> bool:
        """Whether these words only look like a day: "sat down", "the day he died", "once a week on Tuesday"."""
        said = match.group()
        if said in self._words.weekdays_also_words:
            return True
        first = message.word_at(match.start())
        before = message.before(first, 1)
        if said in _GUARDED:
            after = message.after(message.word_at(match.end()), 1)
            return bool(after and after[0] in self._words.not_after_the_day) or bool(
                before and before[0] in self._words.not_before_the_day
            )
        return bool(before) and before[0] in _HOW_OFTEN

    def _is_past(self, message: Message, start: int, end: int, releases: list[Entity]) -> bool:
        """Whether the nearest word with a tense, before the day and else after it, speaks of what has been."""
        tenses = {
            index: release.value == PAST
            for release in releases
            for index in range(message.word_at(release.start), message.word_at(release.end - 1) + 1)
        }
        first, last = message.word_at(start), message.word_at(end)
        if any(_NAMES_THE_DATE.search(release.text.lower()) for release in releases):
            return False
        back = range(first - 1, message.sentence_from(first) - 1, -1)
        onward = range(last, message.sentence_to(last))
        inside = range(first, last)
        for index in (*inside, *back, *onward):
            if index in tenses:
                return tenses[index]
            if self._speaks_of_the_past(message.keys[index]):
                return True
            if message.keys[index] in self._words.future_words and index not in inside:
                return False
        return False

    def _speaks_of_the_past(self, word: str) -> bool:
        return word in self._words.past_words or (word.endswith("ed") and word not in self._words.not_past)


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
