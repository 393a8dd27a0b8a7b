"""Check-ins around a release: offered, asked because the clock says so, and whatever is answered to them.

An answer may come hours later and in any words. Danger in it was read before it came here.
"""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.checks import yes_or_no
from actions.forms import STOPPED, YOUNG, Events, FormValidator, Question
from actions.front_door import CheckInsStanding, front_door
from actions.handoff import ask_for_person
from actions.heard import Heard
from actions.language import plain, short_answer
from actions.speech import asked_this_turn, said_this_turn, say
from reference.throughcare import Opens, Schedule, Topic
from reference.throughcare_answers import Said, agrees, said_back

CHECK_IN, ANSWER = "check_in", "check_in_answer"
"""The slots: which check-in is open (`id`, `kind`, `topic`, `day`, `again`), and what its answer came to."""
_FORM = "check_in_form"
_INVITATION = "invitation"
_WHO = "who"
_ENDED, _KEPT = "check_ins_ended", "kept"
_PERMISSION, _HOUR = "check_ins_permission", "check_ins_hour"
_OFFERED = "check_ins_mentioned"
"""The slot that says that they know of check-ins: nobody is asked twice."""
_MOST_MESSAGES = 4
_SURE = 0.6
"""From this confidence on, what is no known answer is taken for what it was read as."""
_REASON = "check_in"
"""The reason that an officer reads."""

_OTHER_SUBJECT = "other"
_ANSWERS = {"affirm": Said.GOOD, "deny": Said.BAD, "unsure": Said.UNSURE, "wrong_number": Said.WRONG_NUMBER,
            "stop_messages": Said.ENOUGH, "report_use": Said.BAD, "express_distress": Said.BAD}  # fmt: skip
"""What some readings come to, where the words themselves say nothing known."""
_NO_ANSWER_IN_WORDS = {"nlu_fallback", "out_of_scope", "greet", "thank", "goodbye", "abuse", "give_feedback", ""}
"""Readings that ask for nothing: the message is an answer all the same, and is noted as one."""
_ASKED_FOR = {"talk_to_human", "request_callback", "report_overdose_now", "delete_my_data", "young_person"}
"""What is asked for beats what was asked."""


_ASKS_SOMETHING = re.compile(
    r"\?\s*$|^\W*(how|what|whit|where|when|why|which|can|could|is it|do|does|should|will|would)\b", re.IGNORECASE
)


class AskCheckIn(Action):
    """Asks the one easy thing; the form calls it by this name for its slot."""

    def name(self) -> str:
        """What the domain calls it."""
        return f"action_ask_{ANSWER}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """By its topic; the second time in few words; to a number that somebody else gave, saying nothing."""
        open_now = tracker.get_slot(CHECK_IN) or {}
        topic = _topic(open_now)
        if open_now.get("kind") == _WHO:
            say(dispatcher, "check_ins/who_is_this")
        elif open_now.get("kind") == _INVITATION:
            say(dispatcher, "check_ins/invitation")
        elif open_now.get("again") or topic is None:
            say(dispatcher, "check_ins/ask_again")
        else:
            say(dispatcher, topic.asks)
        return []


class ValidateCheckIn(Action):
    """Reads what was answered. Everything is an answer; what asks for something else gets that instead."""

    def name(self) -> str:
        """Rasa finds it by this name."""
        return f"validate_{_FORM}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Keep the answer at once: it must not get lost on the way."""
        if tracker.get_slot("requested_slot") != ANSWER:
            return []
        heard, open_now = Heard.from_tracker(tracker), tracker.get_slot(CHECK_IN) or {}
        if _is_another_subject(tracker, heard):
            await front_door().note_check_in(heard, _id(open_now), _OTHER_SUBJECT)
            return [ActiveLoop(None), SlotSet("requested_slot", None), ActionExecutionRejected(_FORM)]
        if open_now.get("kind") in (_INVITATION, _WHO):
            return await self._asked_first(heard, open_now)
        said = said_back(heard.text) or _ANSWERS.get(heard.intent)
        if said is Said.WHO:
            await front_door().note_check_in(heard, _id(open_now), Said.WHO.value)
            return [SlotSet(CHECK_IN, {**open_now, "kind": _WHO})]
        answer = said.value if said is not None else _OTHER_SUBJECT
        await front_door().note_check_in(heard, _id(open_now), answer)
        return [SlotSet(ANSWER, answer)]

    async def _asked_first(self, heard: Heard, open_now: dict[str, Any]) -> Events:
        """Somebody who never asked for this: only a plain yes is one."""
        if agrees(heard.text):
            answer = "agreed"
        elif open_now.get("kind") == _INVITATION and said_back(heard.text) is not Said.BAD:
            if said_back(heard.text) is not Said.WRONG_NUMBER:
                return [SlotSet(CHECK_IN, {**open_now, "kind": _WHO})]
            answer = Said.WRONG_NUMBER.value
        else:
            answer = "declined"
        await front_door().note_check_in(heard, _id(open_now), answer)
        return [SlotSet(ANSWER, answer)]


