"""Whatever people write, in whatever order: a walk through random conversations.

Every intent comes at every point of every form. `GATESIDE_WALK_TURNS` sets how many turns are walked (2,400: 81 s of
one core, the start included).
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys

import pytest
import yaml

from bot.server import newest_model
from reference.paths import data_folder, project_root
from tests.bot.in_process import AssistantInProcess

TURNS = int(os.environ.get("GATESIDE_WALK_TURNS", "2400"))
TURNS_OF_ONE = 15
MOST_MESSAGES = 4

_STEERING = [
    ("yes", "affirm"), ("aye", "affirm"), ("no", "deny"), ("naw", "deny"), ("don't know", "unsure"), ("skip", "unsure"),
    ("why?", "unsure"), ("go back", "unsure"), ("start again", "unsure"), ("stop asking", "deny"),
    ("a", "nlu_fallback"), ("C", "nlu_fallback"), ("a lot", "unsure"), ("12", "nlu_fallback"),
    ("blorp", "nlu_fallback"),
    ("don't tell them what I said", "deny"), ("tell me more", "unsure"), ("and for me?", "identify_self"),
    ("how do I use it?", "ask_about_assistant"), ("Manchester", "out_of_scope"),
    ("money and a place to stay", "ask_housing"), ("questions", "start_screening"),
    ("y", "nlu_fallback"), ("I don't know yet", "unsure"), ("3 December", "set_release_plan"),
    ("Help on getting out", "ask_release_support"),
]  # fmt: skip
_ENTITIES = [
    (),
    ({"entity": "person", "value": "son"},),
    ({"entity": "place", "value": "fife"},),
    ({"entity": "substance", "value": "alcohol"},),
    ({"entity": "substance", "value": "benzodiazepine"},),
    ({"entity": "release", "value": "future"}, {"entity": "date", "value": "2027-01-04"}),
    ({"entity": "release", "value": "past"}, {"entity": "prison", "value": "perth"}),
    ({"entity": "date", "value": "2027-01-04"},),
    ({"entity": "release", "value": "future"}, {"entity": "person", "value": "brother"}),
]


@pytest.fixture(scope="module")
def walker():
    subprocess.run([sys.executable, "-W", "ignore", "-m", "bot.train"], cwd=project_root(), check=True)
    model = newest_model()
    assert model is not None
    return AssistantInProcess(model)


def _examples() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in sorted((data_folder() / "nlu").glob("*.yml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            found[entry["intent"]] = [line.removeprefix("- ") for line in entry["examples"].splitlines()[:8]]
    return found


def _message(chance: random.Random, examples: dict[str, list[str]]) -> tuple[str, str, tuple]:
    if chance.random() < 0.45:
        text, intent = chance.choice(_STEERING)
        return text, intent, ()
    intent = chance.choice(sorted(examples))
    entities = chance.choice(_ENTITIES)
    return chance.choice(examples[intent]), intent, tuple({**found, "start": 0, "end": 1} for found in entities)


def _questions(answer) -> int:
    return sum(re.sub(r'"[^"\n]*"', " ", reply.text).count("?") for reply in answer.replies)


@pytest.mark.parametrize("seed", range(max(1, TURNS // TURNS_OF_ONE)))
def test_no_conversation_ends_in_silence_in_circles_or_away_from_999(walker, seed):
    chance = random.Random(seed)
    examples = _examples()
    person = walker.conversation(
        channel=chance.choice(["web", "sms"]), audience=chance.choice([None, "family", "self", "worker"])
    )
    emergency = {"overdose/now", "needs/in_danger"}
    told: list[tuple[str, list[str]]] = []
    said_before: list[set[str]] = [set(), set()]
    message = ("hello", "greet", ())
    for _ in range(TURNS_OF_ONE):
        if chance.random() > 0.15:
            message = _message(chance, examples)
        answer = person.say(*message)
        told.append((message[0], [reply.content_id for reply in answer.replies]))
        assert answer.replies, told
        assert all(reply.text.strip() for reply in answer.replies), told
        assert len(answer.replies) <= MOST_MESSAGES, told
        assert sum(reply.asks for reply in answer.replies) <= 1, told
        assert _questions(answer) <= 1, told
        texts = {reply.text for reply in answer.replies if reply.content_id not in emergency}
        assert not (texts & said_before[-1] & said_before[-2]), told
        said_before.append(texts)
    granted = {"handoff/waiting_position", "handoff/already_waiting", "smalltalk/said_before"}
    assert person.say("I want a person", "talk_to_human").replies[0].content_id in granted, told
    danger = person.say("he's not breathing", "report_overdose_now")
    assert danger.replies[0].text.startswith("CALL 999 NOW"), told
    assert danger.open_question is None, told
