"""Finding who can help, by need and place."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.front_door import FrontDoor, front_door
from actions.heard import Heard
from actions.speech import say
from reference.services import NEEDS, ServiceDirectory

_MOST = {"web": 3, "sms": 2}
"""How many services one message names: an SMS holds two segments."""


async def matching_services(heard: Heard, need: str | None, place: str | None, door: FrontDoor) -> list[dict[str, str]]:
    """Name and contact of the nearest services, as many as one message holds; national ones are always among them.

    When the service does not answer, this process reads the same directory itself.
    """
    found = await door.services(need, place)
    if found is None:
        found = [vars(service) for service in ServiceDirectory.load().search(need, place)]
    reachable = [(service, service.get("phone") or service.get("web")) for service in found]
    named = [{"name": str(service["name"]), "contact": str(contact)} for service, contact in reachable if contact]
    return named[: _MOST.get(heard.channel, 3)]


def place_name(place: str | None) -> str | None:
    """ "dumfries and galloway" as it is written in a sentence."""
    if not place:
        return None
    return " ".join(word if word in ("and", "of") else word.capitalize() for word in place.split())


class FindService(Action):
    """Names services near the place, or asks for one."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_find_service"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Look up what was named in this message, otherwise what is known of the person."""
        await find_service(dispatcher, Heard.from_tracker(tracker), front_door())
        return []


async def find_service(dispatcher: CollectingDispatcher, heard: Heard, door: FrontDoor) -> None:
    """Name services for the place that was named or known; without one, ask for it."""
    place = heard.known("place")
    if place is None:
        say(dispatcher, "services/say_more")
        return
    need = heard.first("service_type") or next(iter(heard.facts.get("needs") or []), None)
    services = await matching_services(heard, need if need in NEEDS else None, place, door)
    if services:
        say(dispatcher, "services/found", place_name=place_name(place), services=services)
    else:
        say(dispatcher, "needs/nothing_found")