class CheckInHeard(Action):
    """Says what the answer leads to; a bad one brings a person at once."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_check_in_heard"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Silent when the form passed through without an answer."""
        answer, heard = tracker.get_slot(ANSWER), Heard.from_tracker(tracker)
        topic = _topic(tracker.get_slot(CHECK_IN) or {})
        if answer is None:
            return []
        if answer == Said.GRIEF.value:
            return await _after_a_death(dispatcher, tracker, heard)
        plainly = {
            "agreed": "check_ins/invitation_taken",
            "declined": "check_ins/invitation_declined",
            Said.RECALLED.value: "check_ins/on_hold",
            Said.WRONG_NUMBER.value: "check_ins/wrong_number",
            Said.ENOUGH.value: "check_ins/enough",
        }.get(str(answer))
        if plainly is not None:
            say(dispatcher, plainly)
            return []
        if topic is None or answer in (Said.UNSURE.value, _OTHER_SUBJECT):
            say(dispatcher, "check_ins/noted")
            return []
        say(dispatcher, topic.good if answer == Said.GOOD.value else topic.bad)
        if answer == Said.BAD.value and topic.opens is Opens.PERSON:
            return await ask_for_person(dispatcher, tracker, front_door(), _REASON)
        return []


class AfterADeath(Action):
    """Somebody writes of a death, whatever was asked: the check-ins stop before any words of comfort."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_stop_check_ins_after_death"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Only where somebody waits for a release; only words that tell of a death, not a question about grief."""
        heard = Heard.from_tracker(tracker)
        if heard.facts.get("release_date") is not None and said_back(heard.text) is Said.GRIEF:
            await front_door().end_check_ins(heard, Said.GRIEF.value)
        return []


class AfterAWrongNumber(Action):
    """Another person has the number: everything that would come by itself rests."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_rest_check_ins"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Says nothing itself."""
        heard = Heard.from_tracker(tracker)
        if heard.facts.get("release_date") is not None:
            await front_door().end_check_ins(heard, Said.WRONG_NUMBER.value)
        return []


def _hour(heard: Heard) -> int | None:
    """The hour that the words choose: a part of the day, or any time."""
    said, hours = plain(heard.text).split(), Schedule.load().hours
    named = next((hours[part] for part in ("morning", "afternoon", "evening") if part in said), None)
    return hours["usual"] if named is None and short_answer(heard.text) in ("unsure", "yes", "no") else named


class ValidateCheckIns(FormValidator):
    """Whether to be asked how it goes, and at what time of day."""

    form = "check_ins_form"
    ended_slot = _ENDED
    questions = {
        _PERMISSION: Question(read=yes_or_no, why="check_ins/why_permission"),
        _HOUR: Question(read=_hour, why="check_ins/why_hour"),
    }

    def ends_with(self, slot: str, value: Any) -> str | None:
        """A no to being asked is a no to all of it."""
        return STOPPED if slot == _PERMISSION and value != "yes" else None


class OfferCheckIns(Action):
    """Begins the questions about check-ins after a date was kept, where nothing else is asked."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_offer_check_ins"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Says nothing itself."""
        if tracker.get_slot(YOUNG) or (tracker.active_loop or {}).get("name"):
            return []
        standing = await front_door().check_ins(Heard.from_tracker(tracker))
        if standing is None or not _asks_nothing_in_vain(standing):
            return []
        fresh = [SlotSet(slot, None) for slot in (_ENDED, _PERMISSION, _HOUR)]
        return [*fresh, FollowupAction(ValidateCheckIns.form)]


