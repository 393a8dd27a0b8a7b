"""Answers to the safety questions: understood in Scots and text-speak, never wrongly reassuring."""

from __future__ import annotations

import pytest

from safety.answers import Answer, read_answer

YES, NO, UNSURE, OTHER = Answer.YES, Answer.NO, Answer.UNSURE, Answer.OTHER


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        *((text, YES) for text in ("aye", "yes", "yip", "YEAH", "y", "he is", "aye he is", "yes please", "well, aye")),
        *((text, NO) for text in ("naw", "no", "nope", "nah", "he isnt", "he's no", "naw hes not", "no thanks")),
        *((text, UNSURE) for text in ("dunno", "dinnae ken", "no idea", "not sure", "I don't know", "maybe")),
        *((text, OTHER) for text in ("", "what do you mean", "my son is in Barlinnie", "😀", "there's no bus")),
    ],
)
def test_a_plain_answer_is_understood(text: str, answer: Answer) -> None:
    assert read_answer(text) is answer


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("breathing", "no breathin", NO),
        ("breathing", "he's breathing", YES),
        ("breathing", "aye breathing fine", YES),
        ("breathing", "he isn't breathing", NO),
        ("breathing", "yes but barely", UNSURE),
        ("breathing", "a wee bit", OTHER),
        ("breathing", "aye but it's slow", UNSURE),
        ("breathing", "just gurgling", NO),
        ("breathing", "i think so", UNSURE),
        ("breathing", "he's fine", OTHER),
        ("breathing", "no she's ok, it was last year", OTHER),
        ("breathing", "no he's not ok", NO),
        ("breathing", "she's fine i think but no she isnt breathing", NO),
        ("breathing", "no he's no fine, he's blue", NO),
        ("breathing", "no. it was 5 mins ago he stopped", NO),
        ("breathing", "no he's not sitting up", NO),
        ("awake", "aye he's talking to me", YES),
        ("awake", "out cold", NO),
        ("awake", "he's asleep", NO),
        ("awake", "in and out", NO),
        ("danger_now", "naw everybody's fine", NO),
        ("danger_now", "no he's just sleeping", NO),
        ("danger_now", "aye", YES),
        ("danger_now", "no I don't think so", UNSURE),
        ("danger_now", "no but he might be later", UNSURE),
        ("danger_now", "might be", UNSURE),
        ("naloxone", "got a kit", YES),
        ("naloxone", "dont have any", NO),
        ("naloxone", "what's that", NO),
        ("better", "still the same", NO),
        ("better", "he came round", YES),
        ("better", "naw he's worse", NO),
        ("safe_now", "aye I'm at my mum's", YES),
        ("safe_now", "no he's still here", NO),
        ("offer_person", "yes I'd like that", YES),
        ("offer_person", "ok", YES),
        ("offer_person", "not just now", NO),
    ],
)
def test_an_answer_is_read_with_its_question(question: str, text: str, answer: Answer) -> None:
    assert read_answer(text, question) is answer


@pytest.mark.parametrize(
    "text",
    [
        "maybe",
        "kind of",
        "dunno",
        "he was",
        "hope so",
        "think he is",
        "barely",
        "what",
        "",
        "?",
        "his chest isnt moving",
    ],
)
@pytest.mark.parametrize("question", ["breathing", "awake", "better"])
def test_no_doubtful_words_are_taken_for_all_is_well(question: str, text: str) -> None:
    assert read_answer(text, question) is not YES
