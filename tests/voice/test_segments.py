"""A text message costs what a carrier counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.segments import measure, outside_gsm7, plainly


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", "gsm7", 0, 0),
        ("a", "gsm7", 1, 1),
        ("a" * 160, "gsm7", 160, 1),
        ("a" * 161, "gsm7", 161, 2),
        ("a" * 306, "gsm7", 306, 2),
        ("a" * 307, "gsm7", 307, 3),
        ("a" * 459, "gsm7", 459, 3),
        ("a" * 460, "gsm7", 460, 4),
        ("a" * 158 + "€", "gsm7", 160, 1),
        ("a" * 159 + "€", "gsm7", 161, 2),
        # The euro does not fit the last place of the first part, and moves whole.
        ("a" * 152 + "€" + "a" * 151, "gsm7", 305, 2),
        ("a" * 152 + "€" + "a" * 152, "gsm7", 306, 3),
        ("£" * 160, "gsm7", 160, 1),
        ("€" * 80, "gsm7", 160, 1),
        ("€" * 81, "gsm7", 162, 2),
        # 153 is odd: the 77th euro would be split, so it moves to the next part.
        ("€" * 152, "gsm7", 304, 2),
        ("€" * 153, "gsm7", 306, 3),
        ("’", "ucs2", 1, 1),
        ("ж" * 70, "ucs2", 70, 1),
        ("ж" * 71, "ucs2", 71, 2),
        ("ж" * 134, "ucs2", 134, 2),
        ("ж" * 135, "ucs2", 135, 3),
        ("a" * 159 + "’", "ucs2", 160, 3),
        ("🙂" * 35, "ucs2", 70, 1),
        ("🙂" * 35 + "a", "ucs2", 71, 2),
        # 67 is odd: an emoji's two code units stay together.
        ("🙂" * 66, "ucs2", 132, 2),
        ("🙂" * 67, "ucs2", 134, 3),
    ],
)
def test_a_text_is_measured_as_the_carrier_counts_it(text: str, encoding: str, units: int, segments: int) -> None:
    length = measure(text)
    assert (length.encoding, length.units, length.segments) == (encoding, units, segments)


@pytest.mark.parametrize("character", "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà\n")
def test_a_character_of_the_basic_table_counts_one(character: str) -> None:
    assert measure(character).encoding == "gsm7"
    assert measure(character).units == 1


@pytest.mark.parametrize("character", "^{}\\[~]|€")
def test_a_character_of_the_extension_table_counts_two(character: str) -> None:
    assert measure(character).encoding == "gsm7"
    assert measure(character).units == 2


def test_characters_that_make_a_text_dear_are_named_once_and_in_order() -> None:
    assert outside_gsm7("“a” – b’s – 🙂 `") == ("“", "”", "–", "’", "🙂", "`")


def test_curly_quotes_and_dashes_are_written_plainly_and_words_are_left_alone() -> None:
    assert plainly("“can’t” – wait… Siân ж") == '"can\'t" - wait... Siân ж'
    assert outside_gsm7(plainly("“can’t” – wait…")) == ()


@given(st.text(max_size=700))
def test_no_text_is_counted_shorter_than_its_parts_can_hold(text: str) -> None:
    length = measure(text)
    alone, part = (160, 153) if length.encoding == "gsm7" else (70, 67)
    assert (length.segments <= 1) == (length.units <= alone)
    assert length.segments == 1 or length.units <= length.segments * part
    # At most one unit is lost at the end of each part, when a character of two does not fit.
    assert length.segments <= 1 or length.units > (length.segments - 1) * (part - 1)


@given(st.text(max_size=100))
def test_writing_plainly_never_makes_a_text_dearer(text: str) -> None:
    assert len(outside_gsm7(plainly(text))) <= len(outside_gsm7(text))
    assert plainly(plainly(text)) == plainly(text)
