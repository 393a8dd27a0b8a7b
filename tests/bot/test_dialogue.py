"""What people get back from the real assistant."""

from __future__ import annotations

import pytest
import yaml

from bot.topics import topic_names
from reference.paths import data_folder

KILMARNOCK = "my son gets out of HMP Kilmarnock on Friday and I'm scared he'll use"


def test_a_mother_hears_her_own_words_back_then_the_first_days_then_one_question(talk, assistant):
    her = talk()
    answer = her.say(KILMARNOCK)
    assert answer.ids == ["after_release/heard_coming", "after_release/first_days", "needs/ask_permission"]
    for words in ("your son", "HMP Kilmarnock", "Friday 27 November", "in 5 days", "naloxone", "tolerance"):
        assert words in answer.text
    assert answer.open_question == "needs/ask_permission"
    assert answer.body["audience"] == "family"
    kept = assistant.front_door.asked("/release-plan")
    assert [(plan["release_date"], plan["prison"]) for plan in kept] == [("2026-11-27", "kilmarnock")]


def test_the_questions_end_in_services_a_kit_and_the_offer_of_a_person(talk, assistant):
    her = talk()
    her.say(KILMARNOCK)
    assert her.say("yes").ids == ["needs/ask_safe"]
    assert her.say("no").ids == ["needs/ask_most"]
    assert her.say("A place to stay").ids == ["needs/ask_naloxone"]
    assert her.say("no we don't have one").ids == ["needs/ask_place"]
    result = her.say("Airdrie")
    assert result.ids == ["needs/found", "naloxone/get", "handoff/offer_person"]
    assert "a place to stay" in result.text
    assert "North Lanarkshire" in result.text
    assert "0808 800 4444" in result.text
    assert assistant.front_door.facts == {
        "audience": "family",
        "danger_now": "no",
        "needs": ["housing"],
        "naloxone_at_home": "no",
        "place": "north lanarkshire",
    }
    assert her.say("yes please").ids == ["handoff/waiting_position", "privacy/consent_to_share"]


def test_somebody_released_yesterday_is_spoken_to_himself_within_sms_limits(talk, assistant):
    him = talk(channel="sms")
    answer = him.say("got libbed fae Barlinnie yesterday")
    assert answer.ids == ["after_release/heard_out", "after_release/first_days", "needs/ask_permission"]
    assert "You said you got out of HMP Barlinnie yesterday" in answer.text
    assert "Your tolerance is down" in answer.text
    assert all(len(reply["text"]) <= 306 for reply in answer.body["replies"])
    assert all(reply["quick_replies"] == [] for reply in answer.body["replies"])
    assert answer.body["audience"] == "self"
    assert assistant.front_door.asked("/release-plan")[0]["release_date"] == "2026-11-21"
    assert him.say("ok").ids == ["needs/ask_safe"]


def test_asking_for_a_person_in_the_very_first_message_says_where_they_stand(talk, assistant):
    answer = talk().say("can I talk to a person please")
    assert answer.ids == ["handoff/waiting_position", "privacy/consent_to_share"]
    assert "number 2" in answer.text
    assert assistant.front_door.asked("/requests")[0]["kind"] == "handoff"


def test_nobody_free_is_said_honestly(talk, assistant):
    assistant.front_door.officers_available = 0
    answer = talk().say("i want to speak to a real person")
    assert answer.ids[0] == "handoff/nobody_free"
    assert "116 123" in answer.text


def test_a_front_door_that_does_not_answer_still_leaves_people_with_numbers(talk, assistant):
    assistant.front_door.answers = False
    answer = talk().say("speak to a person")
    assert answer.ids == ["services/person_unreachable"]
    assert "08080 10 10 11" in answer.text
    assert talk().say(KILMARNOCK).ids[0] == "after_release/heard_coming"


def test_a_call_that_is_wished_for_is_asked_for(talk, assistant):
    assert talk().say("can someone phone me back").ids == ["handoff/callback_noted"]
    assert assistant.front_door.asked("/requests")[0]["kind"] == "callback"


def test_changing_the_subject_is_answered_and_the_question_asked_exactly_once_more(talk):
    her = talk()
    her.say(KILMARNOCK)
    her.say("yes")
    answer = her.say("what does an overdose look like?")
    assert answer.ids == ["overdose/signs", "overdose/signs_act", "needs/ask_safe"]
    assert her.say("no").ids == ["needs/ask_most"]


def test_why_is_answered_and_the_question_stays(talk):
    her = talk()
    her.say(KILMARNOCK)
    her.say("aye")
    assert her.say("why do you ask?").ids == ["needs/why_safe", "needs/ask_safe"]


def test_any_question_can_be_skipped(talk):
    her = talk()
    her.say(KILMARNOCK)
    her.say("aye go on")
    assert her.say("skip").ids == ["needs/ask_most"]
    assert her.say("skip").ids == ["needs/ask_naloxone"]
    assert her.say("don't want to say").ids == ["needs/ask_place"]
    assert her.say("pass").ids == ["needs/found", "handoff/offer_person"]


