"""What a reading promises, whatever the message."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.levels import Kind, Level
from safety.reading import SafetyReader

READER = SafetyReader.load()


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "\x00\x01\x1b[31m",
        "😵🚑" * 200,
        "a\ud800b \udfff",
        "x" * 10_000,
        "’‘“”…—",
        "\u200b" * 50,
        "I" * 9_999 + "?",
    ],
)
def test_any_string_is_read_without_an_error(text: str) -> None:
    reading = READER.read(text)
    assert reading.level is Level.NONE


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.sampled_from([None, "danger_now", "breathing", "safe_now", "unknown"]))
def test_spans_always_point_into_the_text(text: str, question: str | None) -> None:
    reading = READER.read(text, question=question)
    assert all(0 <= span.start < span.end <= len(text) for span in reading.spans)
    assert not (reading.check and reading.level is Level.EMERGENCY)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["thanks. ", "hello, it's me. ", "I was at the shops. ", "🙏 "]), st.booleans())
def test_danger_is_found_wherever_it_stands(other: str, first: bool) -> None:
    danger = "he is not breathing"
    text = f"{danger}. {other}" if first else f"{other}{danger}"
    reading = READER.read(text)
    assert reading.level is Level.EMERGENCY
    assert any(text[span.start : span.end] == "not breathing" for span in reading.spans)


def test_spans_are_the_words_as_they_were_written() -> None:
    text = "pls 🙏 help — he’s nó bréathin!!"
    (span,) = [span for span in READER.read(text).spans if "bré" in text[span.start : span.end]]
    assert text[span.start : span.end] == "nó bréathin"


def test_a_long_ramble_is_read_in_time_and_its_danger_found() -> None:
    text = "we were at the shops and he was fine and then we had our tea and " * 150 + "now he is not breathing"
    assert READER.read(text).level is Level.EMERGENCY


@pytest.mark.parametrize(
    ("question", "answer", "level"),
    [
        ("breathing", "no", Level.EMERGENCY),
        ("breathing", "naw", Level.EMERGENCY),
        ("breathing", "dinnae ken", Level.EMERGENCY),
        ("breathing", "aye", Level.NONE),
        ("awake", "nope", Level.EMERGENCY),
        ("danger_now", "aye", Level.EMERGENCY),
        ("danger_now", "yes he is", Level.EMERGENCY),
        ("danger_now", "not sure", Level.EMERGENCY),
        ("danger_now", "no", Level.NONE),
        ("danger_now", "he's fine, sleeping normal", Level.NONE),
        ("better", "naw still the same", Level.EMERGENCY),
        ("safe_now", "no", Level.EMERGENCY),
        ("naloxone", "no", Level.NONE),
        ("offer_person", "no", Level.NONE),
    ],
)
def test_an_answer_is_read_with_its_question(question: str, answer: str, level: Level) -> None:
    reading = READER.read(answer, question=question)
    assert reading.level is level
    assert not reading.check


def test_an_answer_that_speaks_of_danger_is_danger_whatever_was_asked() -> None:
    reading = READER.read("no but he's gone blue", question="offer_person")
    assert (reading.level, reading.kinds) == (Level.EMERGENCY, (Kind.OVERDOSE,))


def test_present_danger_wins_over_everything_else_in_a_message() -> None:
    for text in (
        "my brother od'd last year and now my son isn't breathing",
        "what does an overdose look like? his lips are blue",
        "how do I use naloxone he's not waking up",
        "I did the naloxone training but I can't wake him",
        "thanks for the info about rehab. she's taken all her pills",
    ):
        assert READER.read(text).level is Level.EMERGENCY, text


def test_levels_are_ordered() -> None:
    assert Level.NONE < Level.URGENT < Level.EMERGENCY
    assert max([Level.URGENT, Level.EMERGENCY, Level.NONE]) is Level.EMERGENCY
    assert [level.value for level in sorted(Level)] == ["none", "urgent", "emergency"]


def test_the_same_message_has_the_same_reading_in_another_reader() -> None:
    text = "he's taken something and I cannae wake him, the weans are here"
    assert READER.read(text) == SafetyReader.load().read(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("he hasa hammer", "he has a hammer"),
        ("lying onthe floor and icant wake her", "lying on the floor and i can not wake her"),
        ("holding aknife", "holding a knife"),
        ("theresa guy with amachete", "theresa guy with a knife"),
        ("i'mat the edge", "i am at the edge"),
        ("shes withus", "she is with us"),
    ],
)
def test_a_little_word_run_into_its_neighbour_is_taken_apart(typed: str, meant: str) -> None:
    assert " ".join(word.plain for word in READER.words(typed)) == meant


@pytest.mark.parametrize("text", ["Hi, PC 4411 on scene, female unconscious", "on scene with an unconscious female"])
def test_an_officer_on_the_scene_is_no_scene_of_a_film(reader: SafetyReader, text: str) -> None:
    assert reader.read(text).level is Level.EMERGENCY
