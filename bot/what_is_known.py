"""What may be said back to somebody of what they told: what this message names, and what was known before it.

A phone lies about. After hours of silence on SMS, nothing told earlier is repeated until the person who writes has
named some of it themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

SILENCE_SECONDS = 6 * 60 * 60.0
_TOLD = {"person": "relation", "place": "place", "prison": "prison", "date": "release_date"}
"""What a message names, and the fact that it becomes."""
_TELLING = ("relation", "place", "prison", "release_date", "first_name", "substances", "needs")
"""Facts that would tell a stranger about the person."""


def facts_to_speak_of(
    facts: dict[str, Any], parse: dict[str, Any], tracker: DialogueStateTracker, *, channel: str, now: float
) -> dict[str, Any]:
    """The facts for this answer. What the message names wins over what was known."""
    named = {
        _TOLD[found["entity"]]: found["value"]
        for found in reversed(parse.get("entities", []))
        if found["entity"] in _TOLD and found["entity"] != "date"
    }
    if channel == "sms" and not _shown_to_be_them(facts, parse, tracker, now):
        facts = {name: value for name, value in facts.items() if name not in _TELLING}
    return {**facts, **named}


def _shown_to_be_them(facts: dict[str, Any], parse: dict[str, Any], tracker: DialogueStateTracker, now: float) -> bool:
    """Whether nobody else can be writing: no long silence, or something told before was named again since."""
    entities = list(parse.get("entities", []))
    later = now
    for event in _heard(tracker):
        if later - event.timestamp > SILENCE_SECONDS:
            return any(facts.get(_TOLD.get(found["entity"], "")) == found["value"] for found in entities)
        entities.extend(event.entities or ())
        later = event.timestamp
    return True


def _heard(tracker: DialogueStateTracker) -> Iterator[UserUttered]:
    return (event for event in reversed(tracker.events) if isinstance(event, UserUttered))
