"""The release plan: made, seen, changed, stopped, with what to see to by day."""

from __future__ import annotations

from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.forms import YOUNG
from actions.front_door import front_door
from actions.heard import Heard, as_date
from actions.language import asks_to_stop
from actions.speech import say
from reference.clock import clock_from_environment, today_in_scotland

_STOPPED = "release_plan_stopped"
_THURSDAY = 3
_STEPS = (
    (-14, "release_plan/steps_weeks_before"),
    (-1, "release_plan/steps_days_before"),
    (0, "release_plan/steps_the_day"),
    (2, "release_plan/steps_first_days"),
    (42, "release_plan/steps_weeks_after"),
)
"""What to see to, up to and with a day counted from the release (`data/throughcare`: two weeks before, the day, the two
days in which somebody should be seen, and six weeks)."""
_STEPS_LATER = "release_plan/steps_later"


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
        if tracker.get_slot(YOUNG):
            say(dispatcher, "smalltalk/young_person_no_forms")
            return []
        known = _known(tracker, heard)
        if heard.dates():
            return await _keep(dispatcher, heard, heard.dates()[0])
        if known is not None:
            return await _keep(dispatcher, heard, known)
        say(dispatcher, "release_plan/ask_date")
        return []


class ShowReleasePlan(Action):
    """Shows the date that is kept and what to see to now, takes a new one, or stops the plan."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_show_release_plan"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """A date in the message is a new date; a wish to stop comes before both."""
        heard = Heard.from_tracker(tracker)
        known = _known(tracker, heard)
        if known is not None and asks_to_stop(heard.text):
            return await _stop(dispatcher, heard)
        if heard.dates():
            return await _keep(dispatcher, heard, heard.dates()[0])
        if known is None:
            say(dispatcher, "release_plan/none_yet")
            return []
        say(dispatcher, "release_plan/shown", **_spoken(known))
        _say_steps(dispatcher, known)
        return []


def steps_for(days: int) -> str:
    """What to see to, `days` from today to the release; negative after it."""
    return next((content_id for last_day, content_id in _STEPS if -days <= last_day), _STEPS_LATER)


def _known(tracker: Tracker, heard: Heard) -> date | None:
    return None if tracker.get_slot(_STOPPED) else as_date(heard.facts.get("release_date"))


async def keep_release_date(dispatcher: CollectingDispatcher, heard: Heard, day: date) -> bool:
    """Keep the day as a plan, and say that it is kept, or that it is not."""
    if not await front_door().keep_release_date(heard, day, heard.known("prison")):
        say(dispatcher, "release_plan/could_not_keep", **_spoken(day))
        return False
    say(dispatcher, "release_plan/remembered", **_spoken(day))
    if _spoken(day)["days"] > 0 and day.weekday() > _THURSDAY:
        say(dispatcher, "release_plan/may_move")
    return True


async def _keep(dispatcher: CollectingDispatcher, heard: Heard, day: date) -> list[dict[str, Any]]:
    if not await keep_release_date(dispatcher, heard, day):
        return []
    _say_steps(dispatcher, day)
    return [SlotSet(_STOPPED, None)]


async def _stop(dispatcher: CollectingDispatcher, heard: Heard) -> list[dict[str, Any]]:
    if not await front_door().stop_release_plan(heard):
        say(dispatcher, "release_plan/could_not_stop")
        return []
    say(dispatcher, "release_plan/stopped")
    return [SlotSet(_STOPPED, True)]


def _say_steps(dispatcher: CollectingDispatcher, day: date) -> None:
    say(dispatcher, steps_for(_spoken(day)["days"]))


def _spoken(day: date) -> dict[str, Any]:
    return {"release_date": day.isoformat(), "days": (day - today_in_scotland(clock_from_environment())).days}
