"""A check-in that falls due is asked by the real assistant, and whatever is answered is read by it."""

from __future__ import annotations

import uuid

import pytest

from bot.questions import asked_by
from tests.bot.assistant import Answer


def due(assistant, person, **more):
    """The clock says so."""
    check_in = {"id": uuid.uuid4().hex, "kind": "check_in", "topic": "safe_today", "day": 0, "again": False, **more}
    status, body = assistant.post(
        "trigger",
        {
            "conversation_id": person.id,
            "message_id": uuid.uuid4().hex,
            "intent": "check_in_due",
            "slots": {"check_in": check_in, "check_in_answer": None},
            "metadata": {
                "channel": person.channel, "audience": person.audience, "facts": {}, "open_question": None,
            },
        },
    )  # fmt: skip
    assert status == 200, body
    person.open_question = body["open_question"]
    return Answer(body)


@pytest.mark.parametrize(
    ("audience", "text", "said", "ids"),
    [
        ("self", "A", "good", ["check_ins/good_first_days"]),
        ("self", "no great tbh", "bad",
         ["check_ins/bad_after", "handoff/waiting_position", "privacy/consent_to_share"]),
        ("self", "the bus was late", "other", ["check_ins/noted"]),
        ("self", "back inside", "recalled", ["check_ins/on_hold"]),
        ("self", "wrong number", "wrong_number", ["check_ins/wrong_number"]),
        ("self", "stop asking", "enough", ["check_ins/enough"]),
        ("family", "he died on sunday", "grief",
         ["bereavement/sorry", "bereavement/support", "check_ins/ended_after_death"]),
    ],
)  # fmt: skip
def test_an_answer_is_kept_and_met(talk, assistant, audience, text, said, ids):
    person = talk(channel="sms", audience=audience)
    assert due(assistant, person).open_question == "check_ins/ask_safe_today"
    answer = person.say(text)
    assert answer.ids == ids
    assert assistant.front_door.asked("/answer") == [{"message_id": answer.body["message_id"], "said": said}]


def test_a_question_of_their_own_is_answered_and_nothing_is_asked_again(talk, assistant):
    person = talk(channel="sms", audience="self")
    due(assistant, person)
    answer = person.say("how do i get naloxone")
    assert "naloxone/get" in answer.ids
    assert answer.open_question is None


def test_whoever_asks_who_is_writing_is_told_nothing_and_asked_for_an_ok(talk, assistant):
    person = talk(channel="sms")
    assert due(assistant, person, kind="invitation", topic="invitation").ids == ["check_ins/invitation"]
    assert person.say("who is this").ids == ["check_ins/who_is_this"]
    assert person.say("ok").ids == ["check_ins/invitation_taken"]
    assert [body["said"] for body in assistant.front_door.asked("/answer")] == ["agreed"]


def test_a_topic_of_two_words_has_its_questions_found():
    assert asked_by("utter_ask_check_ins_permission") == "check_ins/ask_permission"


def test_a_check_in_closes_whatever_question_was_open(talk, assistant):
    her = talk(audience="family")
    assert her.say("my son gets out of HMP Kilmarnock on Friday").open_question == "needs/ask_permission"
    due(assistant, her, topic="naloxone", day=-7)
    assert her.say("not yet").ids == ["check_ins/not_yet_naloxone"]
