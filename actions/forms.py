"""One validator for every form: what a message means while a question is open.

An open question takes the turn before any rule does. So this decides, for whatever the person wrote, whether it
answers the question, asks why it was asked, skips it, ends the questions, or speaks of something else. In the last
case the ordinary rules answer and the question is asked once more. No slot takes words that it didn't understand.
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
from actions.speech import say

SKIPPED = "skipped"
STOPPED = "stopped"

Events = list[dict[str, Any]]

_ENDS_THE_FORM = {
    "report_overdose_now",
    "talk_to_human",
    "request_callback",
    "delete_my_data",
    "stop_messages",
    "wrong_number",
    "young_person",
}
"""What is asked for beats what was asked: the questions end, and the rules answer."""

_NO_SUBJECT = {"affirm", "deny", "unsure", "nlu_fallback", "out_of_scope", "abuse", ""}
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
    not_caught: str
    """The content id for an answer that was not understood."""
    known: Callable[[Heard], Any] = lambda heard: None
    """The answer that is known already when the form begins, or None."""
    facts: Callable[[Any, Heard], dict[str, Any]] = lambda value, heard: {}
    """What is remembered of an answer."""


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
    def ends_with(self, slot: str, value: Any) -> bool:
        """Whether this answer means that no more questions are wanted."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Decide what the message means for the open question."""
        heard = Heard.from_tracker(tracker)
        slot = tracker.get_slot("requested_slot")
        if slot is None:
            return self._begin(tracker, heard)
        if _was_answered_elsewhere(tracker, self.form):
            return []
        return await self._judge(dispatcher, tracker, heard, slot)

    def _begin(self, tracker: Tracker, heard: Heard) -> Events:
        if tracker.get_slot(self.ended_slot):
            return [SlotSet("requested_slot", None)]
        known = {slot: question.known(heard) for slot, question in self.questions.items()}
        return [SlotSet(slot, value) for slot, value in known.items() if value is not None]

    async def _judge(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard, slot: str) -> Events:
        question = self.questions[slot]
        if heard.intent in _ENDS_THE_FORM and short_answer(heard.text) is None:
            return [ActiveLoop(None), SlotSet("requested_slot", None), ActionExecutionRejected(self.form)]
        match short_answer(heard.text):
            case "leave":
                return self._end(STOPPED)
            case "why":
                say(dispatcher, question.why)
                return [SlotSet(slot, None)]
            case "skip":
                return [SlotSet(slot, SKIPPED), SlotSet("not_caught", None)]
        answer = None if _is_a_question_of_its_own(heard) else question.read(heard)
        if answer is not None:
            return await self._take(heard, slot, answer)
        if heard.intent not in _NO_SUBJECT:
            return [ActionExecutionRejected(self.form)]
        return _not_caught(dispatcher, tracker, slot, question)

    async def _take(self, heard: Heard, slot: str, answer: Any) -> Events:
        facts = self.questions[slot].facts(answer, heard)
        if facts:
            await front_door().keep(heard, facts)
        taken = [SlotSet(slot, answer), SlotSet("not_caught", None)]
        return [*taken, *self._end(STOPPED)] if self.ends_with(slot, answer) else taken

    def _end(self, how: str) -> Events:
        return [SlotSet(self.ended_slot, how), SlotSet("requested_slot", None)]


def _not_caught(dispatcher: CollectingDispatcher, tracker: Tracker, slot: str, question: Question) -> Events:
    """Ask once more; after that leave the question alone rather than press it."""
    if tracker.get_slot("not_caught") == slot:
        return [SlotSet(slot, SKIPPED), SlotSet("not_caught", None)]
    say(dispatcher, question.not_caught)
    return [SlotSet(slot, None), SlotSet("not_caught", slot)]


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
