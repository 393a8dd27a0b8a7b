"""`gateside content check` finds each thing that must not be said to anybody, and says what to do about it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from cli.content_checks import check
from reference.clock import StartedClock
from reference.paths import data_folder

TODAY = StartedClock(datetime(2026, 11, 22, 9, tzinfo=timezone.utc), running_since=time.time())

SOURCES = """
sources:
  gateside: {title: Own words, publisher: Gateside, address: this repository, seen: 2026-11-22}
"""
HEAD = """
topic: tea
defaults:
  source: [gateside]
  reviewed: {on: 2026-11-01, by: "The authors"}
  review_every: 6
blocks:
"""

Finds = Callable[..., list[str]]


@pytest.fixture
def found(tmp_path: Path) -> Finds:
    """Checks a library of `blocks`, used by a rule file that names every block, and returns the problems as lines."""
    content = tmp_path / "data" / "content"
    content.mkdir(parents=True)
    (content / "sources.yml").write_text(SOURCES, encoding="utf-8")
    shutil.copy(data_folder() / "content" / "style.yml", content)
    rules = tmp_path / "data" / "rules"
    rules.mkdir()

    def problems(blocks: str, *, head: str = HEAD, used: str = "utter_tea__cup") -> list[str]:
        (content / "tea.yml").write_text(head + blocks, encoding="utf-8")
        (rules / "tea.yml").write_text(f"- action: {used}\n", encoding="utf-8")
        return [str(problem) for problem in check(TODAY, content=content, root=tmp_path)]

    return problems


def cup(says: str, *more: str) -> str:
    """A block named cup that says `says` and carries `more` lines."""
    return "\n".join(["  - name: cup", f"    says: {says}", *(f"    {line}" for line in more)]) + "\n"


def test_a_sound_text_has_no_problem(found: Finds) -> None:
    assert found(cup("Sit down with a cup of tea. You are not alone in this.")) == []


def only_problem(problems: list[str]) -> str:
    assert len(problems) == 1, problems
    assert problems[0].startswith("tea.yml: cup: ")
    return problems[0]


@pytest.mark.parametrize(
    ("block", "says"),
    [
        # where it comes from, and who read it
        (cup("Tea helps.", "source: []"), "has no source"),
        (cup("Tea helps.", "source: [granny]"), "'granny'"),
        (cup("Tea helps.", "reviewed:"), "never reviewed"),
        (cup("Tea helps.", "review_every:"), "when to review it again"),
        (cup("Tea helps.", "reviewed: {on: 2026-05-22, by: us}"), "due for review on 2026-11-22"),
        (cup("Tea helps.", "reviewed: {on: 2026-11-23, by: us}"), "yet to come"),
        # templates
        (cup("\"{{ service('tearoom').name }}\"", "facts: [tearoom]"), "can't be said"),
        (cup("Tea helps.", "facts: [tearoom]"), "names the service 'tearoom'"),
        (cup("\"Ring {{ service('samaritans').phone }}.\""), "takes facts from 'samaritans'"),
        (cup('"Dear {{ name | shouted }}"', "values: {name: Ann}"), "shouted"),
        (cup("Tea helps.", "values: {name: Ann}"), "no variant uses the value 'name'"),
        # text messages
        (cup("It’s ready."), "U+2019"),
        (cup("Tea 🙂"), "U+1F642"),
        (cup("Go on now. " * 28), "1 too many"),
        (cup("Go on now. " * 15, "emergency: true"), "4 too many"),
        # questions
        (cup("Who are you? Where are you?"), "more than one question"),
        (cup("Is it hot?"), "Reply OK or NO"),
        (cup("Tea is here, and is it hot?", "asks: true").replace("here, and", "here. And"), "Reply OK or NO"),
        (cup("Is it hot? Reply YES or NO."), "the word YES"),
        (cup("What now? Text HELP to us.", "asks: true"), "the word HELP"),
        # words
        (cup("He is an addict."), "a person who uses drugs"),
        (cup("They are ADDICTED to it."), "'ADDICTED'"),
        (cup("He is clean now."), "not using"),
        (cup("Tea.", "quick_replies: [My son relapsed]"), "'relapsed'"),
        (cup('"{% if false %}A junkie.{% endif %}Tea."'), "'junkie'"),
        (cup("Tea now!"), "exclamation mark"),
        (cup("This is completely confidential."), "absolute secrecy"),
        (cup("Nobody will ever know what you wrote."), "absolute secrecy"),
        (cup("We never tell anyone."), "absolute secrecy"),
        (cup("Ring 0141 496 0000."), "writes the number 0141 496 0000"),
        (cup("Ring 116 123."), "writes the number 116 123"),
        (cup("Look at sfad.org.uk for more."), "writes the address sfad.org.uk"),
        (
            cup(
                "Notwithstanding considerable physiological vulnerability following institutional detention, "
                "pharmacological intervention necessitates multidisciplinary collaboration."
            ),
            "reads at age",
        ),
    ],
)
def test_each_failing_is_found_and_named(found: Finds, block: str, says: str) -> None:
    problems = [problem for problem in found(block) if says in problem]
    assert problems, found(block)
    assert problems[0].startswith("tea.yml: cup: ")


@pytest.mark.parametrize(
    "block",
    [
        cup("What is on your mind?"),
        cup("Is it hot? Reply OK or NO."),
        cup("{web: Is it hot?, default: 'Is it hot? Text Y or N.'}"),
        cup("Is it hot?", "only: web"),
        cup("It’s ready.", "only: web"),
        cup("Ring the Domestic Abuse helpline."),
        cup("In danger call 999. For advice call 111. That was in 2005, 30 days on."),
        cup("If you can, cut down. To stop all texts, text STOP."),
        cup("Go on now. " * 27),
        cup("Go on now. " * 14, "emergency: true"),
        cup("Naloxone is for opioids, benzodiazepines or nitazenes. Give naloxone if you have naloxone."),
        cup("\"Ring {{ service('samaritans').phone }}.\"", "facts: [samaritans]"),
        cup("Tea helps.", "reviewed: {on: 2026-05-23, by: us}"),
        cup("""'You might say: "Is it hot? Can I pour?" Then wait.'"""),
        cup("Tea.", "quick_replies: [Yes, No]"),
        cup("Shout. Shake them. Call 999. Speaker on. Stay there. Push hard. Keep going. Naloxone now."),
    ],
)
def test_what_is_right_is_left_alone(found: Finds, block: str) -> None:
    assert found(block) == []


def test_a_template_that_fails_for_one_audience_on_one_channel_is_found(found: Finds) -> None:
    says = '{sms.self: "{{ 1 // 0 }} cups", default: Tea.}'
    assert "(sms, self)" in only_problem(found(cup(says)))


def test_a_value_without_its_longest_example_is_found_even_in_a_branch_that_is_not_taken(found: Finds) -> None:
    assert "uses 'name'" in only_problem(found(cup('"{% if false %}{{ name }}{% endif %}Tea."')))


def test_the_longest_value_decides_how_many_segments_a_text_takes(found: Finds) -> None:
    text = '"{{ name }}' + " has had tea." * 13 + '"'
    assert found(cup(text, "values: {name: Al}")) == []
    assert "too many" in only_problem(found(cup(text, f"values: {{name: {'Al' * 80}}}")))


def test_a_contact_that_the_directory_does_not_have_is_found_in_any_branch(found: Finds) -> None:
    text = "\"{% if false %}Ring {{ service('upside').phone }}.{% endif %}Tea.\""
    assert "the phone of 'upside'" in only_problem(found(cup(text, "facts: [upside]")))


def test_a_text_that_nothing_says_is_found(found: Finds) -> None:
    assert "is said by no rule" in only_problem(found(cup("Tea helps."), used="action_listen"))


@pytest.mark.parametrize("used", ["utter_tea__cup", "tea/cup", "'tea/cup'", 'f"tea/cu_{size}"'])
def test_a_text_is_used_by_its_id_its_rasa_name_or_the_beginning_of_an_id(found: Finds, used: str) -> None:
    block = cup("Tea helps.")
    if "cu_" in used:
        problems = found(block.replace("name: cup", "name: cu_small"), used=used)
    else:
        problems = found(block, used=used)
    assert problems == []


def test_a_question_is_used_by_the_slot_that_it_fills(found: Finds, tmp_path: Path) -> None:
    question = cup("What is in the cup?").replace("name: cup", "name: ask_milk")
    assert "is said by no rule" in found(question, used="action_listen")[0]
    (tmp_path / "data" / "domain").mkdir()
    (tmp_path / "data" / "domain" / "tea.yml").write_text("slots: {tea_milk: {type: text}}\n", encoding="utf-8")
    assert found(question, used="action_listen") == []


def test_a_text_that_a_rule_says_and_nobody_wrote_is_found(found: Finds) -> None:
    problems = found(cup("Tea helps."), used="utter_tea__cup, utter_tea__saucer")
    assert problems == ["data/rules/tea.yml: tea/saucer: is said here and is not written; write it"]


def test_a_step_of_the_coach_is_not_taken_for_a_text(found: Finds, tmp_path: Path) -> None:
    coach = tmp_path / "data" / "coach"
    coach.mkdir()
    (coach / "tea.yml").write_text("steps: {pour: {answers: {other: tea/stir}}}\n", encoding="utf-8")
    assert found(cup("Tea helps.")) == []


def test_words_of_the_interface_are_not_measured_like_sentences(found: Finds) -> None:
    head = HEAD.replace("topic: tea", "topic: tea\ninterface: true").replace(
        "review_every: 6", "review_every: 6\n  only: web"
    )
    hard = cup(
        "Multidisciplinary pharmacological institutional administration, notwithstanding organisational detention?"
    )
    assert found(hard, head=head) == []
    assert "'junkie'" in only_problem(found(cup("A junkie"), head=head))


def test_a_library_that_can_not_be_read_is_one_problem_with_its_place(found: Finds) -> None:
    assert "known are" in only_problem(found(cup("Tea.", "colour: red")))
    assert "text" in only_problem(found(cup('"{% if %}"')))


def test_a_source_with_two_addresses_is_found(found: Finds, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "content" / "sources"
    folder.mkdir()
    entry = "sources: {gateside: {title: Own words, publisher: Us, address: elsewhere, seen: 2026-11-22}}"
    (folder / "tea.yml").write_text(entry, encoding="utf-8")
    (problem,) = found(cup("Tea helps."))
    assert problem.startswith("sources/tea.yml: gateside: is written otherwise in sources.yml")
