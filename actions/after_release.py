"""A release that was spoken of: repeated back, what the first days mean, the date remembered."""

from __future__ import annotations

from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.forms import NOT_NEEDED, YOUNG
from actions.front_door import FrontDoor, front_door
from actions.heard import Heard, as_date
from actions.speech import say
from reference.clock import clock_from_environment, today_in_scotland
from reference.prisons import Prisons

FUTURE, PAST = "future", "past"
DATE_WANTED = "release_date_wanted"
"""The slot that says that a release was spoken of whose day nobody knows."""
DATE_ASKED = "needs_release_date"
"""The slot that holds what was answered when the day was asked for."""


class HearRelease(Action):
    """Answers whoever speaks of somebody getting out, whatever else the sentence was taken for."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_hear_release"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Repeat it back, say what the first days mean, and keep the date. Clears the `release` slot."""
        heard = Heard.from_tracker(tracker)
        if tracker.get_slot(YOUNG):
            say(dispatcher, "smalltalk/young_person_no_forms")
            return [SlotSet("release", None)]
        today = today_in_scotland(clock_from_environment())
        tense = tracker.get_slot("release") or FUTURE
        day = release_day(heard, tense, today)
        await _keep(heard, day, front_door())
        _repeat_back(dispatcher, heard, tense, day, today)
        asks_for_help = heard.intent == "ask_release_support"
        say(dispatcher, "after_release/support" if asks_for_help else "after_release/first_days")
        return [SlotSet("release", None), *(_date_known() if day else _date_wanted(tracker))]


def release_day(heard: Heard, tense: str, today: date) -> date | None:
    """The day that was named and fits the tense, otherwise the one known from before if it fits."""
    known = as_date(heard.facts.get("release_date"))
    for day in [*heard.dates(), *([known] if known else [])]:
        if (day >= today) == (tense == FUTURE) or day == today:
            return day
    return None


def prison_title(heard: Heard) -> str | None:
    """ "HMP Kilmarnock", when a prison was named now or before."""
    name = heard.known("prison")
    prison = Prisons.load().named(name) if name else None
    return prison.title if prison else None


def _date_known() -> list[dict[str, Any]]:
    return [SlotSet("release_plan_stopped", None), SlotSet(DATE_WANTED, None)]


def _date_wanted(tracker: Tracker) -> list[dict[str, Any]]:
    """Have the questions begin with the day, unless it was asked before."""
    if tracker.get_slot(DATE_ASKED) not in (None, NOT_NEEDED):
        return []
    return [SlotSet(DATE_WANTED, True), SlotSet(DATE_ASKED, None)]


async def _keep(heard: Heard, day: date | None, door: FrontDoor) -> None:
    if heard.audience_shown and heard.facts.get("audience") != heard.audience_shown:
        await door.keep(heard, {"audience": heard.audience_shown})
    if day is not None:
        await door.keep_release_date(heard, day, heard.known("prison"))


def _repeat_back(dispatcher: CollectingDispatcher, heard: Heard, tense: str, day: date | None, today: date) -> None:
    spoken = {"relation": heard.known("relation", "person"), "prison_name": prison_title(heard)}
    dated = {"release_date": day.isoformat() if day else None, "days": (day - today).days if day else None}
    if tense == PAST:
        say(dispatcher, "after_release/heard_out", **spoken, **dated)
    elif day is None:
        say(dispatcher, "after_release/heard_coming_no_date", **spoken)
    else:
        say(dispatcher, "after_release/heard_coming", **spoken, **dated)
