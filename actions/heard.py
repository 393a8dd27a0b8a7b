"""What an action knows when it is called: the person's message, how it was read, and what was known before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from rasa_sdk import Tracker


@dataclass(frozen=True)
class Heard:
    """One message and its surroundings."""

    conversation_id: str
    message_id: str
    text: str
    intent: str
    ranking: tuple[str, ...]
    """Real intents, likeliest first, also where `intent` is `nlu_fallback`."""
    entities: tuple[dict[str, Any], ...]
    channel: str
    audience: str | None
    audience_shown: str | None
    facts: dict[str, Any]
    open_question: str | None

    @classmethod
    def from_tracker(cls, tracker: Tracker) -> Heard:
        """The latest message of the tracker."""
        message = tracker.latest_message or {}
        metadata = message.get("metadata") or {}
        return cls(
            conversation_id=tracker.sender_id,
            message_id=str(metadata.get("message_id") or message.get("message_id") or ""),
            text=message.get("text") or "",
            intent=(message.get("intent") or {}).get("name") or "",
            ranking=tuple(guess["name"] for guess in message.get("intent_ranking") or ()),
            entities=tuple(message.get("entities") or ()),
            channel=metadata.get("channel") or "web",
            audience=metadata.get("audience"),
            audience_shown=metadata.get("audience_shown"),
            facts=metadata.get("facts") or {},
            open_question=metadata.get("open_question"),
        )

    def first(self, entity: str) -> str | None:
        """The value of the first entity of this kind, or None."""
        return next((str(found["value"]) for found in self.entities if found["entity"] == entity), None)

    def all(self, entity: str) -> list[str]:
        """The values of this kind, in order, each once."""
        return list(dict.fromkeys(str(found["value"]) for found in self.entities if found["entity"] == entity))

    def known(self, fact: str, entity: str | None = None) -> str | None:
        """What this message says of it, otherwise what was known before."""
        said = self.first(entity or fact)
        return said if said is not None else self.facts.get(fact)

    def dates(self) -> list[date]:
        """The calendar days that were named."""
        return [day for day in map(as_date, self.all("date")) if day is not None]


def as_date(value: Any) -> date | None:
    """A calendar day from ISO text, or None for anything else."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
