"""Somebody's family says who they are."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.front_door import front_door
from actions.heard import Heard
from actions.speech import say


class HearFamily(Action):
    """Repeats back whom they spoke of, and remembers that they are family."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_hear_family"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Remember, then answer."""
        heard = Heard.from_tracker(tracker)
        if heard.audience_shown and heard.facts.get("audience") != heard.audience_shown:
            await front_door().keep(heard, {"audience": heard.audience_shown})
        say(dispatcher, "family/identified", relation=heard.known("relation", "person"))
        return []
