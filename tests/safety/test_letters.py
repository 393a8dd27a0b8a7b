"""Danger is heard in letters of any font, and in letters with a gap after each."""

from __future__ import annotations

import pytest

from safety.answers import SAFETY_DATA, read_settings
from safety.letters import Letters
from safety.levels import Level
from safety.reading import SafetyReader

CYRILLIC = "h\u0435's n\u043et br\u0435\u0430thing"
SMALL_CAPITALS = "\u029c\u1d07's \u0274\u1d0f\u1d1b \u0299\u0280\u1d07\u1d00\u1d1b\u029c\u026a\u0274\u0262"
BLACK_SQUARES = "\U0001f177\U0001f174's \U0001f17d\U0001f17e\U0001f183 breathing"


@pytest.fixture(scope="module")
def letters() -> Letters:
    return Letters(read_settings(SAFETY_DATA / "normal.yml")["look_alikes"])


@pytest.mark.parametrize("text", [CYRILLIC, SMALL_CAPITALS, BLACK_SQUARES, CYRILLIC.upper()])
def test_letters_that_only_look_like_ours_are_read_as_ours(reader: SafetyReader, text: str) -> None:
    reading = reader.read(text)
    assert reading.level is Level.EMERGENCY
    assert text[reading.spans[0].start : reading.spans[0].end].lower().endswith(text[-4:].lower())


@pytest.mark.parametrize(
    "text",
    [
        "h e  i s  n o t  b r e a t h i n g",
        "h e i s n o t b r e a t h i n g",
        "please. h.e.  i.s.  n.o.t.  b.r.e.a.t.h.i.n.g",
        "s-h-e i-s  b-l-u-e",
    ],
)
def test_letters_with_a_gap_after_each_are_read_as_words_and_keep_their_place(reader: SafetyReader, text: str) -> None:
    reading = reader.read(text)
    assert reading.level is Level.EMERGENCY
    assert all(0 <= span.start < span.end <= len(text) for span in reading.spans)
    assert reading.spans[-1].end == len(text)


@pytest.mark.parametrize("text", ["r u o k", "A & E", "a.a. and n.a. meetings", "on 1 2 3 4 5 6 July", "plan a b c d"])
def test_a_few_letters_by_themselves_stay_apart(letters: Letters, text: str) -> None:
    assert letters.folded(text) == (text.lower(), list(range(len(text))))


@pytest.mark.parametrize("text", ["he's o d'd", "he's o.d'd", "hes O D'ing"])
def test_od_is_heard_with_a_gap_in_it(reader: SafetyReader, text: str) -> None:
    assert reader.read(text).level is Level.EMERGENCY


@pytest.mark.parametrize("letters_in_a_row", ["abcdefgh", "aabbccdd", "a b c d "])
def test_danger_is_heard_beside_a_word_of_twenty_thousand_letters(reader: SafetyReader, letters_in_a_row: str) -> None:
    assert reader.read(letters_in_a_row * 2500 + ", he is not breathing").level is Level.EMERGENCY
