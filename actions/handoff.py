"""Bringing in a person."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.front_door import FrontDoor, Standing, front_door
from actions.heard import Heard
from actions.speech import say


async def ask_for_person(
    dispatcher: CollectingDispatcher, heard: Heard, door: FrontDoor, reason: str, skill: str | None = None
) -> None:
    """Ask the service for a person and say truly what came of it."""
    standing = await door.ask_for(heard, "handoff", reason, skill)
    if standing is None:
        say(dispatcher, "services/person_unreachable")
        return
    _say_standing(dispatcher, standing)
    say(dispatcher, "privacy/consent_to_share")


def _say_standing(dispatcher: CollectingDispatcher, standing: Standing) -> None:
    if standing.officers_available < 1:
        say(dispatcher, "handoff/nobody_free")
        return
    say(
        dispatcher,
        "handoff/waiting_position",
        position=standing.position,
        estimate_minutes=standing.estimate_minutes,
    )


class RequestPerson(Action):
    """The person asks for a person, at whatever point of the conversation."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_request_person"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Ask, and say where they stand."""
        await ask_for_person(dispatcher, Heard.from_tracker(tracker), front_door(), "asked_for_a_person")
        return []


class RequestCallback(Action):
    """The person asks to be called."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_request_callback"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Ask for the call, and say that it was noted, or that it was not."""
        standing = await front_door().ask_for(Heard.from_tracker(tracker), "callback", "asked_for_a_call")
        if standing is None:
            say(dispatcher, "services/person_unreachable")
        else:
            say(dispatcher, "handoff/callback_noted", when=None)
        return []
