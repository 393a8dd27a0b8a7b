"""The rules of throughcare: a test for each paragraph of the 2005 model, and for each rule of what exists now.

2005: "Throughcare for Prisoners with Drug Problems: Outline of Proposed Model", Scottish Executive Justice Department,
14 February 2005. Now: the pages that `data/throughcare` names.
"""

from datetime import date, timedelta

import pytest

from reference.services import ServiceDirectory
from reference.throughcare import Eligibility, Schedule, Verdict

ELIGIBILITY = Eligibility.load()
SCHEDULE = Schedule.load()
RELEASE = date(2026, 11, 23)  # a Monday
FOUR_YEARS = 1461
HISTORY = {"drug_problem": True, "established_pattern": True, "offending_linked": True}


def judged(**facts: bool | int | str) -> Verdict:
    return ELIGIBILITY.judge(facts)


def now(**facts: bool | int | str) -> Verdict:
    return ELIGIBILITY.judge(facts, model="now")


def reasons(verdict: Verdict) -> list[str]:
    return [ground.id for ground in verdict.raised_by]


# Paragraph 1: short-term prisoners with addiction problems


@pytest.mark.parametrize(("sentence_days", "group"), [(FOUR_YEARS - 1, "priority"), (FOUR_YEARS, "outside")])
def test_paragraph_1_it_is_for_short_sentences(sentence_days: int, group: str) -> None:
    verdict = judged(sentence_days=sentence_days, age=35, sex="male", **HISTORY)

    assert verdict.group == group
    assert verdict.because is not None
    assert group == "priority" or verdict.because.cites == "1"


def test_paragraph_1_only_alcohol_is_not_covered_by_its_words() -> None:
    verdict = judged(sentence_days=180, age=35, sex="male", drug_problem=False)

    assert (verdict.group, verdict.because and verdict.because.id) == ("outside", "no_drug_problem")


def test_paragraph_1_remand_is_not_mentioned() -> None:
    assert judged(remand=True, **HISTORY).group == "outside"


def test_paragraph_2_was_not_in_the_copy_that_was_read_and_nothing_is_built_on_it() -> None:
    assert ELIGIBILITY.paragraphs["2"] == {"says": "Not in the copy that was read"}
    assert not [ground for ground in ELIGIBILITY.grounds("2005") if "2" in ground.cites.split(", ")]


def test_paragraph_3_the_plan_is_agreed_before_release() -> None:
    rule = SCHEDULE.rules["plan_before_release"]

    assert (rule.cites, rule.from_day, rule.to_day) == ("3", -42, 0)
    assert ELIGIBILITY.paragraphs["3"]["rules"] == [rule.id]


# Paragraph 4: the features that support is aimed at


@pytest.mark.parametrize("feature", HISTORY)
def test_paragraph_4_each_of_the_three_core_features_is_needed(feature: str) -> None:
    assert judged(sentence_days=180, age=35, sex="male", **HISTORY).group == "priority"
    assert judged(sentence_days=180, age=35, sex="male", **{**HISTORY, feature: False}).group != "priority"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"age": 35, "sex": "male", "shows_will": True}, "shows_will"),
        ({"age": 20, "sex": "male"}, "vulnerable"),
        ({"age": 35, "sex": "female"}, "vulnerable"),
    ],
)
def test_paragraph_4_will_and_vulnerability_raise_somebody_within_the_group(
    facts: dict[str, bool | int | str], reason: str
) -> None:
    verdict = judged(sentence_days=180, **HISTORY, **facts)

    assert verdict.group == "priority"
    assert reason in reasons(verdict)


def test_paragraph_4_a_man_of_21_is_no_young_offender() -> None:
    assert "vulnerable" not in reasons(judged(sentence_days=180, age=21, sex="male", **HISTORY))


# Paragraph 5: who asks, and sentences under 31 days


def test_paragraph_5_asking_counts() -> None:
    assert "asks" in reasons(judged(sentence_days=180, age=35, sex="male", asks=True, **HISTORY))


@pytest.mark.parametrize(("sentence_days", "group"), [(30, "voluntary"), (31, "priority")])
def test_paragraph_5_less_than_31_days_is_no_priority_group(sentence_days: int, group: str) -> None:
    assert judged(sentence_days=sentence_days, age=30, sex="male", **HISTORY).group == group


