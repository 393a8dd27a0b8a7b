"""The few words that are heard whoever owns the conversation: read from `data/reception/commands.yml`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import yaml

from reference.paths import data_folder
from reference.throughcare_answers import Said, said_back

_MARKS = re.compile(r"[^\w\s']+")
_OPTED_OUT = "opted_out"
_SENT_FIRST = "sent_first"
_TOLD_WHO = "told_who"


class Command(str, Enum):
    """What a person can ask for at any time."""

    STOP = "stop"
    START = "start"
    DELETE = "delete"
    DELETE_CONFIRMED = "delete_confirmed"
    DELETE_KEPT = "delete_kept"
    COPY = "copy"
    LEAVE_QUEUE = "leave_queue"
    ASSISTANT = "assistant"
    HELP = "help"
    PERSON = "person"
    WHO_IS_THIS = "who_is_this"
    WRONG_NUMBER = "wrong_number"
    SAME_HOLDER = "same_holder"


@dataclass(frozen=True)
class Situation:
    """What has to be known about a conversation to tell a command from an ordinary word."""

    channel: str
    open_question: str | None
    opted_out: bool
    in_danger: bool
    with_officer: bool
    sent_first: bool = False
    """What was last said to them answered nothing: it was sent first."""
    told_who: bool = False
    """What was last said to them told who texts there, and asked for their OK."""
    shut: bool = False
    """They have a word of their own and have not said it."""


@dataclass(frozen=True)
class _Line:
    command: Command
    words: frozenset[str]
    says_back: Said | None
    channels: frozenset[str]
    over_danger: bool
    over_officer: bool
    when_shut: bool
    after: str | None

    def is_said_by(self, text: str) -> bool:
        return _plain(text) in self.words or (self.says_back is not None and said_back(text) is self.says_back)

    def heard_in(self, now: Situation) -> bool:
        return (
            now.channel in self.channels
            and (self.over_danger or not now.in_danger)
            and (self.over_officer or not now.with_officer)
            and (self.when_shut or not now.shut)
            and self._after_this(now)
        )

    def _after_this(self, now: Situation) -> bool:
        if self.after == _OPTED_OUT:
            return now.opted_out
        if self.after == _SENT_FIRST:
            return now.sent_first
        if self.after == _TOLD_WHO:
            return now.told_who
        return self.after is None or self.after == now.open_question


class Commands:
    """Tells which command, if any, a whole message is."""

    def __init__(self, lines: Sequence[_Line]) -> None:
        self._lines = lines

    @classmethod
    def load(cls, folder: Path | None = None) -> Commands:
        """The commands of `data/reception`. Raises ValueError for a command that this service does not know."""
        file = (folder or data_folder() / "reception") / "commands.yml"
        told = yaml.safe_load(file.read_text(encoding="utf-8"))["commands"]
        return cls(
            [
                _Line(
                    Command(line["command"]),
                    frozenset(_plain(str(word)) for word in line["words"]),
                    Said(line["says_back"]) if "says_back" in line else None,
                    frozenset(line.get("channels") or ("web", "sms")),
                    bool(line.get("over_danger")),
                    bool(line.get("over_officer")),
                    bool(line.get("when_shut")),
                    line.get("after"),
                )
                for line in told
            ]
        )

    def read(self, text: str, now: Situation, *, carrier_word: str | None = None) -> Command | None:
        """The first command whose words this whole message is, and which is heard in this situation.

        `carrier_word` is what Twilio took the text for: a word to stop that only it knows of stops as well.
        """
        if carrier_word == "STOP":
            return Command.STOP
        return next((line.command for line in self._lines if line.heard_in(now) and line.is_said_by(text)), None)


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub(" ", text.lower()).split())
