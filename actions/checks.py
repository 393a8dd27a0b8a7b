"""The questions about own drinking, own drug use and family strain, as forms; and what they come to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.forms import COMPLETE, SKIPPED, STOPPED, Events, FormValidator, Question
from actions.front_door import front_door
from actions.heard import Heard
from actions.instruments import DRINKING, STRAIN, USING, Item, instrument
from actions.language import short_answer
from actions.speech import say

DONE = "done"


def yes_or_no(heard: Heard) -> str | None:
    """A yes or a no, by its words or by how it was read."""
    answer = short_answer(heard.text) or {"affirm": "yes", "deny": "no"}.get(heard.intent)
    return answer if answer in ("yes", "no") else None


def form_of(name: str) -> str:
    """The form that asks a set of questions."""
    return f"{name}_form"


def ended_slot(name: str) -> str:
    """The slot that holds how a set of questions ended."""
    return f"{name}_ended"


def slots_of(name: str) -> list[str]:
    """The slots that a set of questions fills, the permission first."""
    return [f"{name}_permission", *(item.slot for item in instrument(name).items)]


class _ValidateSet(FormValidator):
    """Asks one set of questions, permission first."""

    @property
    @abstractmethod
    def set_name(self) -> str:
        """Which set."""

    def ends_with(self, slot: str, value: Any) -> str | None:
        """No to being asked ends it; so does an answer that makes the rest pointless."""
        if slot == f"{self.set_name}_permission":
            return None if value == "yes" else STOPPED
        item = next(item for item in instrument(self.set_name).items if item.slot == slot)
        return COMPLETE if value in item.ends_with else None


def _questions(name: str, *, why: str, not_caught: str) -> dict[str, Question]:
    asked = {f"{name}_permission": Question(read=yes_or_no, why=why)}
    for item in instrument(name).items:
        asked[item.slot] = Question(read=_reader(item), why=why, not_caught=not_caught)
    return asked


def _reader(item: Item) -> Callable[[Heard], Any]:
    if item.substances:
        return lambda heard: heard.all("substance") or None
    if {answer.code for answer in item.answers} == {"yes", "no"}:
        return yes_or_no
    return lambda heard: item.read(heard.text)


class ValidateDrinking(_ValidateSet):
    """AUDIT-C, only ever about the person's own drinking."""

    form, ended_slot, set_name = form_of(DRINKING), ended_slot(DRINKING), DRINKING
    questions = _questions(DRINKING, why="drinking/why", not_caught="drinking/not_caught")


class ValidateUsing(_ValidateSet):
    """The plain questions about the person's own drug use."""

    form, ended_slot, set_name = form_of(USING), ended_slot(USING), USING
    questions = _questions(USING, why="using/why", not_caught="needs/not_caught")


class ValidateStrain(_ValidateSet):
    """What somebody's use does to the relative who writes."""

    form, ended_slot, set_name = form_of(STRAIN), ended_slot(STRAIN), STRAIN
    questions = _questions(STRAIN, why="strain/why", not_caught="strain/not_caught")


class _Result(Action, ABC):
    """Says what a set of questions came to, once, and keeps it for whoever takes over."""

    @property
    @abstractmethod
    def set_name(self) -> str:
        """Which set."""

    def name(self) -> str:
        """What the domain calls it."""
        return f"action_{self.set_name}_result"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Silent when the form only passed through, or rests."""
        heard = Heard.from_tracker(tracker)
        ended = tracker.get_slot(ended_slot(self.set_name))
        if ended == STOPPED and answered_now(heard, self.set_name):
            say(dispatcher, "needs/set_stopped")
            say(dispatcher, "handoff/offer_person")
        if ended not in (None, COMPLETE):
            return []
        answers = {slot: tracker.get_slot(slot) for slot in slots_of(self.set_name)}
        await self._tell(dispatcher, heard, answers)
        say(dispatcher, "handoff/offer_person")
        return [SlotSet(ended_slot(self.set_name), DONE)]

    @abstractmethod
    async def _tell(self, dispatcher: CollectingDispatcher, heard: Heard, answers: dict[str, Any]) -> None:
        """Keep what was answered and say what it comes to."""


def answered_now(heard: Heard, topic: str) -> bool:
    """Whether this message was heard as the answer to a question of that topic."""
    return (heard.open_question or "").startswith(f"{topic}/")


class DrinkingResult(_Result):
    """The score with its plain meaning; nothing where an answer is missing."""

    set_name = DRINKING

    async def _tell(self, dispatcher: CollectingDispatcher, heard: Heard, answers: dict[str, Any]) -> None:
        audit_c = instrument(DRINKING)
        score = audit_c.score(answers)
        if score is None:
            say(dispatcher, "drinking/not_scored")
            return
        await front_door().keep(heard, {"drinking_check": {"score": score, "worth_a_talk": audit_c.is_positive(score)}})
        say(dispatcher, "drinking/over" if audit_c.is_positive(score) else "drinking/under", score=score)
        if audit_c.is_positive(score):
            say(dispatcher, "drugs/alcohol", audience="self")


class UsingResult(_Result):
    """What was heard; a warning about stopping when it is needed to feel well in the morning."""

    set_name = USING

    async def _tell(self, dispatcher: CollectingDispatcher, heard: Heard, answers: dict[str, Any]) -> None:
        given = {slot.removeprefix(f"{USING}_"): value for slot, value in answers.items() if value and value != SKIPPED}
        given.pop("permission", None)
        await front_door().keep(heard, {"using_check": given})
        if given.get("any") == "no":
            say(dispatcher, "using/none")
            return
        say(dispatcher, "using/heard")
        further = "drugs/withdrawal" if given.get("morning") == "yes" else "treatment/start"
        say(dispatcher, further, audience="self")


class StrainResult(_Result):
    """What it does to them, and their own helpline where it weighs heavily."""

    set_name = STRAIN

    async def _tell(self, dispatcher: CollectingDispatcher, heard: Heard, answers: dict[str, Any]) -> None:
        heavy = instrument(STRAIN).weighs_heavily(answers)
        if heavy is None:
            say(dispatcher, "strain/not_counted")
            return
        kept = {slot.removeprefix(f"{STRAIN}_"): value for slot, value in answers.items() if "permission" not in slot}
        await front_door().keep(heard, {"strain_check": kept})
        say(dispatcher, "strain/heavy" if heavy else "strain/lighter")


def asked_afresh(name: str) -> Events:
    """Events that empty a set of questions."""
    return [*(SlotSet(slot, None) for slot in slots_of(name)), SlotSet(ended_slot(name), None)]
