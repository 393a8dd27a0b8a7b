"""Days that a message names, as calendar dates in Scotland: "the morn", "a week on Tuesday", "libbed yesterday".

Only what names one day becomes a date: "next week" and "the weekend" do not.
"""

from __future__ import annotations

import itertools
import re
from datetime import datetime

from bot.entities.date_rules import date_rules
from bot.entities.entity import Entity
from bot.entities.message import Message
from bot.entities.moment import Moment
from bot.entities.release import PAST
from bot.entities.sought import Sought
from bot.entities.time_words import either, time_words
from reference.clock import SCOTLAND

_NAMES_THE_DATE = re.compile(r"\bdate\b|^edl$")
_GUARDED = frozenset(("the day", "the night", "the nicht", "the morn"))
_LEADS_IN = re.compile(
    r"(?:(?:on|by|since|before|after|til|till|until|from|frm|for|fae|to|tae|2(?= \d)|due|is|at|date is|date|come|out"
    r"|oot|edl|lib|liberation|released|liberated|court) +)?(?:the +(?=\d))?"
)
_HOW_OFTEN = frozenset(("every", "each", "once", "twice", "times", "time", "days", "hours"))
_ANY_SUCH = frozenset(
    ("a", "an", "any", "most", "some", "either", "other", "alternate", "first", "second", "third", "or")
)
_HAVE = frozenset(("has", "have", "hes", "shes", "ive", "weve", "theyve", "youve", "hav", "hiv", "uv"))
_HAS_GOT = frozenset(("got", "goat"))
_RELEASED = frozenset(("released", "libbed", "liberated"))


class DateReader:
    """Finds days. The longest match wins, then the earlier rule."""

    def __init__(self) -> None:
        self._words = time_words()
        rules = date_rules(self._words)
        self._rules = Sought([rf"(?<![\w£/.]){pattern}(?!\w|/\d)" for pattern, _ in rules])
        self._reckonings = [reckon for _, reckon in rules]
        weekday = self._words.weekday
        self._recurring = Sought(
            [
                rf"(?<!from )(?<!fae )(?<!frm )\b{weekday} ?(?:to|tae|till|til|-) ?{weekday}\b"
                rf"|\bbetween {weekday} (?:and|an|n|&) {weekday}\b"
                rf"|\b(?:{either(self._words.recurring)})\b"
            ]
        )
        self._weekday = re.compile(rf"{self._words.weekday}")

    def read(self, message: Message, now: datetime, releases: list[Entity]) -> list[Entity]:
        """The days in this message, in order. `now` is aware; `releases` tell whether a Friday is the last or next."""
        today = now.astimezone(SCOTLAND).date()
        matches = [(match, self._reckonings[rule]) for rule, match in self._rules.within(message)]
        often = [match.span() for _, match in self._recurring.within(message)] if matches else []
        matches = [found for found in matches if not any(_overlap(found[0].span(), span) for span in often)]
        matches.sort(key=lambda found: (found[0].start() - found[0].end(), found[0].start()))
        entities: list[Entity] = []
        for match, reckon in matches:
            start, end = match.start() + _LEADS_IN.match(match.group()).end(), match.end()  # type: ignore[union-attr]
            if any(start < other.end and other.start < end for other in entities):
                continue
            if self._is_something_else(message, match):
                continue
            past = self._is_past(message, start, end, releases)
            day = reckon(match, Moment(now, today, past, self._is_planned(message, start, end, releases)))
            if day is not None:
                entities.append(Entity("date", day.isoformat(), message.text[start:end], start, end))
        return sorted(entities, key=lambda entity: entity.start)

    def _is_something_else(self, message: Message, match: re.Match[str]) -> bool:
        """Whether these words only look like a day: "sat down", "the day he died", "once a week on Tuesday"."""
        said = match.group()
        first = message.word_at(match.start())
        before = message.before(first, 1)
        if said in self._words.weekdays_also_words and not self._words.before_a_short_weekday.issuperset(before or "?"):
            return True
        if said in _GUARDED:
            after = message.after(message.word_at(match.end()), 1)
            return bool(after and after[0] in self._words.not_after_the_day) or bool(
                before and before[0] in self._words.not_before_the_day
            )
        if said in self._words.today or said in self._words.yesterday:
            return False
        if self._weekday.match(said[_LEADS_IN.match(said).end() :]) and self._is_any_such(  # type: ignore[union-attr]
            message, first, before
        ):
            return True
        return bool(before) and before[0] in _HOW_OFTEN and not said.startswith(("on ", "since "))

    def _is_any_such(self, message: Message, first: int, before: list[str]) -> bool:
        """ "On a Saturday morning", "the first or second Tuesday", "every Tuesday ... and by Thursday"."""
        if before and before[0] in _ANY_SUCH and message.before(first, 2)[:1] not in (["week"], ["weeks"]):
            return True
        earlier = message.keys[message.sentence_from(first) : first]
        return any(
            word in ("every", "each") and day in self._words.weekdays for word, day in itertools.pairwise(earlier)
        )

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
        planned = False
        for index in (*inside, *back, *onward):
            planned = planned or message.keys[index] in self._words.plans
            if planned and message.keys[index] in self._words.tells_of_plans:
                return False
            if index in tenses:
                return tenses[index]
            if message.keys[index] in _HAS_GOT and index and message.keys[index - 1] in _HAVE:
                return False
            if self._speaks_of_the_past(message.keys[index]):
                return True
            if message.keys[index] in self._words.future_words and index not in inside:
                return False
        return False

    def _is_planned(self, message: Message, start: int, end: int, releases: list[Entity]) -> bool:
        """ "Liberated on Christmas Eve", "they moved it to 18 December": that it has been is not said."""
        first, last = message.word_at(start), message.word_at(end)
        sentence = range(message.sentence_from(first), message.sentence_to(last))
        if any(message.keys[index] in self._words.plans for index in sentence):
            return True
        return any(
            release.text.lower() in _RELEASED and message.word_at(release.start) in sentence for release in releases
        )

    def _speaks_of_the_past(self, word: str) -> bool:
        return word in self._words.past_words or (word.endswith("ed") and word not in self._words.not_past)


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
