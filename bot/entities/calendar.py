"""Calendar arithmetic for dates that people name."""

from __future__ import annotations

import calendar
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
