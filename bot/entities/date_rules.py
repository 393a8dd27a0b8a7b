"""The ways in which people name a day, each a pattern and how to reckon it."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.entities.calendar import away, coming, gone, in_next_week
from bot.entities.feasts import feast_rules
from bot.entities.moment import Moment, Reckon
from bot.entities.time_words import TimeWords, either
from bot.entities.written_days import written_day_rules
from reference.clock import SCOTLAND

_PART = (
    r"(?:(?:'s)? (?:morning|mornin|moarnin|morn|afternoon|efternoon|aft|evening|evenin|eve|night|nite|nyt|nicht"
    r"|am|pm))?"
)
# "It'll be six weeks on Friday": so long by then, not a day six weeks later.
_SO_LONG_BY = re.compile(
    r"\b(?:be|been|its|it's|that's|thats|was|wis|makes it|made it|he's|hes|she's|shes|i'm|im|am|is|clean|sober) $"
)


def date_rules(words: TimeWords) -> list[tuple[str, Reckon]]:
    """Patterns over plain text and the day that each names; None where it turns out to name none."""
    return [
        *_named_days(words),
        *feast_rules(words),
        *_counted_days(words),
        *_weekdays(words),
        *_weekdays_of_other_weeks(words),
        *written_day_rules(words),
    ]


def _named_days(words: TimeWords) -> list[tuple[str, Reckon]]:
    def in_days(count: int) -> Reckon:
        return lambda match, moment: moment.today + timedelta(days=count)

    tomorrow, yesterday = either(words.tomorrow), either(words.yesterday)
    return [
        (rf"(?:the )?day (?:efter|after|eftir) {tomorrow}", in_days(2)),
        (rf"(?:the )?day (?:before|afore) {yesterday}", in_days(-2)),
        (r"(?:the )?night before last", in_days(-2)),
        (r"(?:ower|owre|owir) the (?:morn|morra)(?:'s morn)?", in_days(2)),
        (either(words.today), in_days(0)),
        (rf"{tomorrow}{_PART}", in_days(1)),
        (rf"{yesterday}{_PART}(?: there)?", in_days(-1)),
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
        r"(?:to go|tae go|left|away|from now|frm now|fae noo|fae now|til (?:he|she|i|his)|till (?:he|she|i|his)"
        r"|until (?:he|she|i)|before (?:he|she|i) gets?)"
    )

    def count(match: re.Match[str]) -> tuple[int, str]:
        return words.count(match["number"]) if match["number"] else 1, words.units[match["unit"]]

    def in_a_day(match: re.Match[str]) -> bool:
        """ "How many in a day" is how often; "in a day or two" is vague."""
        return count(match) == (1, "day") and "time" not in match.group()

    def shifted(moment: Moment, how_many: int, what: str) -> date | None:
        """A day so far away. "Ten minutes ago" names no day, unless it was yesterday."""
        if what in ("minute", "hour"):
            then = (moment.now + timedelta(**{f"{what}s": how_many})).astimezone(SCOTLAND).date()
            return then if then != moment.today else None
        return away(moment.today, how_many, what)

    def ahead(match: re.Match[str], moment: Moment) -> date | None:
        return shifted(moment, *count(match))

    def ahead_unless_past(match: re.Match[str], moment: Moment) -> date | None:
        """ "In three weeks"; but "hasn't touched it in three weeks" names no day."""
        return None if moment.past or in_a_day(match) else ahead(match, moment)

    def ago(match: re.Match[str], moment: Moment) -> date | None:
        how_many, what = count(match)
        return shifted(moment, -how_many, what)

    def half_an_hour_ago(match: re.Match[str], moment: Moment) -> date | None:
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
        if match.groupdict().get("on"):
            # "Three weeks on Friday" in the past is how long it was by then; "a week on Friday" is always to come.
            return None if moment.past and how_many > 1 else away(base_day(match, moment, past=False), how_many, what)
        return away(base_day(match, moment, past=moment.past), -how_many if moment.past else how_many, what)

    def short_of(match: re.Match[str], moment: Moment) -> date:
        """ "A week past Tuesday": the last Tuesday and a week more, back."""
        how_many, what = count(match)
        return away(base_day(match, moment, past=True), -how_many, what)

    return [
        (rf"(?:{number} )?{long_unit} (?P<on>on |come |from |fae |this |this coming |coming )?{base}", beyond),
        (rf"(?P<number>){base} (?P<unit>week|fortnight)(?! (?:on|ends?)\b)", beyond),
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
        (
            rf"(?:about |roughly |over |just over |nearly )?{number}{unit} (?:ago|back|syne|since(?=\s*(?:[.,!?;]|$)))",
            ago,
        ),
        (r"(?:about )?(?:half|hauf) an? (?:hour|hr|oor) ago", half_an_hour_ago),
    ]


def _weekdays(words: TimeWords) -> list[tuple[str, Reckon]]:
    weekday, part = rf"(?P<weekday>{words.weekday})", rf"(?:{_PART}| past| there)"

    def meant(match: re.Match[str]) -> int:
        return int(words.weekdays[match["weekday"]])

    def plain(match: re.Match[str], moment: Moment) -> date:
        return gone(meant(match), moment.today) if moment.past else coming(meant(match), moment.today)

    def this(match: re.Match[str], moment: Moment) -> date:
        if moment.past or meant(match) != moment.today.weekday():
            return plain(match, moment)
        return moment.today

    def last(match: re.Match[str], moment: Moment) -> date:
        return gone(meant(match), moment.today)

    def last_one(match: re.Match[str], moment: Moment) -> date:
        """On a Tuesday nobody calls yesterday "last Monday"."""
        day = last(match, moment)
        return day - timedelta(days=7) if day == moment.today - timedelta(days=1) else day

    def coming_one(match: re.Match[str], moment: Moment) -> date:
        return coming(meant(match), moment.today)

    return [
        (rf"(?:on )?this {weekday}{part}", this),
        (rf"(?:on )?(?:this coming|the coming|coming|come) {weekday}{part}", coming_one),
        (rf"{weekday} (?:coming|first)", coming_one),
        (rf"(?:last|lst) {weekday}{part}", last_one),
        (rf"this past {weekday}{part}", last),
        (rf"(?:on )?{weekday}{_PART} (?:past|gone|there|last week|last wk|just past|just gone|just there)", last),
        (rf"(?:on |by |since |before |til |till |until |from |for |fae |to |tae )?{weekday}{part}", plain),
    ]


def _weekdays_of_other_weeks(words: TimeWords) -> list[tuple[str, Reckon]]:
    weekday = rf"(?P<weekday>{words.weekday})"
    next_, week, joined = r"(?:next|nxt|nex)", r"(?:week|wk)", r",? (?:on |the |on the )?"

    def weeks_on(weeks: int) -> Reckon:
        """That weekday of a later or an earlier week, weeks starting on Monday."""
        return lambda match, moment: (
            in_next_week(int(words.weekdays[match["weekday"]]), moment.today) + timedelta(weeks=weeks - 1)
        )

    return [
        (rf"(?:on )?{next_} {weekday}{_PART}", weeks_on(1)),
        (rf"(?:on )?{weekday}{_PART},? (?:of )?{next_} {week}", weeks_on(1)),
        (rf"{next_} {week}{joined}{weekday}{_PART}", weeks_on(1)),
        (rf"(?:on )?{weekday}{_PART},? (?:of )?(?:the )?{week} (?:after|efter) {next_}", weeks_on(2)),
        (rf"(?:the )?{week} (?:after|efter) {next_}{joined}{weekday}{_PART}", weeks_on(2)),
        (rf"(?:the )?{weekday} (?:after|efter) {next_}", weeks_on(2)),
        (rf"(?:on )?{weekday}{_PART},? (?:of )?this {week}", weeks_on(0)),
        (rf"(?:last|lst) {week}{joined}{weekday}{_PART}", weeks_on(-1)),
        (rf"this (?:time|day) {next_} {week}", lambda _match, moment: away(moment.today, 1, "week")),
        (rf"this (?:time|day) (?:last|lst) {week}", lambda _match, moment: away(moment.today, -1, "week")),
        (r"this (?:time|day) (?:last|lst) (?:year|yr)", lambda _match, moment: away(moment.today, -1, "year")),
    ]
