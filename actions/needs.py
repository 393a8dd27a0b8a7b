"""A few skippable questions about what would help, and what comes of them."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.forms import SKIPPED, STOPPED, FormValidator, Question
from actions.front_door import front_door
from actions.heard import Heard
from actions.language import need_label, needs_in, short_answer
from actions.services import matching_services, place_name
from actions.speech import say
from reference.services import NEEDS

_ENDED = "needs_ended"
_DONE = "done"
_SLOTS = ("needs_permission", "needs_most", "needs_naloxone", "needs_place")


def _permission(heard: Heard) -> str | None:
    answer = short_answer(heard.text) or {"affirm": "yes", "deny": "no"}.get(heard.intent)
    return answer if answer in ("yes", "no") else None


def _most(heard: Heard) -> list[str] | None:
    named = [need for need in heard.all("service_type") if need in NEEDS]
    found = list(dict.fromkeys([*needs_in(heard.text), *named]))
    return found or ([SKIPPED] if short_answer(heard.text) in ("no", "unsure") else None)


def _naloxone(heard: Heard) -> str | None:
    answer = short_answer(heard.text) or {"affirm": "yes", "deny": "no", "unsure": "unsure"}.get(heard.intent)
    return answer if answer in ("yes", "no", "unsure") else None


def _remember_needs(needs: Any, heard: Heard) -> dict[str, Any]:
    known = list(heard.facts.get("needs") or [])
    return {"needs": list(dict.fromkeys([*known, *needs]))} if needs != [SKIPPED] else {}


class ValidateNeeds(FormValidator):
    """The questions about needs."""

    form = "needs_form"
    ended_slot = _ENDED
    questions = {
        "needs_permission": Question(read=_permission, why="needs/why_permission", not_caught="needs/not_caught"),
        "needs_most": Question(read=_most, why="needs/why_most", not_caught="needs/not_caught", facts=_remember_needs),
        "needs_naloxone": Question(
            read=_naloxone,
            why="needs/why_naloxone",
            not_caught="needs/not_caught",
            known=lambda heard: heard.facts.get("naloxone_at_home"),
            facts=lambda value, heard: {"naloxone_at_home": value},
        ),
        "needs_place": Question(
            read=lambda heard: heard.first("place"),
            why="needs/why_place",
            not_caught="needs/place_not_known",
            known=lambda heard: heard.known("place"),
            facts=lambda value, heard: {"place": value},
        ),
    }

    def ends_with(self, slot: str, value: Any) -> bool:
        """A no to being asked is a no to all of it."""
        return slot == "needs_permission" and value == "no"


class BeginNeeds(Action):
    """Somebody asks for the questions: earlier answers are asked afresh."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_begin_needs"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Empty the slots; that they asked is permission enough."""
        return [*(SlotSet(slot, None) for slot in _SLOTS), SlotSet(_ENDED, None), SlotSet("needs_permission", "yes")]


class NeedsResult(Action):
    """What was heard, who can help, a naloxone kit if there is none, and the offer of a person."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_needs_result"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say the result once: a form that only passed through because it was over before stays silent."""
        heard = Heard.from_tracker(tracker)
        ended = tracker.get_slot(_ENDED)
        if ended is not None and not (heard.open_question or "").startswith("needs/"):
            return []
        if ended == STOPPED:
            say(dispatcher, "needs/stopped")
            return []
        await self._tell(dispatcher, tracker, heard)
        return [SlotSet(_ENDED, _DONE)]

    async def _tell(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> None:
        needs = [need for need in tracker.get_slot("needs_most") or [] if need in NEEDS]
        place = tracker.get_slot("needs_place")
        place = None if place == SKIPPED else place
        need = needs[0] if needs else "family_support" if heard.audience == "family" else None
        services = await matching_services(heard, need, place, front_door())
        if services:
            say(
                dispatcher,
                "needs/found",
                need_label=need_label(needs[0]) if needs else None,
                place_name=place_name(place),
                services=services,
            )
        else:
            say(dispatcher, "needs/nothing_found")
        if tracker.get_slot("needs_naloxone") in ("no", "unsure") or "naloxone" in needs:
            say(dispatcher, "naloxone/get")
        say(dispatcher, "handoff/offer_person")