@pytest.mark.parametrize("facts", [{"age": 30, "sex": "female"}, {"age": 19, "sex": "male"}, {"age": 19}])
def test_paragraph_5_young_people_and_women_are_the_exception(facts: dict[str, int | str]) -> None:
    verdict = judged(sentence_days=21, drug_problem=True, **facts)

    assert (verdict.group, verdict.because and verdict.because.cites) == ("possible", "5")


def test_paragraph_5_it_works_best_where_treatment_began_inside() -> None:
    assert "time_to_begin" in reasons(judged(sentence_days=180, shows_will=True, age=30, sex="male", **HISTORY))
    assert "time_to_begin" not in reasons(judged(sentence_days=30, shows_will=True, age=30, sex="male", **HISTORY))


def test_paragraphs_5_and_6_whoever_is_in_no_priority_group_can_ask_after_release() -> None:
    verdict = judged(sentence_days=180, age=35, sex="male", drug_problem=True, established_pattern=False)

    assert (verdict.group, verdict.because and verdict.because.cites) == ("voluntary", "5, 6")


def test_paragraph_6_high_risk_comes_first_for_voluntary_assistance() -> None:
    assert reasons(judged(sentence_days=20, age=35, sex="male", high_risk=True, **HISTORY)) == ["high_risk_voluntary"]


def test_paragraph_7_after_six_weeks_it_goes_on_less_often_and_housing_comes_first() -> None:
    rule = SCHEDULE.rules["lighter_after_six_weeks"]

    assert (rule.cites, rule.from_day, rule.to_day) == ("7", 43, None)
    assert ELIGIBILITY.paragraphs["7"]["first_help"] == "housing"


def test_paragraph_8_priority_access_and_sharing_hold_the_whole_time() -> None:
    for name in ("priority_access", "partners_share"):
        rule = SCHEDULE.rules[name]
        assert (rule.cites, rule.from_day, rule.to_day) == ("8", -42, 42)


# Paragraph 9 (printed again as 14): when


@pytest.mark.parametrize(
    ("rule", "first", "last"),
    [
        ("contact_period", -42, 42),
        ("two_meetings_before", -42, 0),
        ("seen_within_two_days", 0, 2),
        ("weekly_after_release", 0, 42),
        ("no_answer_is_acted_on", -42, 42),
    ],
)
def test_paragraph_9_holds_on_its_days_and_on_no_other(rule: str, first: int, last: int) -> None:
    def holds(day: int) -> bool:
        holding = SCHEDULE.holding(RELEASE, today=RELEASE + timedelta(days=day), model="2005")
        return rule in [dated.rule.id for dated in holding]

    assert SCHEDULE.rules[rule].cites == "9"
    assert [holds(first - 1), holds(first), holds(last), holds(last + 1)] == [False, True, True, False]


def test_paragraph_9_released_on_monday_means_seen_by_wednesday_and_then_weekly() -> None:
    holding = SCHEDULE.holding(RELEASE, today=RELEASE, model="2005")
    until = {dated.rule.id: dated.until for dated in holding}

    assert until["seen_within_two_days"] == date(2026, 11, 25)
    assert until["weekly_after_release"] == date(2027, 1, 4)
    weekly = [check_in.day for check_in in SCHEDULE.check_ins if check_in.rule.id == "weekly_after_release"]
    assert weekly == [7, 14, 21, 28, 35, 42]


def test_in_week_7_only_the_lighter_help_is_left_of_the_2005_model() -> None:
    holding = SCHEDULE.holding(RELEASE, today=RELEASE + timedelta(days=43), model="2005")

    assert [(dated.rule.id, dated.until) for dated in holding] == [("lighter_after_six_weeks", None)]


def test_paragraph_10_its_sums_add_up() -> None:
    pounds = ELIGIBILITY.paragraphs["10"]["pounds"]

    assert pounds["voluntary"] + pounds["prison_service"] == pounds["total"]


def test_paragraph_11_success_is_fewer_deaths_first() -> None:
    assert "fewer people of the priority groups die" in ELIGIBILITY.paragraphs["11"]["says"]


