"""Answers out of a form, and messages that were not understood."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.check_ins import offered_once
from actions.checks import asked_afresh
from actions.front_door import front_door
from actions.handoff import ask_for_person
from actions.heard import Heard
from actions.instruments import DRINKING, STRAIN, USING
from actions.language import short_answer
from actions.needs import needs_asked_afresh
from actions.people import kept_private
from actions.services import answered_from_elsewhere, find_service
from actions.speech import say
from bot.topics import topic_names
from bot.train import models_folder

_OFFERS_OF_A_PERSON = ("handoff/offer_person", "smalltalk/not_known", "smalltalk/swearing")
_A_PERSON = "talk_to_human"
_WHEN_NOTHING_IS_OPEN = {"affirm": "smalltalk/go_on", "deny": "smalltalk/all_right", "unsure": "smalltalk/no_hurry"}
_ABOUT_THE_CONVERSATION = {
    "skip": "smalltalk/all_right",
    "more": "smalltalk/go_on",
    "back": "smalltalk/nothing_before",
    "restart": "smalltalk/fresh_start",
    "why": "smalltalk/nothing_asked",
}
"""What is said to words that steer questions, where none is open."""
_WHY = {"services/say_more": "needs/why_place", "handoff/offer_person": "smalltalk/why_a_person"}
"""Why a question outside a form is asked."""


class AnswerOffer(Action):
    """A yes, a no or a don't know, read with the question that is open."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_answer_offer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """A yes to the offer of a person brings one; anything else is met kindly."""
        heard = Heard.from_tracker(tracker)
        steering = short_answer(heard.text)
        if await kept_private(dispatcher, heard):
            return []
        if heard.intent == "affirm" and heard.open_question in _OFFERS_OF_A_PERSON:
            return await ask_for_person(dispatcher, tracker, front_door(), "accepted_a_person")
        if steering == "restart":
            say(dispatcher, _ABOUT_THE_CONVERSATION[steering])
            fresh = [event for name in (DRINKING, USING, STRAIN) for event in asked_afresh(name)]
            return [*fresh, *needs_asked_afresh()]
        if steering == "why" and heard.open_question in _WHY:
            say(dispatcher, _WHY[heard.open_question])
        elif steering in _ABOUT_THE_CONVERSATION:
            say(dispatcher, _ABOUT_THE_CONVERSATION[steering])
        elif heard.intent == "deny" and heard.open_question == "smalltalk/did_you_mean":
            say(dispatcher, "handoff/offer_person")
        else:
            say(dispatcher, _WHEN_NOTHING_IS_OPEN[heard.intent])
            if heard.intent == "deny" and heard.open_question == "handoff/offer_person":
                return await offered_once(tracker, heard)
        return []


class NotKnown(Action):
    """Says that it does not know, and offers a person; a place alone is a question for what is near it."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_not_known"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Name services for the place in the message, or be honest."""
        if not await _answered_by_place(dispatcher, Heard.from_tracker(tracker)):
            say(dispatcher, "smalltalk/not_known")
        return []


class OfferTopics(Action):
    """Says that it did not understand, and offers the two likeliest topics and a person."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_offer_topics"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """A place alone is a question for what is near it."""
        heard = Heard.from_tracker(tracker)
        if await _answered_by_place(dispatcher, heard):
            return []
        offered = topic_names()
        topics = [intent for intent in heard.ranking if intent in offered and intent != _A_PERSON][:2]
        names = [offered[intent] for intent in topics]
        if len(names) < 2:
            say(dispatcher, "smalltalk/not_known")
        else:
            await front_door().offered(heard, _guesses(tracker), [*topics, _A_PERSON], _model())
            say(
                dispatcher,
                "smalltalk/did_you_mean",
                first=names[0],
                second=names[1],
                choices=[*names, offered[_A_PERSON]],
            )
        return []


def _guesses(tracker: Tracker) -> list[dict[str, Any]]:
    """The three likeliest readings of the latest message, and how sure each was."""
    ranking = (tracker.latest_message or {}).get("intent_ranking") or ()
    return [
        {"intent": guess["name"], "confidence": round(float(guess["confidence"]), 4)}
        for guess in ranking
        if guess["name"] != "nlu_fallback"
    ][:3]


@lru_cache(maxsize=1)
def _model() -> str | None:
    """The fingerprint of the model that was in use when this process was first asked."""
    newest = max(models_folder().glob("*.tar.gz"), key=lambda file: file.stat().st_mtime, default=None)
    return None if newest is None else newest.name.removesuffix(".tar.gz").removeprefix("gateside-")


async def _answered_by_place(dispatcher: CollectingDispatcher, heard: Heard) -> bool:
    """Name what is near the place in the message, in Scotland or not; False, and nothing said, when it names none."""
    if heard.first("place") is None:
        elsewhere_before = heard.facts.get("country") is not None
        return not elsewhere_before and await answered_from_elsewhere(dispatcher, heard, front_door())
    await find_service(dispatcher, heard, front_door())
    return True
