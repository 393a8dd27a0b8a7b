"""An overdose that reached the assistant: the net beneath the coach, which answers danger before it gets here."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.front_door import front_door
from actions.heard import Heard
from actions.speech import say


class OverdoseNow(Action):
    """999 first, then a person."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_overdose_now"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say it at once; whether the request could be made changes nothing of the words."""
        say(dispatcher, "overdose/now")
        await front_door().ask_for(Heard.from_tracker(tracker), "handoff", "overdose_now")
        return []
