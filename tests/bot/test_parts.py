"""The assistant's parts that need no server."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter

import pytest
import yaml

from bot.fingerprint import fingerprint
from bot.plain_words import PlainWords
from bot.questions import asked_by, asking_response
from bot.service_token import service_token
from bot.topics import topic_names
from reference.paths import data_folder, project_root
from voice import Library


def _examples():
    for file in sorted((data_folder() / "nlu").glob("*.yml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            yield entry["intent"], [line.removeprefix("- ") for line in entry["examples"].splitlines()]


def test_every_intent_has_at_least_fifteen_examples_and_no_example_stands_twice():
    counted = Counter(example.lower() for _, examples in _examples() for example in examples)
    assert [example for example, times in counted.items() if times > 1] == []
    assert {intent: len(examples) for intent, examples in _examples() if len(examples) < 15} == {}


def test_every_intent_of_the_training_data_has_a_rule():
    ruled = {
        step["intent"]
        for file in (data_folder() / "rules").glob("*.yml")
        for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]
        for step in rule["steps"]
        if "intent" in step
    }
    assert {intent for intent, _ in _examples()} - ruled == set()


def test_every_topic_that_may_be_offered_is_an_intent():
    assert set(topic_names()) - {intent for intent, _ in _examples()} == set()


def test_a_question_has_the_name_that_a_form_looks_for():
    assert asking_response("needs/ask_place") == "utter_ask_needs_place"
    for block in Library.load():
        assert asked_by(block.response) == block.id
    assert asked_by("utter_ask_needs_place") == "needs/ask_place"


@pytest.mark.parametrize(
    ("said", "plainly"),
    [
        ("ah cannae wake um", "ah cannot wake um"),
        ("he’s oot the jail", "he's out the prison"),
        ("HEEEELP", "help"),
        ("my hubsand took too mcuh", "my husband took too much"),
        ("can yuo hlp me", "can you help me"),
        ("where do i getnaloxone", "where do i get naloxone"),
        ("he's in barlinnie on mcat and clucking", "he's in barlinnie on mephedrone and in withdrawal"),
        ("nalaxone pls", "naloxone please"),
    ],
)
def test_scots_and_slips_become_plain_english_for_the_encoder(said, plainly):
    assert PlainWords.load().of(said) == plainly


def test_the_service_token_is_made_once_for_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("GATESIDE_HOME", str(tmp_path))
    monkeypatch.delenv("GATESIDE_SERVICE_TOKEN", raising=False)
    token = service_token()
    assert len(token) > 30
    assert service_token() == token
    assert (tmp_path / "keys" / "service_token").stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("GATESIDE_SERVICE_TOKEN", "chosen")
    assert service_token() == "chosen"


def test_new_words_in_a_text_need_no_training_but_a_new_text_does(monkeypatch):
    before = fingerprint()
    library = Library.load()
    monkeypatch.setattr(Library, "load", lambda: list(library)[:-1])
    assert fingerprint() != before


def test_rasa_starts_without_tensorflow():
    script = (
        "import bot.server, rasa.graph_components.validators.default_recipe_validator, sys;"
        "print('tensorflow' in sys.modules)"
    )
    shown = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], cwd=project_root(), capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip().endswith("False")


def test_understand_answers_every_line_in_order(assistant):
    lines = ["where can I get naloxone in Airdrie", "", "/restart", "he's no breathin, he's gone blue"]
    shown = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bot.understand"],
        cwd=project_root(), input="\n".join(lines) + "\n", capture_output=True, text=True, check=True,
    )  # fmt: skip
    answers = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [answer["text"] for answer in answers] == lines
    assert answers[0]["intent"] == "ask_naloxone_get"
    assert {"entity": "place", "value": "north lanarkshire", "start": 28, "end": 35} in answers[0]["entities"]
    assert answers[0]["safety"]["level"] == "none"
    assert answers[2]["confidence"] < 1
    assert answers[3]["safety"]["level"] == "emergency"
    assert len(answers[3]["ranking"]) == 3
