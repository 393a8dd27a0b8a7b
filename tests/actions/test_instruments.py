"""The three sets of questions: every boundary of AUDIT-C, and what words are read as."""

from __future__ import annotations

import itertools

import pytest

from actions.instruments import DRINKING, STRAIN, USING, instrument
from actions.language import short_answer
from voice import Library

AUDIT_C = instrument(DRINKING)
OFTEN, UNITS, HEAVY = AUDIT_C.items


def answers(often, units, heavy):
    return {
        "drinking_often": OFTEN.answers[often].code if often is not None else None,
        "drinking_units": UNITS.answers[units].code if units is not None else None,
        "drinking_heavy": HEAVY.answers[heavy].code if heavy is not None else None,
    }


def test_every_answer_counts_nought_to_four_in_its_order():
    for item in AUDIT_C.items:
        assert [answer.score for answer in item.answers] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("given", list(itertools.product(range(1, 5), range(5), range(5))))
def test_the_score_is_the_sum_and_five_is_the_mark(given):
    score = AUDIT_C.score(answers(*given))
    assert score == sum(given)
    assert AUDIT_C.is_positive(score) == (sum(given) >= 5)


@pytest.mark.parametrize(("score", "positive"), [(0, False), (4, False), (5, True), (12, True)])
def test_both_sides_of_the_mark(score, positive):
    assert AUDIT_C.is_positive(score) is positive


def test_somebody_who_never_drinks_scores_nought_and_is_asked_nothing_more():
    assert AUDIT_C.score(answers(0, None, None)) == 0
    assert OFTEN.ends_with == ("never",)


@pytest.mark.parametrize("given", [(1, None, 0), (1, 2, None), (None, 4, 4), (4, None, None)])
def test_half_done_is_never_scored(given):
    assert AUDIT_C.score(answers(*given)) is None
    assert AUDIT_C.score({**answers(1, 1, 1), "drinking_units": "skipped"}) is None


@pytest.mark.parametrize(
    ("item", "said", "code"),
    [
        (OFTEN, "A", "never"), (OFTEN, "e", "4_or_more_a_week"), (OFTEN, "every day", "4_or_more_a_week"),
        (OFTEN, "2-4 times a month", "2_to_4_a_month"), (OFTEN, "4+ times a week", "4_or_more_a_week"),
        (OFTEN, "about twice a week", "2_to_3_a_week"), (OFTEN, "f", None), (OFTEN, "no", None),
        (OFTEN, "I don't drink every day", None), (OFTEN, "I never said that", None),
        (UNITS, "2", "1_to_2"), (UNITS, "3", "3_to_4"), (UNITS, "4 units", "3_to_4"), (UNITS, "5", "5_to_6"),
        (UNITS, "6", "5_to_6"), (UNITS, "7", "7_to_9"), (UNITS, "9", "7_to_9"), (UNITS, "10", "10_or_more"),
        (UNITS, "about 12", "10_or_more"), (UNITS, "10+", "10_or_more"), (UNITS, "6 pints", None),
        (UNITS, "3 or 12", None), (UNITS, "d", "7_to_9"),
        (HEAVY, "Daily or almost daily", "daily"), (HEAVY, "Less than monthly", "less_than_monthly"),
        (HEAVY, "monthly", "monthly"),
    ],
)  # fmt: skip
def test_an_answer_is_read_only_where_it_is_one(item, said, code):
    assert item.read(said) == code


@pytest.mark.parametrize("name", [DRINKING, USING, STRAIN])
def test_every_button_of_a_question_is_read_as_one_of_its_answers(name):
    for item in instrument(name).items:
        topic, slot = item.slot.split("_", 1)
        replies = Library.load().blocks[f"{topic}/ask_{slot}"].quick_replies
        if not item.substances:
            read = [item.read(reply) for reply in replies if short_answer(reply) != "skip"]
            assert read == [answer.code for answer in item.answers]


def strain(*given):
    return dict(zip((item.slot for item in instrument(STRAIN).items), given, strict=True))


@pytest.mark.parametrize(
    ("given", "heavy"),
    [
        (["not_at_all"] * 5, False), (["a_bit"] * 5, False), (["a_lot", "a_bit", "a_bit", "a_bit", "a_bit"], False),
        (["a_lot", "a_lot", "a_bit", "not_at_all", "a_bit"], True), (["a_lot"] * 5, True),
        (["a_lot", "a_lot", "skipped", "a_lot", "a_lot"], None),
    ],
)  # fmt: skip
def test_two_answers_a_lot_weigh_heavily_and_a_skipped_one_is_not_counted(given, heavy):
    assert instrument(STRAIN).weighs_heavily(strain(*given)) is heavy


@pytest.mark.parametrize(
    ("said", "code"), [("it affects my sleep a lot", "a_lot"), ("not a lot", None), ("B", "a_bit"), ("no idea", None)]
)
def test_how_much_is_read_in_a_sentence_but_not_where_it_is_denied(said, code):
    assert instrument(STRAIN).items[0].read(said) == code
