"""What the language reading of a message tells about the person's situation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.assistant.client import Entity, Told, Understood

SURE = 0.5
"""From this confidence on, an intent alone is taken at its word; under it, only what the words name counts."""

_BY_ENTITY = {"person": "relation", "place": "place", "prison": "prison"}
_SAYS_WHO = {"identify_family": "family", "identify_self": "self", "identify_worker": "worker"}
_ABOUT_RELEASE = frozenset(
    {
        "set_release_plan",
        "change_release_plan",
        "ask_risk_after_release",
        "ask_release_support",
        "ask_prescription_on_release",
    }
)


@dataclass(frozen=True)
class Learned:
    """One fact, with the words it stands in. `adds`: the value holds what was known before, too."""

    name: str
    value: Any
    words: str | None = None
    adds: bool = False


def learned_from(told: Told, known: Mapping[str, Any], *, today: date, in_passing: bool = False) -> Iterator[Learned]:
    """The facts that a message brings, given what is `known` already and the day in Scotland.

    `in_passing`: it was said to the coach or to an officer.
    """
    understood = told.understood
    audience = _audience(told, known, in_passing=in_passing)
    if audience and audience != known.get("audience"):
        yield Learned("audience", audience)
    for entity in understood.entities:
        if entity.entity in _BY_ENTITY and entity.value:
            yield Learned(_BY_ENTITY[entity.entity], entity.value, entity.text or None)
    release = _release_date(understood, today)
    if release is not None:
        yield Learned("release_date", release.value, release.text or None)
    substances = [entity for entity in understood.entities if entity.entity == "substance" and entity.value]
    if substances:
        named = list(dict.fromkeys([*(known.get("substances") or []), *(entity.value for entity in substances)]))
        yield Learned("substances", named, ", ".join(entity.text for entity in substances) or None, adds=True)


def _audience(told: Told, known: Mapping[str, Any], *, in_passing: bool) -> str | None:
    """Who they are. Somebody just out who mentions his mother to an officer has not become his own family."""
    understood = told.understood
    says_who = _SAYS_WHO.get(understood.intent or "") == told.audience and understood.confidence >= SURE
    return told.audience if says_who or not in_passing or "audience" not in known else None


def _release_date(understood: Understood, today: date) -> Entity | None:
    """The day of getting out: on the side in time that the words about it are on, and the nearest to them."""
    days = [(entity, day) for entity in understood.entities if (day := _day(entity)) is not None]
    releases = [entity for entity in understood.entities if entity.entity == "release"]
    if releases:
        fitting = [
            (_words_between(release, entity), entity)
            for release in releases
            for entity, day in days
            if day == today or (day > today) == (release.value == "future")
        ]
        return min(fitting, key=lambda one: one[0])[1] if fitting else None
    if understood.intent in _ABOUT_RELEASE and understood.confidence >= SURE:
        return next((entity for entity, _ in days), None)
    return None


def _day(entity: Entity) -> date | None:
    if entity.entity != "date":
        return None
    try:
        return date.fromisoformat(str(entity.value))
    except ValueError:
        return None


def _words_between(one: Entity, other: Entity) -> int:
    """How far two mentions stand apart, in letters."""
    return max(one.start - other.end, other.start - one.end, 0)
