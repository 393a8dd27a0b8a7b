"""The ways in which people name a day, each a pattern and how to reckon it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.entities.calendar import away, coming, gone, in_next_week, nearest_month, nearest_year
from bot.entities.time_words import TimeWords, either
from reference.clock import SCOTLAND


@dataclass(frozen=True)
class Moment:
    """What a day is reckoned from."""

    now: datetime
    today: date
    past: bool
    """Whether the words around speak of what has been."""


# "It'll be six weeks on Friday": so long by then, not a day six weeks later.
_SO_LONG_BY = re.compile(r"\b(?:be|been|its|it's|that's|thats|was|wis|makes it|made it) $")

Reckon = Callable[["re.Match[str]", Moment], date | None]


def date_rules(words: TimeWords) -> list[tuple[str, Reckon]]:
    """Patterns over plain text and the day that each names; None where it turns out to name none."""
    return [*_named_days(words), *_counted_days(words), *_weekdays(words), *_written_days(words)]


def _named_days(words: TimeWords) -> list[tuple[str, Reckon]]:
    def in_days(count: int) -> Reckon:
        return lambda match, moment: moment.today + timedelta(days=count)

    def fixed(match: re.Match[str], moment: Moment) -> date | None:
        month, day = words.fixed_days[match["fixed"]]
        return nearest_year(day, month, moment.today, past=moment.past)

    tomorrow, yesterday = either(words.tomorrow), either(words.yesterday)
    return [
        (rf"(?:the )?day (?:efter|after|eftir) {tomorrow}", in_days(2)),
        (rf"(?:the )?day (?:before|afore) {yesterday}", in_days(-2)),
        (r"(?:the )?night before last", in_days(-2)),
        (either(words.today), in_days(0)),
        (rf"{tomorrow}(?: morning| mornin| night| afternoon)?", in_days(1)),
        (rf"{yesterday}(?: morning| mornin| night| afternoon)?", in_days(-1)),
        (rf"(?P<fixed>{either(words.fixed_days)})", fixed),
    ]


def _counted_days(words: TimeWords) -> list[tuple[str, Reckon]]:
    # "3 weeks", "3wks"; but "a yr" is not in "Ayr".
    unit = rf"(?: |(?<=\d))(?P<unit>{words.unit})"
    number = rf"(?P<number>{words.number})"
    long_unit = (
        rf"(?P<unit>{either(word for word, unit in words.units.items() if unit in ('week', 'fortnight', 'month'))})"
    )
    base = rf"(?P<base>{either([*words.today, *words.tomorrow, *words.yesterday, 'now'])}|{words.weekday})"
    ends = (
        r"(?:to go|tae go|left|away|from now|till he|until he|till she|until she|til he|til she|til i|till i|until i"
        r"|before he gets|before she gets|before i get|til his|until his|till his)"
    )

    def count(match: re.Match[str]) -> tuple[int, str]:
        return words.count(match["number"]) if match["number"] else 1, words.units[match["unit"]]

    def shifted(moment: Moment, how_many: int, what: str) -> date:
        if what in ("minute", "hour"):
            then = moment.now + timedelta(**{f"{what}s": how_many})
            return then.astimezone(SCOTLAND).date()
        return away(moment.today, how_many, what)

    def ahead(match: re.Match[str], moment: Moment) -> date:
        return shifted(moment, *count(match))

    def ahead_unless_past(match: re.Match[str], moment: Moment) -> date | None:
        """ "In three weeks"; but "hasn't touched it in three weeks" names no day."""
        return None if moment.past else ahead(match, moment)

    def ago(match: re.Match[str], moment: Moment) -> date:
        how_many, what = count(match)
        return shifted(moment, -how_many, what)

    def half_an_hour_ago(match: re.Match[str], moment: Moment) -> date:
        return shifted(moment, -30, "minute")

    def base_day(match: re.Match[str], moment: Moment, *, past: bool) -> date:
        said = match["base"]
        if said in words.weekdays:
            weekday = words.weekdays[said]
            return gone(weekday, moment.today) if past else coming(weekday, moment.today)
        return moment.today + timedelta(days=(said in words.tomorrow) - (said in words.yesterday))

    def beyond(match: re.Match[str], moment: Moment) -> date | None:
        """ "A week on Tuesday": a Tuesday to come and a week more. "Out two weeks today" counts back."""
        if _SO_LONG_BY.search(match.string, 0, match.start()):
            return None
        how_many, what = count(match)
        return away(base_day(match, moment, past=moment.past), -how_many if moment.past else how_many, what)

    def short_of(match: re.Match[str], moment: Moment) -> date:
        """ "A week past Tuesday": the last Tuesday and a week more, back."""
        how_many, what = count(match)
        return away(base_day(match, moment, past=True), -how_many, what)

    return [
        (rf"(?:{number} )?{long_unit} (?:on |come |from |fae |this |this coming |coming )?{base}", beyond),
        (rf"(?P<number>){base} (?P<unit>week|fortnight)", beyond),
        (rf"(?:{number} )?{long_unit} (?:past|past on) {base}", short_of),
        (rf"{number}{unit} ago (?:on |this |last )?{base}", short_of),
        (
            rf"in (?:about |aboot |roughly |around |another |just |like )?{number}(?: more)?{unit}'?(?: ?time)?",
            ahead_unless_past,
        ),
        (r"in (?P<number>)(?P<unit>fortnight)'?s?(?: ?time)?", ahead_unless_past),
        (rf"{number}{unit}'? ?time", ahead),
        (rf"{number}(?: more)?{unit} {ends}", ahead),
        (rf"{number} more{unit}", ahead),
        (rf"(?:about |roughly |over |just over |nearly )?{number}{unit} (?:ago|back|syne)", ago),
        (r"(?:about )?(?:half|hauf) an? (?:hour|hr|oor) ago", half_an_hour_ago),
    ]


def _weekdays(words: TimeWords) -> list[tuple[str, Reckon]]:
    weekday = rf"(?P<weekday>{words.weekday})"
    part = r"(?: morning| mornin| moarnin| afternoon| night| evening| nicht| past| there)?"

    def meant(match: re.Match[str]) -> int:
        return int(words.weekdays[match["weekday"]])

    def plain(match: re.Match[str], moment: Moment) -> date:
        return gone(meant(match), moment.today) if moment.past else coming(meant(match), moment.today)

    def this(match: re.Match[str], moment: Moment) -> date:
        if moment.past or meant(match) != moment.today.weekday():
            return plain(match, moment)
        return moment.today

    def next_(match: re.Match[str], moment: Moment) -> date:
        return in_next_week(meant(match), moment.today)

    def last(match: re.Match[str], moment: Moment) -> date:
        return gone(meant(match), moment.today)

    return [
        (rf"(?:on )?this {weekday}{part}", this),
        (rf"(?:on )?(?:this coming|the coming|coming|come) {weekday}", plain),
        (rf"{weekday} (?:coming|first)", plain),
        (rf"(?:next|nxt|nex) {weekday}{part}", next_),
        (rf"{weekday} (?:next week|nxt week|of next week)", next_),
        (rf"(?:last|lst) {weekday}{part}", last),
        (rf"(?:on )?{weekday} (?:past|gone|there|last week|just past|just gone)", last),
        (rf"(?:on |by |since |before |til |till |until |from |for |fae )?{weekday}{part}", plain),
    ]


def _written_days(words: TimeWords) -> list[tuple[str, Reckon]]:
    month, year = rf"(?P<month>{words.month})", r"(?:,? (?P<year>20\d\d|2[6-9]|3[0-5])(?! ?(?:am|pm)\b|[:.]\d))?"
    ordinal = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"

    def dated(day: int, month: int, year: str | None, moment: Moment) -> date | None:
        if not year:
            return nearest_year(day, month, moment.today, past=moment.past)
        try:
            return date(int(year) % 100 + 2000, month, day)
        except ValueError:
            return None

    def with_month_name(match: re.Match[str], moment: Moment) -> date | None:
        return dated(int(match["day"]), words.months[match["month"]], match["year"], moment)

    def in_figures(match: re.Match[str], moment: Moment) -> date | None:
        month = int(match["month"])
        return dated(int(match["day"]), month, match["year"], moment) if month <= 12 else None

    def day_of_month(match: re.Match[str], moment: Moment) -> date | None:
        day = int(match["day"])
        return nearest_month(day, moment.today, past=moment.past) if 1 <= day <= 31 else None

    not_a_day = (
        r"(?! (?:time|one|floor|day|week|person|wean|child|son|daughter|attempt|hit|dose|stage|birthday|year|month"
        r"|anniversary|overdose|od|kid|of his|of her|of my|o)\b)"
    )
    return [
        (rf"(?:on )?(?:the )?{ordinal}(?: of| o)? {month}{year}", with_month_name),
        (rf"(?:on )?{month} (?:the )?{ordinal}{year}", with_month_name),
        (r"(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)", in_figures),
        (r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>(?:20)?\d\d)", in_figures),
        (r"(?:on|date|date is|out|oot|until|til|till|from) (?P<day>\d{1,2})/(?P<month>\d{1,2})(?P<year>)", in_figures),
        (rf"(?:on|til|till|until|by|since|from)? ?the (?P<day>\d{{1,2}})(?:st|nd|rd|th){not_a_day}", day_of_month),
    ]
