"""A word that a text asks people to write is a word that the service hears."""

from __future__ import annotations

import re

import pytest

from api.reception.commands import Commands, Situation
from voice import CHANNELS, Voice

CAPITALS = re.compile(r"[A-Z]{2,}(?: [A-Z]{2,})*")
TOPICS = ("about", "commands", "handoff", "privacy", "reception")

voice = Voice.load()
commands = Commands.load()


def invitations() -> list[tuple[str, str, str]]:
    found = set()
    for block in voice.library:
        if block.topic in TOPICS and block.name != "offer_person":
            for channel in block.channels:
                text = voice.say(block.id, channel=channel, values=block.values).text
                for after in re.finditer(r"\b(?:[Ww]rite|[Tt]ext|[Rr]eply) (?=[A-Z]{2,})", text):
                    word = CAPITALS.match(text, after.end())
                    assert word is not None
                    found.add((block.id, channel, word[0]))
    return sorted(found)


@pytest.mark.parametrize(("content_id", "channel", "word"), invitations())
def test_an_invited_word_is_heard(content_id: str, channel: str, word: str) -> None:
    stopped = content_id == "commands/stopped"
    asked = content_id if voice.library.blocks[content_id].asks else None
    now = Situation(channel, asked, opted_out=stopped, in_danger=False, with_officer=False)
    assert commands.read(word, now) is not None


def test_there_are_such_words_on_both_channels() -> None:
    assert {channel for _, channel, _ in invitations()} == set(CHANNELS)
    assert {"PERSON", "DELETE", "KEEP", "START", "STOP", "DELETE MY DATA"} <= {word for _, _, word in invitations()}
