"""Days by their number: "the 3rd", "twenty third of November", "Friday the 11th", "the end of next month", 04/12/26."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.entities.calendar import last_of_month, months_away, nearest_month, nearest_year, nth_weekday, on_weekday
from bot.entities.moment import Moment, Reckon
from bot.entities.time_words import TimeWords, either

_NOT_A_DAY = (
    r"(?! (?:time|one|wan|floor|day|week|person|wean|child|son|daughter|attempt|hit|dose|stage|birthday|year|month"
    r"|anniversary|overdose|od|kid|o|step|thing|place|half|two|three|offence|go|of"
    r"|sector|drug|chance|bottle|kit|to)\b)"
)
_THE_DAY_ENDS_IT = (
    r"(?=$|\s*[.,;!?)\n]| (?:and|an|at|so|but|then|if|when|he|she|i|we|they|fae|from|with|wi|after|before|there"
    r"|coming|morning|is|was|to)\b)"
)
_OF = r"(?: of| o| ae)"
_BEGINS = ("start", "beginning", "first", "1st")
_LED_TO = (
    r"(?:on|date|date is|out|oot|until|til|till|from|due|by|since|lib|liberation|released|liberated|court|the|edl|is)"
)


def written_day_rules(words: TimeWords) -> list[tuple[str, Reckon]]:
    """Patterns for days that are told by their number."""
    return [*_days_of_a_month(words), *_in_figures(), *_numbers_alone(words), *_parts_of_months(words)]


_LONG, _SHORT = timedelta(days=240), timedelta(days=120)


def _dated(day: int, month: int, year: str | None, moment: Moment, weekday: int | None = None) -> date | None:
    if not year:
        meant, other = (nearest_year(day, month, moment.today, past=past) for past in (moment.past, not moment.past))
        if meant is None or other is None:
            return meant or other
        if weekday is not None and weekday in (meant.weekday(), other.weekday()):
            return meant if meant.weekday() == weekday else other
        # Nobody says "30 October" in November for the one in a year. Of a year ago one may speak ("he died on ...").
        far = abs(meant - moment.today) > _LONG and abs(other - moment.today) < _SHORT
        return other if far and (moment.unsure or not moment.past) else meant
    try:
        return date(int(year) % 100 + 2000, month, day)
    except ValueError:
        return None


def _days_of_a_month(words: TimeWords) -> list[tuple[str, Reckon]]:
    month, year = rf"(?P<month>{words.month})", r"(?:,? (?P<year>20\d\d|2[6-9]|3[0-5])(?! ?(?:am|pm)\b|[:.]\d))?"
    figures, said = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", rf"(?P<day>{words.ordinal})"
    sure_month = rf"(?P<month>{either(name for name in words.months if name not in ('may', 'march', 'mar', 'sept'))})"
    weekday = rf"(?:(?P<weekday>{words.weekday}),? )?"
    # "The 4th, 5th and 6th of December": the month is said once.
    more_days = r"(?:(?: ?[,&/-] ?| to | tae | and | or | til | till )(?:the )?\d{1,2}(?:st|nd|rd|th)?){1,3}"

    def with_month_name(match: re.Match[str], moment: Moment) -> date | None:
        weekday = words.weekdays.get(match["weekday"]) if match["weekday"] else None
        return _dated(words.day_number(match["day"]), words.months[match["month"]], match["year"], moment, weekday)

    def with_month_reckoned(match: re.Match[str], moment: Moment) -> date | None:
        months = {"next": 1, "nxt": 1, "last": -1}.get(match["which"], 0)
        first = months_away(moment.today.replace(day=1), months)
        try:
            return first.replace(day=words.day_number(match["day"]))
        except ValueError:
            return None

    return [
        (rf"(?:on )?{weekday}(?:the )?{figures}{_OF}? ?{month}{year}", with_month_name),
        (rf"(?:on )?(?P<weekday>)(?:the )?{figures}(?={more_days}{_OF}? ?{month}{year})", with_month_name),
        (rf"(?:on )?{weekday}(?:the )?{said}{_OF} {month}{year}", with_month_name),
        (rf"(?:on )?{weekday}(?:the )?{said} {sure_month}{year}", with_month_name),
        (rf"(?:on )?{weekday}{month} (?:the )?{figures}{year}", with_month_name),
        (rf"(?:on )?{weekday}{month} the {said}{year}", with_month_name),
        (rf"(?:on )?{weekday}{sure_month} {said}{year}", with_month_name),
        (rf"(?:on )?the (?P<day>\d{{1,2}}(?:st|nd|rd|th)|{words.ordinal}){_OF} (?P<which>next|nxt|this|last|the) month",
         with_month_reckoned),
    ]  # fmt: skip


def _in_figures() -> list[tuple[str, Reckon]]:
    def in_figures(match: re.Match[str], moment: Moment) -> date | None:
        month = int(match["month"])
        return _dated(int(match["day"]), month, match["year"], moment) if month <= 12 else None

    return [
        (r"(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)", in_figures),
        (r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>(?:20)?\d\d)", in_figures),
        (rf"{_LED_TO} (?P<day>\d{{1,2}})/(?P<month>\d{{1,2}})(?P<year>)", in_figures),
    ]


def _numbers_alone(words: TimeWords) -> list[tuple[str, Reckon]]:
    figures, weekday = r"(?P<day>\d{1,2})(?:st|nd|rd|th)", rf"(?P<weekday>{words.weekday})"

    def day_of_month(match: re.Match[str], moment: Moment) -> date | None:
        day = words.day_number(match["day"])
        return nearest_month(day, moment.today, past=moment.past) if 1 <= day <= 31 else None

    def weekday_and_number(match: re.Match[str], moment: Moment) -> date | None:
        day = words.day_number(match["day"])
        if not 1 <= day <= 31:
            return None
        there = on_weekday(day, words.weekdays[match["weekday"]], moment.today, past=moment.past)
        return there or nearest_month(day, moment.today, past=moment.past)

    return [
        (rf"(?:on )?{weekday},? (?:the )?{figures}{_NOT_A_DAY}", weekday_and_number),
        (rf"(?:on )?{weekday},? the (?P<day>\d{{1,2}}|{words.ordinal}){_NOT_A_DAY}", weekday_and_number),
        (rf"(?:on|til|till|until|by|since|from)? ?the {figures}{_NOT_A_DAY}", day_of_month),
        (rf"(?:on|til|till|until|by|since|from|frm|to|2|tae|out|oot|due|date|is) {figures}{_NOT_A_DAY}", day_of_month),
        (rf"(?:on|til|till|until|by|since|from|before|is|for|out|oot) the (?P<day>{words.ordinal}){_THE_DAY_ENDS_IT}",
         day_of_month),
        (rf"(?:on|by|since|til|till|until) the (?P<day>{words.past_third}){_NOT_A_DAY}", day_of_month),
        (rf"(?:on|by|since|til|till|until|out|oot|due|is|from) (?P<day>{words.long_ordinal}){_THE_DAY_ENDS_IT}",
         day_of_month),
    ]  # fmt: skip


def _parts_of_months(words: TimeWords) -> list[tuple[str, Reckon]]:
    begins_or_ends = r"(?:the )?(?:very )?(?P<part>start|beginning|end|last day|first|1st)"
    weekday = rf"(?P<weekday>{words.weekday})"
    nth = rf"(?P<nth>{either([*words.which_of_a_month])})"
    month = rf"(?P<month>{words.month})"
    which = r"(?P<which>next|nxt|this|last|the) (?:month|mth)"

    def part_of(first: date, part: str) -> date:
        return first if part in _BEGINS else last_of_month(first)

    def of_a_month(match: re.Match[str], moment: Moment) -> date | None:
        month = words.months[match["month"]]
        years = (moment.today.year + step for step in (0, -1, 1))
        days = [part_of(date(year, month, 1), match["part"]) for year in years]
        fitting = [day for day in days if (day <= moment.today if moment.past else day >= moment.today)]
        return min(fitting, key=lambda day: abs(day - moment.today), default=None)

    def of_this_or_next(match: re.Match[str], moment: Moment) -> date:
        months = {"next": 1, "nxt": 1, "last": -1}.get(match["which"], 0)
        return part_of(months_away(moment.today.replace(day=1), months), match["part"])

    def of_a_year(match: re.Match[str], moment: Moment) -> date:
        year = moment.today.year + {"next": 1, "nxt": 1, "last": -1}.get(match["which"], 0)
        return date(year, 1, 1) if match["part"] in _BEGINS else date(year, 12, 31)

    def nth_of_a_month(match: re.Match[str], moment: Moment) -> date | None:
        groups = match.groupdict()
        if groups.get("month"):
            month = words.months[match["month"]]
            firsts = [date(moment.today.year + step, month, 1) for step in (-1, 0, 1)]
        else:
            months = {"next": 1, "nxt": 1, "last": -1}.get(match["which"], 0)
            firsts = [months_away(moment.today.replace(day=1), months)]
        days = [
            nth_weekday(first.year, first.month, words.weekdays[match["weekday"]], words.which_of_a_month[match["nth"]])
            for first in firsts
        ]
        fitting = [day for day in days if (day <= moment.today if moment.past else day >= moment.today)]
        return min(fitting or days, key=lambda day: abs(day - moment.today))

    return [
        (rf"{begins_or_ends}{_OF} {month}(?! (?:\d|and)\b)", of_a_month),
        (rf"{begins_or_ends}{_OF} {which}", of_this_or_next),
        (rf"{begins_or_ends}{_OF} (?P<which>next|nxt|this|last|the) (?:year|yr)", of_a_year),
        (rf"(?:the )?{nth} {weekday} (?:of|in|o) {month}", nth_of_a_month),
        (rf"(?:the )?{nth} {weekday} (?:of|in|o) {which}", nth_of_a_month),
    ]