def test_every_paragraph_from_1_to_11_is_held_somewhere() -> None:
    cited = {part for ground in ELIGIBILITY.grounds("2005") for part in ground.cites.split(", ")}
    cited |= {rule.cites for rule in SCHEDULE.rules.values() if rule.model == "2005"} | set(ELIGIBILITY.paragraphs)

    assert cited == {str(number) for number in range(1, 12)}


# What exists now


@pytest.mark.parametrize("sentence_days", [1, 30, 180, FOUR_YEARS - 1])
def test_now_upside_is_for_any_sentence_under_four_years(sentence_days: int) -> None:
    verdict = now(sentence_days=sentence_days)

    assert (verdict.group, verdict.service) == ("offered", "upside")


def test_now_upside_is_for_people_on_remand() -> None:
    verdict = now(remand=True, sex="male")

    assert (verdict.group, verdict.service, verdict.because and verdict.because.id) == (
        "offered", "upside", "upside_remand"
    )  # fmt: skip


@pytest.mark.parametrize("facts", [{"age": 17}, {"age": 70, "sex": "male"}, {"sex": "female"}, {"drug_problem": False}])
def test_now_upside_asks_neither_age_nor_gender_nor_drugs(facts: dict[str, bool | int | str]) -> None:
    assert now(sentence_days=90, **facts).group == "offered"


@pytest.mark.parametrize("facts", [{"sentence_days": FOUR_YEARS}, {"sentence_days": 200, "supervised": True}])
def test_now_a_long_sentence_or_supervision_means_justice_social_work(facts: dict[str, bool | int]) -> None:
    verdict = now(**facts)

    assert (verdict.group, verdict.service) == ("outside", "justice_social_work")


@pytest.mark.parametrize(
    ("rule", "first", "last"),
    [("upside_from_entry", -1460, 0), ("upside_sign_up", -84, 0), ("upside_after_release", 0, 365)],
)
def test_now_upside_signs_up_12_weeks_before_and_stays_for_up_to_12_months(rule: str, first: int, last: int) -> None:
    standing = SCHEDULE.rules[rule]

    assert (standing.model, standing.from_day, standing.to_day) == ("now", first, last)
    assert standing.cites == "https://accesstoindustry.co.uk/?p=5243"


def test_every_rule_of_now_cites_its_page_and_leads_to_a_service_that_is_listed() -> None:
    assert all(ground.cites.startswith("https://") for ground in ELIGIBILITY.grounds("now"))
    assert {now(remand=True).service, now(sentence_days=5000).service} <= {each.id for each in ServiceDirectory.load()}


# What is not known


def test_what_is_not_known_is_asked_for_and_never_taken_for_a_no() -> None:
    verdict = judged(age=35, sex="male", drug_problem=True)

    assert verdict.group == "voluntary"
    assert verdict.missing == ("sentence_days", "established_pattern", "offending_linked")


def test_of_somebody_of_whom_nothing_is_known_nothing_is_said_about_now() -> None:
    verdict = now()

    assert (verdict.group, verdict.because, verdict.missing) == ("not_known", None, ("sentence_days",))


def test_a_fact_that_cannot_change_anything_is_not_asked_for() -> None:
    assert judged(sentence_days=5000).missing == ()


def test_a_fact_that_is_none_is_an_error_that_lists_the_facts() -> None:
    with pytest.raises(ValueError, match="unknown facts: shoe_size; known are sentence_days"):
        judged(shoe_size=44)


@pytest.mark.parametrize(
    ("condition", "problem"),
    [({"shoe": 1}, "'shoe' is not one of the facts"), ({"age": {"above": 3}}, "'age' is compared by one of below")],
)
def test_a_rule_that_cannot_be_read_stops_the_start(condition: dict[str, object], problem: str) -> None:
    rule = {"id": "odd", "says": "s", "paragraph": "1", "if": [condition], "group": "outside"}
    models = {"2005": {"decides": [rule], "raises": []}}
    document = {"facts": {"age": "years"}, "assumed": {}, "paragraphs": {}, "models": models}

    with pytest.raises(ValueError, match=f"rule 'odd': {problem}"):
        Eligibility(document)
