"""What a named drug is."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.heard import Heard
from actions.language import drug_families
from actions.speech import say


class DrugInfo(Action):
    """Says what is known of the drugs that were named, at most two, and owns up where nothing is."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_drug_info"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """One message a family of drugs."""
        named = Heard.from_tracker(tracker).all("substance")
        families = list(dict.fromkeys(drug_families()[drug] for drug in named if drug in drug_families()))
        for family in families[:2]:
            say(dispatcher, f"drugs/about_{family}")
        if not families:
            say(dispatcher, "drugs/info")
        return []
