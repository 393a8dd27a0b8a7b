"""The learned second reader: there when its encoder is, quick, and never missed when it isn't."""

from __future__ import annotations

import json
import logging
import shutil
import statistics
import time
from pathlib import Path

import numpy as np
import pytest

from encoder.tuned import TUNED
from safety.answers import SAFETY_DATA
from safety.levels import Level
from safety.reading import SafetyReader
from safety.second_reader import SecondReader, with_marks

MESSAGES = [
    json.loads(line)["text"] for line in (Path(__file__).parent / "messages.jsonl").read_text("utf-8").splitlines()
]


def test_without_the_encoder_the_rules_read_alone_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert SecondReader.load(SAFETY_DATA / "second_reader", tmp_path) is None
    assert len(caplog.records) == 1
    assert "rules alone" in caplog.text


def test_what_the_second_reader_adds_is_explained_and_has_a_place_in_the_text() -> None:
    rules, both = SafetyReader.load(second_reader=False), SafetyReader.load()
    work = Path(__file__).parent / "work" / "emergency.jsonl"
    texts = [json.loads(line)["text"] for line in work.read_text("utf-8").splitlines()]
    raised = [(text, both.read(text)) for text in texts if rules.read(text).level is not Level.EMERGENCY]
    raised = [(text, reading) for text, reading in raised if reading.level is Level.EMERGENCY]
    assert len(raised) >= 10
    for text, reading in raised:
        assert "second_reader" in reading.concepts
        assert reading.kinds
        assert all(0 <= span.start < span.end <= len(text) for span in reading.spans)


def test_a_second_reader_made_for_another_encoder_is_not_used(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    numbers = tmp_path / "second_reader"
    shutil.copytree(SAFETY_DATA / "second_reader", numbers)
    recipe = json.loads((numbers / "recipe.json").read_text("utf-8"))
    (numbers / "recipe.json").write_text(json.dumps(recipe | {"encoder": "another"}), "utf-8")
    with caplog.at_level(logging.WARNING):
        assert SecondReader.load(numbers, TUNED) is None
    assert "rules alone" in caplog.text


def test_what_is_asked_about_is_never_an_emergency_already_and_an_urgent_message_may_be_asked_about() -> None:
    both = SafetyReader.load()
    texts = [
        json.loads(line)["text"]
        for file in sorted((Path(__file__).parent / "work").rglob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()[::4]
    ]
    asked = [reading for reading in map(both.read, texts) if reading.check]
    assert {reading.level for reading in asked} == {Level.NONE, Level.URGENT}
    assert all(reading.kinds for reading in asked if reading.level is Level.URGENT)


def test_two_readers_together_are_quick_enough_for_every_message() -> None:
    reader = SafetyReader.load()

    def best_of_three(text: str) -> float:
        times = []
        for _ in range(3):
            start = time.process_time()
            reader.read(text)
            times.append(time.process_time() - start)
        return min(times)

    assert statistics.median(best_of_three(text) for text in MESSAGES[::5]) < 0.005


def test_the_second_reader_sees_questions_and_sentences() -> None:
    reader = SafetyReader.load(second_reader=False)
    text = "Is he breathing?? He's blue, help. what do i do?"
    assert with_marks(text, reader.words(text)) == "is he breathing , he is blue , help . what do i do ?"
    assert with_marks("what? aye", reader.words("what? aye")) == "what ? yes"
    assert with_marks("", []) == ""


@pytest.mark.parametrize("text", ["at the game and he's unconscious", "watching the game, he's went blue"])
def test_a_game_or_a_film_beside_somebody_in_danger_takes_no_danger_away(text: str) -> None:
    assert SafetyReader.load().read(text).level is Level.EMERGENCY


def test_a_film_alone_is_no_danger() -> None:
    reading = SafetyReader.load().read("in a film he overdosed")
    assert reading.level is Level.NONE
    assert not reading.check


@pytest.mark.parametrize("text", ["him", "last", "my brother", "the first one", "money", "Perth", "friday", "dunno"])
def test_a_word_or_two_in_answer_to_something_is_not_asked_about(text: str) -> None:
    reading = SafetyReader.load().read(text)
    assert (reading.level, reading.check) == (Level.NONE, False)


def test_a_second_reader_that_hears_nothing_in_a_plain_emergency_is_not_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    numbers = tmp_path / "second_reader"
    shutil.copytree(SAFETY_DATA / "second_reader", numbers)
    with np.load(numbers / "weights.npz") as stored:
        deaf = {name: np.zeros_like(stored[name]) for name in stored.files}
    np.savez(numbers / "weights.npz", **(deaf | {"level_bias": np.full(3, -9.0)}))
    with caplog.at_level(logging.WARNING):
        assert SecondReader.load(numbers, TUNED) is None
    assert "rules alone" in caplog.text
