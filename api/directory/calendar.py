"""The drop-ins as a calendar file (iCalendar, RFC 5545) that phones and computers subscribe to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from icalendar import Calendar, Event

from reference.drop_ins import Opening


def as_calendar(openings: Iterable[Opening], *, now: datetime, kind: Callable[[str], str]) -> bytes:
    """The dated ones of these openings, an event each, times with Scotland's zone. `kind` says a need code in words."""
    calendar = Calendar()
    calendar.add("prodid", "-//Gateside//Drop-ins//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for opening in openings:
        if opening.opens is not None and opening.closes is not None:
            calendar.add_component(_event(opening, opening.opens, opening.closes, now, kind))
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written


def _event(opening: Opening, opens: datetime, closes: datetime, now: datetime, kind: Callable[[str], str]) -> Event:
    event = Event()
    event.add("uid", f"{opening.drop_in.id}-{opens:%Y%m%d}@gateside")
    event.add("dtstamp", now)
    event.add("dtstart", opens)
    event.add("dtend", closes)
    event.add("summary", opening.drop_in.name)
    event.add("location", opening.drop_in.where)
    if opening.kinds:
        event.add("description", ", ".join(kind(code) for code in opening.kinds))
    return event
