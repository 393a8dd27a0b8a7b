"""The few words that are heard at any time."""

from __future__ import annotations

import dataclasses

import pytest

from api.reception.commands import Command, Commands, Situation

COMMANDS = Commands.load()
TEXTING = Situation(channel="sms", open_question=None, opted_out=False, in_danger=False, with_officer=False)
CHATTING = dataclasses.replace(TEXTING, channel="web")


@pytest.mark.parametrize(
    "word", ["STOP", "stop", "Stop.", " STOPALL ", "unsubscribe", "CANCEL", "End", "QUIT", "leave me alone"]
)
def test_every_carrier_word_stops_the_texts(word: str) -> None:
    assert COMMANDS.read(word, TEXTING) is Command.STOP


@pytest.mark.parametrize("text", ["he won't stop", "stop him drinking", "how do I end it with him", "quit smoking"])
def test_a_command_is_a_whole_message(text: str) -> None:
    assert COMMANDS.read(text, TEXTING) is None


def test_stop_is_heard_in_danger_and_with_an_officer() -> None:
    assert COMMANDS.read("stop", dataclasses.replace(TEXTING, in_danger=True, with_officer=True)) is Command.STOP


def test_yes_starts_texts_again_only_for_somebody_who_stopped_them() -> None:
    assert COMMANDS.read("YES", TEXTING) is None
    assert COMMANDS.read("YES", dataclasses.replace(TEXTING, opted_out=True)) is Command.START


def test_help_in_danger_is_a_cry_and_no_command() -> None:
    assert COMMANDS.read("help", TEXTING) is Command.HELP
    assert COMMANDS.read("help", dataclasses.replace(TEXTING, in_danger=True)) is None


def test_delete_asks_first_and_then_deletes() -> None:
    assert COMMANDS.read("delete my data", CHATTING) is Command.DELETE
    asked = dataclasses.replace(CHATTING, open_question="commands/delete_confirm")
    assert COMMANDS.read("Delete", asked) is Command.DELETE_CONFIRMED
    assert COMMANDS.read("keep", asked) is Command.DELETE_KEPT
    assert COMMANDS.read("keep", CHATTING) is None


def test_person_is_not_a_command_while_an_officer_is_there() -> None:
    assert COMMANDS.read("Person", CHATTING) is Command.PERSON
    assert COMMANDS.read("Person", dataclasses.replace(CHATTING, with_officer=True)) is None
