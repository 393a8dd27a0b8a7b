"""What naloxone is, and whether it helps with the drug that was named."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.heard import Heard
from actions.language import asks_to_learn, drug_families
from actions.speech import say

_KNOWN_TO_IT = ("naloxone",)
_WORKS = {"opioid": "naloxone/works_on_opioids", "nitazene": "naloxone/works_on_nitazenes"}
_OTHERWISE = "naloxone/works_not_on_this"


class TellNaloxone(Action):
    """Answers for the drug that was named, otherwise what it is."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_tell_naloxone"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Whatever was taken, the answer ends in giving it."""
        drugs = [drug for drug in Heard.from_tracker(tracker).all("substance") if drug not in _KNOWN_TO_IT]
        if drugs:
            say(dispatcher, _WORKS.get(drug_families().get(drugs[0], ""), _OTHERWISE))
            say(dispatcher, "naloxone/what_limits")
        else:
            say(dispatcher, "naloxone/what")
            say(dispatcher, "naloxone/what_limits")
            say(dispatcher, "naloxone/law")
        return []


class TellWhereToGetNaloxone(Action):
    """Kits by post and in person; where to be shown how, for whoever asks for training."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_tell_naloxone_get"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Two texts."""
        if asks_to_learn(Heard.from_tracker(tracker).text):
            say(dispatcher, "naloxone/training")
        else:
            say(dispatcher, "naloxone/get")
        say(dispatcher, "naloxone/get_in_person")
        return []
