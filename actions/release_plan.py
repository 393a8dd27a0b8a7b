"""The release date: kept, and shown again."""

from __future__ import annotations

from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.front_door import front_door
from actions.heard import Heard, as_date
from actions.speech import say
from reference.clock import clock_from_environment, today_in_scotland


class SetReleasePlan(Action):
    """Keeps the date that was named, or says how to name one."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_set_release_plan"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say that the date is kept only when it is."""
        heard = Heard.from_tracker(tracker)
        if not heard.dates():
            say(dispatcher, "release_plan/ask_date")
        else:
            await _keep(dispatcher, heard, heard.dates()[0])
        return []


class ShowReleasePlan(Action):
    """Shows the date that is kept, or takes a new one."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_show_release_plan"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """A date in the message is a new date."""
        heard = Heard.from_tracker(tracker)
        known = as_date(heard.facts.get("release_date"))
        if heard.dates():
            await _keep(dispatcher, heard, heard.dates()[0])
        elif known is None:
            say(dispatcher, "release_plan/none_yet")
        else:
            say(dispatcher, "release_plan/shown", **_spoken(known))
        return []


async def _keep(dispatcher: CollectingDispatcher, heard: Heard, day: date) -> None:
    if await front_door().keep_release_date(heard, day, heard.known("prison")):
        say(dispatcher, "release_plan/remembered", **_spoken(day))
    else:
        say(dispatcher, "release_plan/could_not_keep", **_spoken(day))


def _spoken(day: date) -> dict[str, Any]:
    return {"release_date": day.isoformat(), "days": (day - today_in_scotland(clock_from_environment())).days}
