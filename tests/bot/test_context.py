"""What leans on what was said before, and what may be said back."""

from __future__ import annotations

import bot.lean_rasa  # noqa: F401 - must come before anything of Rasa

# isort: split

import pytest
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.follow_ups import RELEASED, in_context
from bot.nlg import what_texts_may_name
from bot.what_is_known import SILENCE_SECONDS, facts_to_speak_of
from reference.clock import SystemClock
from voice import CHANNELS, Voice

NOW = 1_800_000_000.0
FACTS = {"relation": "son", "place": "fife", "release_date": "2026-11-27", "naloxone_at_home": "no"}


def tracker(*intents, at=NOW, release=False):
    events = []
    for intent in intents:
        events.append(UserUttered("words", {"name": intent}, timestamp=at))
        if release:
            events.append(ActionExecuted("action_hear_release"))
        events.append(BotUttered("words"))
    return DialogueStateTracker.from_events("c", events)


def parse(text, intent="out_of_scope", **entities):
    found = [{"entity": name, "value": value, "start": 0, "end": 1} for name, value in entities.items()]
    return {"text": text, "intent": {"name": intent, "confidence": 0.4}, "intent_ranking": [], "entities": found}


@pytest.mark.parametrize(
    ("said", "after", "means"),
    [
        (parse("how do I use it?"), "ask_naloxone", "ask_naloxone_use"),
        (parse("how dae ye use it"), "ask_naloxone_get", "ask_naloxone_use"),
        (parse("where do I get one"), "ask_naloxone_use", "ask_naloxone_get"),
        (parse("what about methadone?", substance="methadone"), "ask_mixing", "ask_mixing"),
        (parse("what about methadone?", substance="methadone"), "ask_naloxone_use", "ask_naloxone"),
        (parse("what about methadone?", substance="methadone"), "ask_release_support", "ask_prescription_on_release"),
        (parse("what about spice", substance="synthetic_cannabinoid"), "ask_housing", "ask_drug_info"),
        (parse("and in Fife?", place="fife"), "ask_housing", "ask_housing"),
        (parse("and in Fife?", place="fife"), "ask_mixing", "find_service"),
        (parse("and for me?"), "ask_treatment", "ask_family_support"),
        (parse("go back"), "ask_treatment", "unsure"),
        (parse("dont tell them what I said"), "talk_to_human", "ask_confidentiality"),
        # Leans on nothing, or says more than a follow-up does.
        (parse("how do I use it?"), "greet", "out_of_scope"),
        (parse("what about methadone when she is pregnant and has no script", substance="methadone"), "ask_mixing",
         "out_of_scope"),
        (parse("what about my methadone script", substance="methadone"), "ask_housing", "out_of_scope"),
        (parse("what about my methadone script", substance="methadone"), "ask_mixing", "out_of_scope"),
        (parse("I live in Fife and he took methadone", place="fife"), "ask_mixing", "out_of_scope"),
    ],
)  # fmt: skip
def test_a_short_question_is_read_with_what_was_talked_of(said, after, means):
    assert in_context(said, tracker(after, "thank"), None)["intent"]["name"] == means


def test_how_long_straight_after_a_person_was_asked_for_is_about_the_wait():
    assert in_context(parse("how long?"), tracker("talk_to_human"), None)["intent"]["name"] == "talk_to_human"
    assert in_context(parse("how long?"), tracker("talk_to_human", "thank"), None)["intent"]["name"] == "out_of_scope"


def test_a_release_that_was_heard_is_a_topic_whatever_the_sentence_was_taken_for():
    said = parse("what about methadone?", substance="methadone")
    heard = tracker("express_distress", release=True)
    assert in_context(said, heard, "family")["intent"]["name"] == "ask_prescription_on_release"
    assert RELEASED


def test_somebody_who_asks_for_themselves_is_not_sent_to_family_support():
    assert in_context(parse("what about me"), tracker("ask_treatment"), "self")["intent"]["name"] == "out_of_scope"


def test_what_the_message_names_wins_over_what_was_known():
    said = parse("my mum", person="mum")
    assert facts_to_speak_of(FACTS, said, tracker(), channel="web", now=NOW)["relation"] == "mum"


def test_after_hours_of_silence_a_text_repeats_nothing_until_the_person_shows_that_it_is_them():
    before = tracker("ask_naloxone", at=NOW - SILENCE_SECONDS - 1)
    assert facts_to_speak_of(FACTS, parse("hello"), before, channel="sms", now=NOW) == {"naloxone_at_home": "no"}
    theirs = parse("it's about my son", person="son")
    assert facts_to_speak_of(FACTS, theirs, before, channel="sms", now=NOW) == FACTS
    assert facts_to_speak_of(FACTS, parse("hello"), before, channel="web", now=NOW) == FACTS
    lately = tracker("ask_naloxone", at=NOW - 60)
    assert facts_to_speak_of(FACTS, parse("hello"), lately, channel="sms", now=NOW) == FACTS


def test_every_text_can_be_said_when_nothing_is_known_and_when_everything_is():
    voice = Voice.load()
    known = what_texts_may_name({**FACTS, "prison": "castle huntly"}, SystemClock())
    nothing = what_texts_may_name({}, SystemClock())
    assert set(nothing.values()) == {None}
    spoken_of = set(nothing)
    for block in voice.library:
        own = {name: value for name, value in block.values.items() if name not in spoken_of}
        if block.interface or not spoken_of & set(block.values) or block.topic in ("release_plan",):
            continue
        for channel in CHANNELS:
            for audience in (None, "family", "self", "worker"):
                for values in (known, nothing):
                    if block.id.startswith("after_release/heard") and values is nothing:
                        continue
                    said = voice.text(block, channel=channel, audience=audience, values={**own, **values})
                    assert "None" not in said
                    assert len(said) <= 306 or channel == "web"
