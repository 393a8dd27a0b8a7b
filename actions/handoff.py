"""Bringing in a person."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.front_door import FrontDoor, Standing, front_door
from actions.heard import Heard
from actions.speech import say

_ASKED = "asked_for_a_person"
"""The slot, and the reason that an officer reads."""


async def ask_for_person(
    dispatcher: CollectingDispatcher, tracker: Tracker, door: FrontDoor, reason: str, skill: str | None = None
) -> list[dict[str, Any]]:
    """Ask the service for a person and say truly what came of it. Who asks again is told where they stand now."""
    standing = await door.ask_for(Heard.from_tracker(tracker), "handoff", reason, skill)
    if standing is None:
        say(dispatcher, "services/person_unreachable")
        return []
    _say_standing(dispatcher, standing, again=bool(tracker.get_slot(_ASKED)))
    say(dispatcher, "privacy/consent_to_share")
    return [SlotSet(_ASKED, True)]


def _say_standing(dispatcher: CollectingDispatcher, standing: Standing, *, again: bool) -> None:
    if standing.officers_available < 1 and standing.opens_at:
        say(dispatcher, "queue/closed_now", opens_on=standing.opens_on, opens_at=standing.opens_at)
        return
    if standing.officers_available < 1:
        say(dispatcher, "handoff/nobody_free")
        return
    say(
        dispatcher,
        "handoff/already_waiting" if again else "handoff/waiting_position",
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
        return await ask_for_person(dispatcher, tracker, front_door(), _ASKED)


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
