"""What people say back to a check-in."""

import pytest

from reference.throughcare_answers import Said, agrees, said_back


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A", Said.GOOD), ("a.", Said.GOOD), ("aye", Said.GOOD), ("no bad", Said.GOOD), ("nae bad ta", Said.GOOD),
        ("all good here thanks", Said.GOOD), ("Not too bad actually", Said.GOOD), ("👍", Said.GOOD),
        ("seen my worker on tuesday", Said.GOOD), ("haven't used since", Said.GOOD), ("he's hame safe", Said.GOOD),
        ("B", Said.BAD), ("naw", Said.BAD), ("not good", Said.BAD), ("no great tbh", Said.BAD),
        ("kicked oot ma maw's", Said.BAD), ("I'm fine but skint and on my own", Said.BAD), ("not yet", Said.BAD),
        ("he hasn’t come home", Said.BAD), ("good but he's using again", Said.BAD),
        ("up and down", Said.UNSURE), ("dinnae ken", Said.UNSURE),
        ("he died on sunday", Said.GRIEF), ("she passed away", Said.GRIEF), ("he's deid", Said.GRIEF),
        ("back inside", Said.RECALLED), ("he got lifted again last night", Said.RECALLED),
        ("release was cancelled", Said.RECALLED),
        ("wrong number pal", Said.WRONG_NUMBER), ("im not him", Said.WRONG_NUMBER),
        ("who is this?", Said.WHO), ("How did you get my number", Said.WHO),
        ("stop asking me", Said.ENOUGH), ("nae mair texts", Said.ENOUGH),
        ("the bus was late", None), ("", None), ("what about my housing benefit", None),
    ],
)  # fmt: skip
def test_what_is_said_back_is_read_and_what_is_grave_wins(text: str, said: Said) -> None:
    assert said_back(text) is said


@pytest.mark.parametrize("text", ["OK", "ok.", "Aye please"])
def test_a_whole_yes_is_an_agreement(text: str) -> None:
    assert agrees(text)


@pytest.mark.parametrize("text", ["ok who is this", "no", "how did you get my number", "STOP", ""])
def test_nothing_else_is_an_agreement(text: str) -> None:
    assert not agrees(text)
