"""Calendar arithmetic for dates that people name."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta


def coming(weekday: int, today: date) -> date:
    """The first such weekday after today (Monday is 0)."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def gone(weekday: int, today: date) -> date:
    """The last such weekday before today."""
    return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)


def in_next_week(weekday: int, today: date) -> date:
    """That weekday of the week after this one, weeks starting on Monday: what "next Friday" means in Scotland."""
    return today - timedelta(days=today.weekday()) + timedelta(days=7 + weekday)


def months_away(day: date, months: int) -> date:
    """The same day of another month, or that month's last day when it is shorter."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def away(day: date, count: int, unit: str) -> date:
    """`count` days, weeks, fortnights, months or years from `day`; negative is before."""
    if unit == "month":
        return months_away(day, count)
    if unit == "year":
        return months_away(day, 12 * count)
    return day + timedelta(days=count * {"day": 1, "week": 7, "fortnight": 14}[unit])


def nearest_year(day: int, month: int, today: date, *, past: bool) -> date | None:
    """The next such day of the year (today included), or the last one when `past`; None when there is no such day."""
    for year in (today.year, today.year - 1 if past else today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today if past else found >= today:
            return found
    return None


def nearest_month(day: int, today: date, *, past: bool) -> date | None:
    """The next day of a month with this number (today included), or the last one when `past`."""
    first = today.replace(day=1)
    for step in range(3):
        month = months_away(first, -step if past else step)
        try:
            found = month.replace(day=day)
        except ValueError:
            continue
        if found <= today if past else found >= today:
            return found
    return None


def nearest_of(day_in: Callable[[int], date], today: date, *, past: bool) -> date:
    """The next of a day that comes once a year (today included), or the last one when `past`."""
    days = [day_in(year) for year in (today.year - 1, today.year, today.year + 1)]
    return max(day for day in days if day <= today) if past else min(day for day in days if day >= today)


def nth_weekday(year: int, month: int, weekday: int, which: int) -> date:
    """The first (1), second, third or last (-1) such weekday of a month."""
    first, last = date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    if which < 0:
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))


def last_of_month(day: date) -> date:
    """The last day of that day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def on_weekday(number: int, weekday: int, today: date, *, past: bool) -> date | None:
    """The nearest day of a month with this number that falls on this weekday ("Friday the 11th")."""
    firsts = [months_away(today.replace(day=1), -step if past else step) for step in range(15)]
    for first in firsts:
        try:
            day = first.replace(day=number)
        except ValueError:
            continue
        if day.weekday() == weekday and (day <= today if past else day >= today):
            return day
    return None