class CheckInsAgreed(Action):
    """Keeps the yes or the no, and says which."""

    def name(self) -> str:
        """What the domain calls it."""
        return "action_check_ins_agreed"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Silent when nothing was asked, or the questions rest. Says that it is kept only when it is.

        Whoever wants no more questions halfway doesn't want these.
        """
        permission, ended = tracker.get_slot(_PERMISSION), tracker.get_slot(_ENDED)
        if ended not in (None, STOPPED) or (permission is None and ended is None):
            return []
        heard, hour = Heard.from_tracker(tracker), tracker.get_slot(_HOUR)
        agreed = permission == "yes" and ended is None
        standing = await front_door().agree_to_check_ins(heard, agreed, hour if isinstance(hour, int) else None)
        if not agreed:
            say(dispatcher, "check_ins/not_wanted")
        elif standing is None:
            say(dispatcher, "check_ins/could_not_keep")
        elif standing.first_due is None:
            say(dispatcher, "check_ins/agreed_no_more_to_come")
        else:
            say(dispatcher, "check_ins/agreed", first_due=standing.first_due)
        return [SlotSet(_ENDED, _KEPT)]


class MentionCheckIns(Action):
    """After the questions about needs: offers check-ins where a day of release is known, once.

    Where that would be one question too many, it only says that there is such a thing, or waits for a better moment.
    """

    def name(self) -> str:
        """What the domain calls it."""
        return "action_mention_check_ins"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """After something else was said, and not as one message too many."""
        said = said_this_turn(tracker)
        if not said or len(said) >= _MOST_MESSAGES or asked_this_turn(tracker):
            return []
        heard = Heard.from_tracker(tracker)
        if short_answer(heard.text) != "leave":
            return await offered_once(tracker, heard)
        if not await _may_be_offered(tracker, heard):
            return []
        say(dispatcher, "check_ins/mention")
        return [SlotSet(_OFFERED, True)]


async def offered_once(tracker: Tracker, heard: Heard) -> Events:
    """Begin the questions about check-ins, if nobody spoke of them before and they make sense here."""
    if not await _may_be_offered(tracker, heard):
        return []
    return [SlotSet(_OFFERED, True), FollowupAction(ValidateCheckIns.form)]


async def _may_be_offered(tracker: Tracker, heard: Heard) -> bool:
    """Whether a day of release is known, and they neither know of this, nor are in danger, nor wait for a person."""
    if heard.facts.get("release_date") is None or heard.audience == "worker":
        return False
    if any(tracker.get_slot(slot) for slot in (_PERMISSION, _OFFERED, YOUNG, "asked_for_a_person")):
        return False
    if tracker.get_slot("needs_ended") == "in_danger":
        return False
    standing = await front_door().check_ins(heard)
    return standing is not None and _asks_nothing_in_vain(standing)


def _is_another_subject(tracker: Tracker, heard: Heard) -> bool:
    """Whether the message asks for something, rather than answering. Known words of an answer win over a reading."""
    if heard.intent in _ASKED_FOR or any(entity["entity"] == "release" for entity in heard.entities):
        return True
    said, asks = said_back(heard.text), bool(_ASKS_SOMETHING.search(heard.text))
    if said is not None and not (asks and said in (Said.GOOD, Said.UNSURE)):
        return False
    if heard.intent in _NO_ANSWER_IN_WORDS or (heard.intent in _ANSWERS and not asks):
        return False
    confidence = float(((tracker.latest_message or {}).get("intent") or {}).get("confidence") or 0.0)
    return asks or confidence >= _SURE


async def _after_a_death(dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[dict[str, Any]]:
    """Everything stops, and nobody asks anything more. Whoever gets out themselves and grieves is not left alone."""
    say(dispatcher, "bereavement/sorry")
    if heard.audience == "self":
        say(dispatcher, "check_ins/grief_go_on")
        return await ask_for_person(dispatcher, tracker, front_door(), _REASON, "bereavement")
    say(dispatcher, "bereavement/support")
    say(dispatcher, "check_ins/ended_after_death")
    return []


def _asks_nothing_in_vain(standing: CheckInsStanding) -> bool:
    return standing.state == "noted" and standing.because is None and standing.first_due is not None


def _topic(open_now: dict[str, Any]) -> Topic | None:
    return Schedule.load().topics.get(str(open_now.get("topic")))


def _id(open_now: dict[str, Any]) -> str:
    return str(open_now.get("id"))
