"""One validator for every form: what a message means while a question is open.

An open question takes the turn before any rule does. So this decides, for whatever the person wrote, whether it
answers the question, asks why it was asked, skips it, goes back, starts again, ends the questions, or speaks of
something else. In the last case the ordinary rules answer and the question is asked once more. No slot takes words that
it didn't understand, and no question is asked three times running: it is left, and can be taken up again later.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.front_door import front_door
from actions.heard import Heard
from actions.language import short_answer
from actions.speech import asked_this_turn, say

SKIPPED = "skipped"
STOPPED = "stopped"
"""The person wants no more questions."""
COMPLETE = "complete"
"""An answer said all that the questions are for."""
RESTING = "resting"
"""Left for now; asking for the questions goes on where they stopped."""
NOT_ASKED = "not_asked"
"""Never begun: a child is in touch."""
NOT_NEEDED = "not_needed"
"""The value of a slot whose question has no place in this conversation."""

SILENCE_SECONDS = 6 * 60 * 60.0
"""After so long a silence a short word is no answer to what was asked then (docs/decisions/0019)."""

YOUNG = "young_person"
"""The slot that says that a child or teenager is in touch: no questions, no plan, no referral."""
_PERMISSION = "_permission"
"""How the slot is named that holds whether they want the questions at all."""
_ASKING = "asking"
"""The slot that holds which question is open, and how many answers running asked it."""
_MOST_TIMES_RUNNING = 2

Events = list[dict[str, Any]]

_ENDS_THE_FORM = {
    "report_overdose_now",
    "talk_to_human",
    "request_callback",
    "delete_my_data",
    "stop_messages",
    "wrong_number",
    "young_person",
    "abuse",
}
"""What is asked for beats what was asked: the questions end, and the rules answer."""

_NO_SUBJECT = {"affirm", "deny", "unsure", "nlu_fallback", "out_of_scope", "start_screening", ""}
"""Intents that change no subject: while a question is open, they are read as a failed answer to it."""

_ASKS_SOMETHING = re.compile(
    r"\?|^\W*(how|what|whit|where|when|why|who|which|can|could|is|are|do|does|should|will|would)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Question:
    """One slot of a form."""

    read: Callable[[Heard], Any]
    """The answer that the message gives, or None."""
    why: str
    """The content id that says why it is asked."""
    not_caught: str = "needs/not_caught"
    """The content id for an answer that was not understood."""
    known: Callable[[Heard], Any] = lambda heard: None
    """The answer that is known already when the form begins, or None."""
    facts: Callable[[Any, Heard], dict[str, Any]] = lambda value, heard: {}
    """What is remembered of an answer."""
    needed: Callable[[Tracker, Heard], bool] = lambda tracker, heard: True
    """Whether it has a place in this conversation, asked when the form begins."""
    once: bool = False
    """Whether starting again leaves it as it was answered."""


class FormValidator(Action, ABC):
    """Base of every form's validator; a form names itself and its questions."""

    form: str
    ended_slot: str
    """Holds how the form ended, so that it does not begin again by itself."""
    questions: Mapping[str, Question]

    def name(self) -> str:
        """Rasa finds it by this name."""
        return f"validate_{self.form}"

    @abstractmethod
    def ends_with(self, slot: str, value: Any) -> str | None:
        """How the questions end with this answer (`STOPPED`, `COMPLETE`), or None when they go on."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Decide what the message means for the open question."""
        heard = Heard.from_tracker(tracker)
        slot = tracker.get_slot("requested_slot")
        if slot not in self.questions:
            return self._within_reason(dispatcher, tracker, self._begin(tracker, heard))
        if _was_silent(tracker):
            return self._after_silence(dispatcher, heard)
        if not _was_answered_elsewhere(tracker, self.form):
            return self._within_reason(dispatcher, tracker, await self._judge(dispatcher, tracker, heard, slot))
        if asked_this_turn(tracker):
            return self._end(RESTING)
        return self._within_reason(dispatcher, tracker, [])

    def _begin(self, tracker: Tracker, heard: Heard) -> Events:
        if tracker.get_slot(YOUNG):
            return self._end(NOT_ASKED)
        if tracker.get_slot(self.ended_slot):
            return [SlotSet("requested_slot", None)]
        known = {slot: question.known(heard) for slot, question in self.questions.items()}
        for slot, question in self.questions.items():
            if known[slot] is None and tracker.get_slot(slot) is None and not question.needed(tracker, heard):
                known[slot] = NOT_NEEDED
        return [SlotSet(slot, value) for slot, value in known.items() if value is not None]

    def _after_silence(self, dispatcher: CollectingDispatcher, heard: Heard) -> Events:
        """Somebody comes back after hours: nothing of then is asked or repeated, and what they want now is answered."""
        if heard.intent in _NO_SUBJECT:
            say(dispatcher, "needs/back_again")
            return self._end(RESTING)
        return [*self._end(RESTING), ActiveLoop(None), ActionExecutionRejected(self.form)]

    async def _judge(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard, slot: str) -> Events:
        question = self.questions[slot]
        swears_an_answer = heard.intent == "abuse" and question.read(heard) is not None
        if heard.intent in _ENDS_THE_FORM and short_answer(heard.text) is None and not swears_an_answer:
            return [ActiveLoop(None), SlotSet("requested_slot", None), ActionExecutionRejected(self.form)]
        match short_answer(heard.text):
            case "leave":
                return self._end(STOPPED)
            case "why" if _asked_again(tracker):
                return self._skip(slot)
            case "why":
                say(dispatcher, question.why)
                return [SlotSet(slot, None)]
            case "skip":
                return self._skip(slot)
            case "back":
                return [SlotSet(name, None) for name in (self._before(tracker, slot), slot)]
            case "restart":
                return [SlotSet(name, None) for name in self._asked(tracker) if not self._is_asked_once(name)]
        answer = None if _is_a_question_of_its_own(heard) else question.read(heard)
        if answer is not None:
            return await self._take(dispatcher, heard, slot, answer)
        if heard.intent not in _NO_SUBJECT:
            return [ActionExecutionRejected(self.form)]
        if _asked_again(tracker):
            return self._skip(slot)
        say(dispatcher, question.not_caught)
        return [SlotSet(slot, None)]

    async def _take(self, dispatcher: CollectingDispatcher, heard: Heard, slot: str, answer: Any) -> Events:
        """Keep the answer; a form may say or do more about one of its own."""
        facts = self.questions[slot].facts(answer, heard)
        if facts:
            await front_door().keep(heard, facts)
        ended = self.ends_with(slot, answer)
        return [SlotSet(slot, answer), *(self._end(ended) if ended else [])]

    def _skip(self, slot: str) -> Events:
        ended = self.ends_with(slot, SKIPPED)
        return [SlotSet(slot, SKIPPED), *(self._end(ended) if ended else [])]

    def _end(self, how: str) -> Events:
        return [SlotSet(self.ended_slot, how), SlotSet("requested_slot", None), SlotSet(_ASKING, None)]

    def _asked(self, tracker: Tracker) -> list[str]:
        """The questions that have a place in this conversation, in order."""
        return [slot for slot in self.questions if tracker.get_slot(slot) != NOT_NEEDED]

    def _is_asked_once(self, slot: str) -> bool:
        return slot.endswith(_PERMISSION) or self.questions[slot].once

    def _before(self, tracker: Tracker, slot: str) -> str:
        """The question before this one; the first one itself."""
        order = self._asked(tracker)
        return order[max(0, order.index(slot) - 1)]

    def _within_reason(self, dispatcher: CollectingDispatcher, tracker: Tracker, events: Events) -> Events:
        """Leave the questions for now where the next one was asked in the last two answers already."""
        if any(event["event"] == "action_execution_rejected" for event in events):
            return events
        if any(event.get("name") == "requested_slot" and event.get("value") is None for event in events):
            return events
        values = {name: tracker.get_slot(name) for name in self.questions}
        values.update({event["name"]: event["value"] for event in events if event.get("name") in values})
        upcoming = next((name for name, value in values.items() if value is None), None)
        asked = tracker.get_slot(_ASKING) or {}
        times = asked.get("times", 0) + 1 if asked.get("slot") == upcoming else 1
        if upcoming is not None and times > _MOST_TIMES_RUNNING:
            say(dispatcher, "needs/resting")
            return [*events, *self._end(RESTING)]
        return [*events, SlotSet(_ASKING, {"slot": upcoming, "times": times} if upcoming else None)]


def _was_silent(tracker: Tracker) -> bool:
    """Whether the person's message came hours after the one before it."""
    heard = [float(event["timestamp"]) for event in tracker.events if event.get("event") == "user"]
    return len(heard) > 1 and heard[-1] - heard[-2] > SILENCE_SECONDS


def _asked_again(tracker: Tracker) -> bool:
    """Whether the open question was asked in the last two answers."""
    return bool((tracker.get_slot(_ASKING) or {}).get("times", 0) >= _MOST_TIMES_RUNNING)


def _is_a_question_of_its_own(heard: Heard) -> bool:
    return heard.intent not in _NO_SUBJECT and bool(_ASKS_SOMETHING.search(heard.text))


def _was_answered_elsewhere(tracker: Tracker, form: str) -> bool:
    """Whether the form comes back in the same turn, after the rules answered a change of subject."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "action_execution_rejected" and event.get("name") == form:
            return True
    return False
