"""A few skippable questions about what would help, and what comes of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.after_release import DATE_ASKED, DATE_WANTED
from actions.checks import DONE, answered_now, asked_afresh, ended_slot, form_of, yes_or_no
from actions.forms import RESTING, SKIPPED, STOPPED, YOUNG, Events, FormValidator, Question
from actions.front_door import front_door
from actions.heard import Heard
from actions.instruments import DRINKING, STRAIN, USING
from actions.language import need_label, needs_in, short_answer
from actions.release_plan import keep_release_date
from actions.services import matching_services, place_name
from actions.speech import say
from reference.services import NEEDS

_ENDED = "needs_ended"
_IN_DANGER = "in_danger"
"""How the questions ended: somebody is in danger, and that is dealt with instead."""
_SLOTS = ("needs_permission", "needs_most", "needs_naloxone", "needs_place")
"""What is asked anew when the questions are; the day of a release and danger are asked about once."""
_FAMILY_NEEDS = ("family_support", "children", "mental_health")
_OWN_NEEDS = ("own_use", "recovery")


def _most(heard: Heard) -> list[str] | None:
    named = [need for need in heard.all("service_type") if need in NEEDS]
    found = list(dict.fromkeys([*needs_in(heard.text), *named]))
    return found or ([SKIPPED] if short_answer(heard.text) in ("no", "unsure") else None)


def _naloxone(heard: Heard) -> str | None:
    answer = short_answer(heard.text) or {"affirm": "yes", "deny": "no", "unsure": "unsure"}.get(heard.intent)
    return answer if answer in ("yes", "no", "unsure") else None


def _safe(heard: Heard) -> str | None:
    """Whether anyone is in danger. Whoever doesn't know may well be right to ask."""
    answer = short_answer(heard.text) or {"affirm": "yes", "deny": "no", "unsure": "unsure"}.get(heard.intent)
    return answer if answer in ("yes", "no", "unsure") else None


def _release_date(heard: Heard) -> str | None:
    named = heard.dates()
    if named:
        return named[0].isoformat()
    return SKIPPED if short_answer(heard.text) in ("no", "unsure") or heard.intent == "unsure" else None


def _date_is_wanted(tracker: Tracker, heard: Heard) -> bool:
    return bool(tracker.get_slot(DATE_WANTED)) and heard.facts.get("release_date") is None


def _remember_needs(needs: Any, heard: Heard) -> dict[str, Any]:
    known = list(heard.facts.get("needs") or [])
    return {"needs": list(dict.fromkeys([*known, *needs]))} if needs != [SKIPPED] else {}


class ValidateNeeds(FormValidator):
    """The questions about needs."""

    form = "needs_form"
    ended_slot = _ENDED
    questions = {
        DATE_ASKED: Question(
            read=_release_date,
            why="needs/why_release_date",
            not_caught="needs/date_not_known",
            needed=_date_is_wanted,
            once=True,
        ),
        "needs_permission": Question(read=yes_or_no, why="needs/why_permission", not_caught="needs/not_caught"),
        "needs_safe": Question(
            read=_safe,
            why="needs/why_safe",
            known=lambda heard: heard.facts.get("danger_now"),
            facts=lambda value, heard: {"danger_now": value},
            once=True,
        ),
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

    def ends_with(self, slot: str, value: Any) -> str | None:
        """A no to being asked is a no to all of it."""
        return STOPPED if slot == "needs_permission" and value != "yes" else None

    async def _take(self, dispatcher: CollectingDispatcher, heard: Heard, slot: str, answer: Any) -> Events:
        events = await super()._take(dispatcher, heard, slot, answer)
        if slot == DATE_ASKED and answer != SKIPPED:
            await keep_release_date(dispatcher, heard, date.fromisoformat(answer))
        if slot == "needs_safe" and answer != "no":
            say(dispatcher, "needs/in_danger")
            await front_door().ask_for(heard, "handoff", "said_in_danger")
            return [*events, *self._end(_IN_DANGER)]
        if slot == "needs_most" and "release" in answer and heard.facts.get("release_date") is None:
            return [*events, SlotSet(DATE_ASKED, None)]
        return events


def needs_asked_afresh() -> Events:
    """Events that empty the questions about needs."""
    return [*(SlotSet(slot, None) for slot in _SLOTS), SlotSet(_ENDED, None)]


class BeginNeeds(Action):
    """Somebody asks for the questions: what rests is taken up where it stopped, what is over is asked afresh."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_begin_needs"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """That they asked is permission enough for the needs; the other sets ask for it themselves."""
        if tracker.get_slot(YOUNG):
            say(dispatcher, "smalltalk/young_person_no_forms")
            return []
        heard = Heard.from_tracker(tracker)
        resting = next((name for name in (DRINKING, USING, STRAIN) if _rests(tracker, name)), None)
        if resting is not None:
            return [SlotSet(ended_slot(resting), None), FollowupAction(form_of(resting))]
        own = _own_set(heard.all("substance"), heard.audience)
        if own is not None:
            return [*asked_afresh(own), FollowupAction(form_of(own))]
        begun = any(tracker.get_slot(slot) for slot in _SLOTS[1:])
        if begun and tracker.get_slot(_ENDED) in (None, RESTING):
            return [SlotSet(_ENDED, None), SlotSet("needs_permission", "yes")]
        return [*needs_asked_afresh(), SlotSet("needs_permission", "yes")]


def _rests(tracker: Tracker, name: str) -> bool:
    return tracker.get_slot(ended_slot(name)) == RESTING


def _own_set(substances: list[str], audience: str | None) -> str | None:
    """The set that fits drugs named by whoever asks about themselves. Nobody answers for somebody else."""
    if not substances or audience in ("family", "worker"):
        return None
    return DRINKING if substances == ["alcohol"] else USING


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
        if ended == STOPPED and answered_now(heard, "needs"):
            say(dispatcher, "needs/stopped")
        if ended is not None:
            return []
        return [SlotSet(_ENDED, DONE), *await self._tell(dispatcher, tracker, heard)]

    async def _tell(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> Events:
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
        further = _set_worth_offering(tracker, heard, needs)
        if further is not None:
            return [FollowupAction(form_of(further))]
        say(dispatcher, "handoff/offer_person")
        return []


def _set_worth_offering(tracker: Tracker, heard: Heard, needs: list[str]) -> str | None:
    """The set of questions that would tell more of the need that was named first, if it was not offered yet."""
    first = needs[0] if needs else None
    name = None
    if heard.audience == "family" and first in _FAMILY_NEEDS:
        name = STRAIN
    elif heard.audience == "self" and first in _OWN_NEEDS:
        name = _own_set(list(heard.facts.get("substances") or ()), heard.audience) or USING
    return name if name is not None and tracker.get_slot(ended_slot(name)) is None else None
