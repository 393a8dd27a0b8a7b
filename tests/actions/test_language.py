"""Short answers and needs, in the words people use."""

from __future__ import annotations

import pytest

from actions.language import drug_families, need_label, needs_in, plain, short_answer
from reference.services import NEEDS
from voice import Library


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("Aye", "yes"), ("yes, we do", "yes"), ("OK.", "yes"), ("go on", "yes"), ("NAW", "no"), ("no we don't", "no"),
        ("no thanks", "no"), ("dinnae ken", "unsure"), ("idk", "unsure"), ("I’d rather not say", "skip"),
        ("PASS", "skip"),
        ("Why?", "why"), ("why do you need that", "why"), ("how come", "why"), ("stop asking", "leave"),
        ("no more questions please", "leave"),
    ],
)  # fmt: skip
def test_short_answers_are_read_in_scots_and_english(said, meaning):
    assert short_answer(said) == meaning


@pytest.mark.parametrize("said", ["no idea where he is now", "nothing", "whyte street", "passport", "yesterday", ""])
def test_words_that_only_begin_alike_are_no_answer(said):
    assert short_answer(said) is None


@pytest.mark.parametrize(
    ("said", "needs"),
    [
        ("he needs a hostel", ["housing"]), ("Support for me", ["family_support"]), ("narcan", ["naloxone"]),
        ("money and somewhere to live", ["housing", "money"]), ("the weans", ["children"]), ("houseplants", []),
    ],
)  # fmt: skip
def test_needs_are_found_as_whole_words(said, needs):
    assert needs_in(said) == needs


def test_every_need_of_the_directory_can_be_said_and_understood():
    for code in NEEDS:
        assert code in needs_in(need_label(code))


def test_every_choice_shown_for_the_need_is_understood():
    for choice in Library.load().blocks["needs/ask_most"].quick_replies:
        assert needs_in(choice) or short_answer(choice) == "skip", choice


def test_every_family_of_drugs_has_its_words():
    library = Library.load()
    assert all(f"drugs/about_{family}" in library for family in drug_families().values())


def test_punctuation_and_curly_quotes_do_not_count():
    assert plain("  Don’t,  KNOW!! ") == "don't know"
