"""How an action speaks: by content id, never in words of its own."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher


def say(dispatcher: CollectingDispatcher, content_id: str, **values: Any) -> None:
    """Have the block said. `choices` among the values are the quick replies to show instead of the block's own;
    `audience` is for whom it is said, where that is known better than from the message."""
    dispatcher.utter_message(response="utter_" + content_id.replace("/", "__", 1), **values)


def asked_this_turn(tracker: Tracker) -> bool:
    """Whether this answer asks something already: two questions at once are too many."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "bot" and (event.get("metadata") or {}).get("asks"):
            return True
    return False


def said_this_turn(tracker: Tracker) -> list[str]:
    """The content ids that this answer holds so far, the latest first."""
    said = []
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            break
        if event.get("event") == "bot":
            said.append(str((event.get("metadata") or {}).get("content_id")))
    return said
