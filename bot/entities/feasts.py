"""Days with a name of their own: Hogmanay, Easter Monday, Fair Friday. Data: `data/entities/time.yml`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from dateutil.easter import easter

from bot.entities.calendar import away, nearest_of, nth_weekday
from bot.entities.moment import Moment, Reckon
from bot.entities.time_words import TimeWords, either

_NEW_YEAR = "new year"
_EARLIER = ("before", "afore")
_GONE = ("last", "lst", "this past")


def feast_rules(words: TimeWords) -> list[tuple[str, Reckon]]:
    """Patterns such as "last Christmas", "by Hogmanay", "the day after Boxing Day", "two weeks before Easter"."""
    days = _days_of_the_year(words)
    feast = rf"(?P<feast>{either(name for name in days if name != _NEW_YEAR)})"
    beside = r"(?P<beside>before|afore|after|efter|eftir)"
    unit = rf"(?P<unit>{either(word for word, what in words.units.items() if what in ('day', 'week', 'fortnight'))})"

    def named(match: re.Match[str], moment: Moment) -> date:
        which = match.groupdict().get("which")
        if moment.unsure and not which:
            either_way = [nearest_of(days[match["feast"]], moment.today, past=past) for past in (True, False)]
            return min(either_way, key=lambda day: abs(day - moment.today))
        return nearest_of(days[match["feast"]], moment.today, past=which in _GONE if which else moment.past)

    def day_beside(match: re.Match[str], moment: Moment) -> date:
        return named(match, moment) + timedelta(days=-1 if match["beside"] in _EARLIER else 1)

    def some_time_beside(match: re.Match[str], moment: Moment) -> date:
        count = words.count(match["number"]) * (-1 if match["beside"] in _EARLIER else 1)
        return away(named(match, moment), count, words.units[match["unit"]])

    not_the_day = rf"(?! (?:{either(words.not_after_a_feast)})\b)"
    return [
        (rf"(?:the )?day {beside} {feast}", day_beside),
        (rf"(?P<number>{words.number})(?: |(?<=\d)){unit} {beside} {feast}", some_time_beside),
        (rf"(?P<which>last|lst|this past|this coming|next|nxt|this) {feast}{not_the_day}", named),
        (rf"{feast}{not_the_day}", named),
        # "Happy new year", "in the new year" name no day.
        (rf"(?:at|by|since|before|after|efter|till|til|until|for|come) (?P<feast>{_NEW_YEAR}){not_the_day}", named),
    ]


def _days_of_the_year(words: TimeWords) -> dict[str, Callable[[int], date]]:
    """When each of them falls in a year."""
    days: dict[str, Callable[[int], date]] = {_NEW_YEAR: partial(date, month=1, day=1)}
    for name, (month, day) in words.fixed_days.items():
        days[name] = partial(date, month=month, day=day)
    for name, after in words.days_after_easter.items():
        days[name] = partial(_after_easter, days=after)
    for name, (month, weekday, which, more) in words.days_by_weekday.items():
        days[name] = partial(_by_weekday, month=month, weekday=weekday, which=which, more=more)
    return days


def _after_easter(year: int, days: int) -> date:
    return easter(year) + timedelta(days=days)


def _by_weekday(year: int, month: int, weekday: int, which: int, more: int) -> date:
    return nth_weekday(year, month, weekday, which) + timedelta(days=more)
