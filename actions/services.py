"""Finding who can help, by need and place."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any

import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.elsewhere import country_of
from actions.front_door import FrontDoor, front_door
from actions.heard import Heard
from actions.speech import said_this_turn, say
from reference.paths import data_folder
from reference.places import Places
from reference.services import NEEDS, ServiceDirectory
from voice import Library

_MOST = {"web": 3, "sms": 2}
"""How many services one message names: an SMS holds two segments."""
_ELSEWHERE = {"england": "services/england"}


async def matching_services(
    heard: Heard, need: str | None, place: str | None, door: FrontDoor, *, without: Collection[str] = ()
) -> list[dict[str, str]]:
    """Name and contact of the nearest services, as many as one message holds; national ones are always among them.

    When the service does not answer, this process reads the same directory itself. `without`: ids to leave out.
    """
    found = await door.services(need, place)
    if found is None:
        found = [vars(service) for service in ServiceDirectory.load().search(need, place)]
    named: dict[str, str] = {}
    for service in found:
        contact = service.get("phone") or service.get("web")
        if contact and service["id"] not in without and contact not in named.values():
            named[str(service["name"])] = str(contact)
    listed = [{"name": name, "contact": contact} for name, contact in named.items()]
    return listed[: _MOST.get(heard.channel, 3)]


def place_name(place: str | None) -> str | None:
    """ "dumfries and galloway" as it is written in a sentence."""
    return Places.load().title(place) if place else None


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
    if await answered_from_elsewhere(dispatcher, heard, door):
        return
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


async def answered_from_elsewhere(dispatcher: CollectingDispatcher, heard: Heard, door: FrontDoor) -> bool:
    """Point whoever is outside Scotland to what is known of their country; False, and nothing said, for others."""
    country = country_of(heard)
    if country is None:
        return False
    if heard.facts.get("country") != country:
        await door.keep(heard, {"country": country})
    say(dispatcher, _ELSEWHERE.get(country, "services/elsewhere"))
    return True


class NearYou(Action):
    """After the answer on a topic: who is near the place that is known, beside those whom the answer named."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_near_you"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Silent where no place is known, or nobody else is there."""
        heard, door = Heard.from_tracker(tracker), front_door()
        need = _need_of_topic().get(heard.intent)
        if need is None or await answered_from_elsewhere(dispatcher, heard, door):
            return []
        place = heard.known("place")
        if place is None:
            return []
        named = {service for content_id in said_this_turn(tracker) for service in _services_in_texts()[content_id]}
        services = await matching_services(heard, need, place, door, without=named)
        if services:
            say(dispatcher, "services/found", place_name=place_name(place), services=services)
        return []


@lru_cache(maxsize=1)
def _need_of_topic() -> dict[str, str]:
    with (data_folder() / "language" / "near_you.yml").open(encoding="utf-8") as file:
        return dict(yaml.safe_load(file)["near_you"])


@lru_cache(maxsize=1)
def _services_in_texts() -> dict[str, tuple[str, ...]]:
    return {block.id: block.facts for block in Library.load()}
