"""The pipelines side by side: what is read from a set's file, and one small run of both."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.bench.examples import own_split, public_split, read_labelled
from cli.main import app

SAID = {
    "pay": ["how do i pay", "can i pay by card", "pay my bill", "where do i pay this", "paying the bill", "pay now"],
    "lost": ["i lost my card", "my card is lost", "card went missing", "lost it on the bus", "cant find card", "lost"],
    "open": ["when are you open", "opening hours", "are you open today", "open on sunday", "what time open", "open"],
}


def _banking(file: Path) -> Path:
    rows = [f'"{text}",{intent}' for intent, texts in SAID.items() for text in texts]
    file.write_text("\n".join(["text,category", *rows]) + "\n")
    return file


@pytest.mark.parametrize(
    ("name", "content", "intent"),
    [
        ("banking.csv", 'text,category\n"I am still waiting, on my card?",card arrival\n', "card_arrival"),
        ("hwu.csv", "query,category\nset an alarm,alarm/set\n", "alarm_set"),
        ("hwu.csv", "userid;scenario;intent;answer_normalised\n1;alarm;set;set an alarm\n", "alarm_set"),
        ("some.tsv", "text\tintent\nset an alarm\talarm_set\n", "alarm_set"),
        ("some.jsonl", '{"text": "set an alarm", "intent": "alarm_set"}\n', "alarm_set"),
    ],
)
def test_public_sets_are_read_as_they_are_published(tmp_path: Path, name: str, content: str, intent: str) -> None:
    file = tmp_path / name
    file.write_text(content)

    (row,) = read_labelled(file)
    assert row.intent == intent
    assert row.text in ("set an alarm", "I am still waiting, on my card?")


def test_no_message_is_both_learned_from_and_measured_on(tmp_path: Path) -> None:
    file = _banking(tmp_path / "banking.csv")
    few, many = (public_split(file, None, examples, seed=3) for examples in (2, 4))

    assert {row.text for row in many.train}.isdisjoint(row.text for row in many.test)
    assert few.test == many.test
    assert [sum(row.intent == intent for row in few.train) for intent in SAID] == [2, 2, 2]


def test_a_test_part_that_is_given_is_measured_on_whole(tmp_path: Path) -> None:
    train, test = _banking(tmp_path / "train.csv"), _banking(tmp_path / "test.csv")

    assert len(public_split(train, test, 3, seed=1).test) == 18


def test_our_own_examples_are_taken_evenly_from_every_intent(tmp_path: Path) -> None:
    lines = "".join(f"- message {number}\\n" for number in range(10))
    (tmp_path / "a.yml").write_text(f'nlu:\n- intent: greet\n  examples: "{lines}"\n')
    held_out = tmp_path / "held.jsonl"
    held_out.write_text('{"text": "hi", "intent": "greet", "acceptable": ["thank"]}\n')

    split = own_split(tmp_path, held_out, 5)
    assert [row.text for row in split.train] == [f"message {number}" for number in (0, 2, 4, 6, 8)]
    assert split.test[0].acceptable == ("thank",)


def test_a_file_without_the_columns_is_named(tmp_path: Path) -> None:
    file = tmp_path / "words.csv"
    file.write_text("a,b\n1,2\n")
    answer = CliRunner().invoke(app, ["bench", "--understanding", "--data", str(file)])

    assert answer.exit_code == 2
    assert "words.csv" in answer.output


def test_both_pipelines_learn_and_are_measured_on_the_same(tmp_path: Path) -> None:
    output = tmp_path / "result.json"
    small = ["--data", str(_banking(tmp_path / "banking.csv")), "--examples", "4", "--epochs", "2"]
    answer = CliRunner().invoke(app, ["bench", "--understanding", *small, "--output", str(output)])

    assert answer.exit_code == 0, answer.output
    result = json.loads(output.read_text())
    assert (result["intents"], result["examples"], result["messages"]) == (3, 12, 3)
    for side in ("gateside", "stock"):
        assert result[side]["accuracy"]["of"] == 3
        assert result[side]["median_ms"] > 0
        assert result[side]["reading_peak_mb"] > 50
    assert result["ratios"]["median_ms"] == round(result["gateside"]["median_ms"] / result["stock"]["median_ms"], 3)
    assert "right at the first guess" in answer.output
