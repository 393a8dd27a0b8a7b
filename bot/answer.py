"""What the assistant answered, read out of its memory of the conversation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.intent_classifier import FALLBACK_INTENT
from bot.nlg import ASKS, CONTENT_ID, QUICK_REPLIES


@dataclass(frozen=True)
class Reply:
    """One message said back."""

    content_id: str
    text: str
    quick_replies: tuple[str, ...]
    asks: bool


@dataclass(frozen=True)
class Answer:
    """Everything that one turn led to."""

    message_id: str
    replies: tuple[Reply, ...]
    parse: dict[str, Any] = field(repr=False)
    audience: str | None = None

    @property
    def open_question(self) -> str | None:
        """The content id of the question that now waits for an answer."""
        return next((reply.content_id for reply in reversed(self.replies) if reply.asks), None)

    def as_json(self) -> dict[str, Any]:
        """The body of a turn's response."""
        return {
            "message_id": self.message_id,
            "replies": [
                {"content_id": reply.content_id, "text": reply.text, "quick_replies": list(reply.quick_replies)}
                for reply in self.replies
            ],
            "open_question": self.open_question,
            "audience": self.audience,
            "understood": understood(self.parse),
        }


def answer_to(tracker: DialogueStateTracker, message_id: str) -> Answer | None:
    """What was answered to this message, or None when it was never heard."""
    for heard, said in _turns(tracker.events):
        if heard.message_id == message_id:
            return _answer(heard, said)
    return None


def last_answer(tracker: DialogueStateTracker) -> Answer | None:
    """What was answered to the last message, or None in a new conversation."""
    turns = list(_turns(tracker.events))
    return _answer(*turns[-1]) if turns else None


def understood(parse: dict[str, Any]) -> dict[str, Any]:
    """The language reading in the wire's shape; the intent is always the best real guess, however unsure."""
    text = parse.get("text") or ""
    ranking = [
        {"intent": guess["name"], "confidence": round(float(guess["confidence"]), 4)}
        for guess in parse.get("intent_ranking", [])
        if guess["name"] != FALLBACK_INTENT
    ][:3] or [{"intent": parse["intent"].get("name"), "confidence": 1.0}]
    return {
        "intent": ranking[0]["intent"],
        "confidence": ranking[0]["confidence"],
        "ranking": ranking,
        "entities": [
            {
                "entity": entity["entity"],
                "value": entity["value"],
                "text": text[entity["start"] : entity["end"]],
                "start": entity["start"],
                "end": entity["end"],
            }
            for entity in parse.get("entities", [])
            if "start" in entity
        ],
    }


def _turns(events: Iterable[Event]) -> Iterable[tuple[UserUttered, list[BotUttered]]]:
    heard: UserUttered | None = None
    said: list[BotUttered] = []
    for event in events:
        if isinstance(event, UserUttered):
            if heard is not None:
                yield heard, said
            heard, said = event, []
        elif isinstance(event, BotUttered) and heard is not None:
            said.append(event)
    if heard is not None:
        yield heard, said


def _answer(heard: UserUttered, said: list[BotUttered]) -> Answer:
    # Two texts that were both said before have one thing said in their stead.
    said = list({utterance.text: utterance for utterance in said}.values())
    return Answer(
        message_id=str(heard.message_id),
        replies=tuple(
            Reply(
                content_id=utterance.metadata[CONTENT_ID],
                text=utterance.text or "",
                quick_replies=tuple(utterance.metadata.get(QUICK_REPLIES) or ()),
                asks=bool(utterance.metadata.get(ASKS)),
            )
            for utterance in said
        ),
        parse=dict(heard.parse_data),
        audience=(heard.metadata or {}).get("audience"),
    )
