"""Emergencies written by shaking hands: slips, lost vowels, doubled letters, no spaces, emoji, shouting."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from safety.levels import Level
from safety.reading import SafetyReader

HERE = Path(__file__).parent
ACCEPTED = json.loads((HERE / "accepted.json").read_text(encoding="utf-8"))["fuzzed"]
SEED = 20261122
LONGEST = 160


def slips(text: str, chance: random.Random) -> str:
    """Two neighbouring letters swapped in one word of four."""
    words = text.split(" ")
    for place, word in enumerate(words):
        if len(word) > 3 and chance.random() < 0.25:
            at = chance.randrange(1, len(word) - 1)
            words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)


def dropped_vowels(text: str, chance: random.Random) -> str:
    """One vowel left out in one long word of four."""
    words = text.split(" ")
    for place, word in enumerate(words):
        vowels = [at for at in range(1, len(word)) if word[at] in "aeiou"]
        if len(word) > 4 and vowels and chance.random() < 0.25:
            at = chance.choice(vowels)
            words[place] = word[:at] + word[at + 1 :]
    return " ".join(words)


def doubled_letters(text: str, chance: random.Random) -> str:
    return "".join(letter * (2 if letter.isalpha() and chance.random() < 0.06 else 1) for letter in text)


def missing_spaces(text: str, chance: random.Random) -> str:
    return "".join("" if letter == " " and chance.random() < 0.15 else letter for letter in text)


def punctuation(text: str, chance: random.Random) -> str:
    return "".join(letter + chance.choice(["!!", "...", ",", "??"]) * (letter == " " and chance.random() < 0.1)
                   for letter in text)  # fmt: skip


def emoji(text: str, chance: random.Random) -> str:
    return " ".join(word + (" 😭" if chance.random() < 0.3 else "") for word in text.split(" "))


def upper_case(text: str, chance: random.Random) -> str:
    return text.upper()


WAYS: list[Callable[[str, random.Random], str]] = [
    slips, dropped_vowels, doubled_letters, missing_spaces, punctuation, emoji, upper_case,
]  # fmt: skip


@pytest.fixture(scope="module")
def emergencies(reader: SafetyReader) -> list[str]:
    """Plain emergencies that are read as such when they are typed well."""
    lines = (HERE / "messages.jsonl").read_text("utf-8").splitlines()
    lines += (HERE / "work" / "emergency.jsonl").read_text("utf-8").splitlines()
    messages = [json.loads(line) for line in lines]
    texts = [message["text"] for message in messages if message["level"] == "emergency"]
    return [text for text in texts if len(text) <= LONGEST and reader.read(text).level is Level.EMERGENCY]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_an_emergency_is_still_read_when_it_is_badly_typed(
    reader: SafetyReader, emergencies: list[str], way: Callable[[str, random.Random], str]
) -> None:
    chance = random.Random(SEED)
    read = [reader.read(way(text, chance)).level is Level.EMERGENCY for text in emergencies]
    recall = sum(read) / len(read)
    print(f"{way.__name__}: {sum(read)} of {len(read)} = {recall:.1%}")
    assert len(emergencies) >= 300
    assert recall >= ACCEPTED[way.__name__] - 0.002
