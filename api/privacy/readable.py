"""The copy as somebody reads it: sections of lines, each line a label and what is kept under it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from pydantic import BaseModel

from api.privacy.schemas import CopyOut
from reference.clock import SCOTLAND

Say = Callable[..., str]
"""Says the text of a content id."""

_PLAIN_FIELDS = {"channel", "began_at", "number", "texts_stopped_at", "has_word", "page"}


@dataclass(frozen=True)
class Line:
    """One thing."""

    label: str
    value: str


@dataclass(frozen=True)
class Section:
    """Things of one kind. `entries` holds the lines of each."""

    title: str
    entries: tuple[tuple[Line, ...], ...]


def sections(kept: CopyOut, say: Say) -> list[Section]:
    """Everything in the copy, in the order in which somebody would look for it; what is empty is left out."""
    told = [
        Section(say("privacy_copy/about_the_chat"), (_lines(kept.model_dump(include=_PLAIN_FIELDS), say),)),
        Section(
            say("privacy_copy/messages"),
            tuple((Line(f"{_shown(one.sent_at, say)}, {_who(one, say)}", one.text),) for one in kept.messages),
        ),
        Section(
            say("privacy_copy/facts"), tuple(_lines(_without(one, "noted_at"), say) for one in kept.facts)
        ),
        _section("privacy_copy/readings", kept.readings, say),
        Section(
            say("privacy_copy/release_plan"),
            () if kept.release_plan is None else (
                _lines(_without(kept.release_plan, "check_ins"), say),
                *(_lines(one.model_dump(), say) for one in kept.release_plan.check_ins),
            ),
        ),
        Section(
            say("privacy_copy/handoffs"),
            tuple(
                (
                    *_lines(_without(one, "calls", "ambulances"), say),
                    *(line for more in (*one.calls, *one.ambulances) for line in _lines(more.model_dump(), say)),
                )
                for one in kept.handoffs
            ),
        ),
        _section("privacy_copy/notes", kept.notes, say),
        _section("privacy_copy/referrals", kept.referrals, say),
        _section("privacy_copy/not_understood", kept.not_understood, say),
    ]  # fmt: skip
    return [section for section in told if any(section.entries)]


def _section(title: str, items: Iterable[BaseModel], say: Say) -> Section:
    return Section(say(title), tuple(_lines(one.model_dump(), say) for one in items))


def _without(of: BaseModel, *names: str) -> dict[str, Any]:
    return of.model_dump(exclude=set(names))


def _lines(values: dict[str, Any], say: Say) -> tuple[Line, ...]:
    return tuple(
        Line(say("privacy_copy/label_" + name), _shown(value, say))
        for name, value in values.items()
        if value not in (None, "", [], {})
    )


def _shown(value: Any, say: Say) -> str:
    """A value as it is read: times by the clock in Scotland, the rest as it stands."""
    if isinstance(value, bool):
        return say("privacy_copy/yes" if value else "privacy_copy/no")
    if isinstance(value, datetime):
        return f"{value.astimezone(SCOTLAND):%d %B %Y, %H:%M}"
    if isinstance(value, date):
        return f"{value:%d %B %Y}"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_shown(one, say)}" for name, one in value.items() if one not in (None, "", []))
    if isinstance(value, list | tuple):
        return ", ".join(_shown(one, say) for one in value)
    return str(value)


def _who(message: Any, say: Say) -> str:
    return message.name or say(f"privacy_copy/author_{message.author}")