def test_no_to_being_asked_ends_the_questions_for_good(talk):
    her = talk()
    her.say(KILMARNOCK)
    answer = her.say("no thanks")
    assert (answer.ids, answer.open_question) == (["needs/stopped"], None)
    assert her.say("hello").ids == ["smalltalk/hello"]
    again = her.say("he gets out of Kilmarnock on Friday, did I say")
    assert again.ids == ["after_release/heard_coming", "after_release/first_days"]


def test_stop_asking_ends_them_halfway(talk):
    her = talk()
    her.say(KILMARNOCK)
    her.say("yes")
    assert her.say("stop asking me things").ids == ["needs/stopped"]


def test_asking_for_a_person_ends_the_questions(talk):
    her = talk()
    her.say(KILMARNOCK)
    her.say("yes")
    assert her.say("just get me a person").ids[0] == "handoff/waiting_position"
    assert her.say("thanks").ids == ["smalltalk/thanks"]


def test_no_question_swallows_words_it_did_not_understand(talk, assistant):
    her = talk()
    her.say(KILMARNOCK)
    her.say("yes")
    assert her.say("xqz blorp").ids == ["needs/not_caught", "needs/ask_safe"]
    assert her.say("zzgh frumple").ids == ["needs/ask_most"]
    assert "needs" not in assistant.front_door.facts


def test_what_is_known_already_is_not_asked_again(talk):
    her = talk(facts={"place": "fife", "naloxone_at_home": "yes"})
    her.say(KILMARNOCK)
    her.say("yes")
    her.say("no")
    answer = her.say("support for me")
    assert answer.ids == ["needs/found", "strain/ask_permission"]
    assert "Fife" in answer.text


def test_a_question_that_the_service_closed_no_longer_takes_the_next_words(talk):
    her = talk()
    her.say(KILMARNOCK)
    her.say("yes")
    her.open_question = None
    assert her.say("hello").ids == ["smalltalk/hello"]


def test_an_overdose_that_reaches_the_assistant_gets_999_first_and_a_person(talk, assistant):
    answer = talk().say("he's not breathing and i can't wake him")
    assert answer.ids[0] == "overdose/now"
    assert answer.text.startswith("CALL 999 NOW")
    assert assistant.front_door.asked("/requests")[0]["reason"] == "overdose_now"


def test_words_it_does_not_know_get_two_plain_choices_and_a_person(talk):
    vague = [
        "the blue bit of it next",
        "he said the other lot would",
        "that one over by there",
        "same as the last time",
        "need it sorted before then",
        "who do i see for that other stuff",
    ]
    offers = [answer for text in vague if (answer := talk().say(text)).ids == ["smalltalk/did_you_mean"]]
    assert offers
    for answer in offers:
        *choices, person = answer.body["replies"][0]["quick_replies"]
        assert len(choices) == 2
        assert all(choice in answer.text for choice in choices)
        assert person == topic_names()["talk_to_human"]


def test_every_choice_that_may_be_offered_is_understood_when_it_is_tapped(talk):
    misread = {
        name: answer.intent for intent, name in topic_names().items() if (answer := talk().say(name)).intent != intent
    }
    assert misread == {}


def test_a_yes_to_nothing_is_met_kindly(talk):
    assert talk().say("yes").ids == ["smalltalk/go_on"]


def test_a_drug_it_has_checked_words_for_is_explained_and_others_are_not_guessed(talk):
    assert talk().say("what are nitazenes").ids == ["drugs/about_nitazene"]
    assert talk().say("what is monkey dust made of").ids[0].startswith("drugs/")


def _first_examples():
    for file in sorted((data_folder() / "nlu").glob("*.yml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            yield entry["intent"], entry["examples"].splitlines()[0].removeprefix("- ")


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_every_intent_has_an_answer_on_both_channels(talk, channel):
    for intent, example in _first_examples():
        answer = talk(channel=channel).say(example)
        assert answer.body["replies"], intent
        assert answer.intent == intent
        assert all(reply["text"].strip() for reply in answer.body["replies"])
        assert sum(reply["text"].count("?") for reply in answer.body["replies"]) <= 1, intent


@pytest.mark.parametrize("text", ["who is this", "who is this texting me", "wrong number", "is this a bot"])
def test_whoever_holds_the_phone_is_told_who_we_are_and_not_what_it_was_about(talk, text):
    said = talk(channel="sms").say(text)
    assert "This is Gateside" in said.text
    for word in ("drug", "alcohol", "prison", "overdose", "naloxone", "family"):
        assert word not in said.text.lower()


def test_words_about_somebody_else_are_not_taken_for_the_release_spoken_of_before(talk):
    sister = talk()
    sister.say("my brother got out of Shotts this morning and I can't get hold of him")
    assert "got out" not in sister.say("what about my mum, she's not coping").text


def test_a_place_alone_is_answered_with_what_is_near_it(talk):
    assert "Renfrewshire" in talk().say("Paisley").text
