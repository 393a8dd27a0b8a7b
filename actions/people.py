"""People who need another kind of answer: a child, somebody angry, somebody who wants nothing passed on."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.forms import YOUNG
from actions.front_door import front_door
from actions.heard import Heard
from actions.language import short_answer
from actions.speech import say

_SWEARING = "swearing"


class HearYoungPerson(Action):
    """A child or teenager is in touch: child helplines, a person told, no questions or plan from now on."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_hear_young_person"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say plainly who is told; say it only when they were."""
        heard = Heard.from_tracker(tracker)
        say(dispatcher, "smalltalk/young_person")
        if not tracker.get_slot(YOUNG):
            await front_door().keep(heard, {"young_person": True})
            standing = await front_door().ask_for(heard, "handoff", "young_person")
            say(dispatcher, "smalltalk/young_person_told" if standing else "services/person_unreachable")
        return [SlotSet(YOUNG, True)]


class HearSwearing(Action):
    """Stays kind, and offers a person once."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_hear_swearing"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """The offer comes the first time; after that the door just stays open."""
        before = int(tracker.get_slot(_SWEARING) or 0)
        replies = ("smalltalk/swearing", "smalltalk/swearing_again", "smalltalk/swearing_still")
        say(dispatcher, replies[min(before, 2)])
        return [SlotSet(_SWEARING, before + 1)]


class TellConfidentiality(Action):
    """Who sees this; and a wish that nothing be passed on is kept."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_tell_confidentiality"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Keep the wish and be honest about what it changes, or answer the question."""
        heard = Heard.from_tracker(tracker)
        if not await kept_private(dispatcher, heard):
            say(dispatcher, "privacy/who_sees")
            say(dispatcher, "privacy/what_is_kept")
        return []


async def kept_private(dispatcher: CollectingDispatcher, heard: Heard) -> bool:
    """Note that somebody wants nothing passed on, and say what that means; False where they say no such thing."""
    if short_answer(heard.text) != "keep_private":
        return False
    await front_door().keep(heard, {"consent_to_share": False})
    say(dispatcher, "privacy/not_passed_on")
    return True


class Refer(Action):
    """How to refer somebody: for workers and for families. A child is not sent through a referral."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_refer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """One text, by who asks."""
        say(dispatcher, "smalltalk/young_person_no_forms" if tracker.get_slot(YOUNG) else "referral/how")
        return []
