"""How an action speaks: by content id, never in words of its own."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import CollectingDispatcher


def say(dispatcher: CollectingDispatcher, content_id: str, **values: Any) -> None:
    """Have the block said. `choices` among the values are the quick replies to show instead of the block's own."""
    dispatcher.utter_message(response="utter_" + content_id.replace("/", "__", 1), **values)
