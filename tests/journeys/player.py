"""Plays a written conversation with the real Rasa server and the real actions, and remembers what the service would."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from api.assistant.client import Told
from api.reception.facts import learned_from
from tests.bot.assistant import CLOCK, Answer, Assistant, Conversation

SCRIPTS = Path(__file__).parent / "scripts"
TODAY = datetime.fromisoformat(CLOCK).date()
_KEYS = {"name", "about", "channel", "audience", "nobody_free", "never", "transcript", "turns"}
_TURN_KEYS = {"say", "ids", "first", "has", "lacks", "asks", "asks_nothing", "facts"}


@dataclass(frozen=True)
class Turn:
    """One message, and what must be true of what is said back.

    `ids`: content ids that must be among the replies. `first`: the id of the first one. `has`: words that must stand
    in them, in any case. `lacks`: words that must not. `asks`: the id of the question that is open afterwards.
    `asks_nothing`: none is. `facts`: what must be known by then.
    """

    say: str
    ids: tuple[str, ...] = ()
    first: str | None = None
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    asks: str | None = None
    asks_nothing: bool = False
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Script:
    """A conversation as it was written down. `never`: words that stand in no reply of it."""

    name: str
    about: str
    channel: str
    audience: str | None
    never: tuple[str, ...]
    nobody_free: bool
    transcript: bool
    turns: tuple[Turn, ...]


def scripts(folder: Path = SCRIPTS) -> list[Script]:
    """Every script, by name. Raises ValueError for a key that means nothing, so that no wish goes unread."""
    return [
        _script(entry) for file in sorted(folder.glob("*.yml")) for entry in yaml.safe_load(file.read_text("utf-8"))
    ]


def _script(entry: dict[str, Any]) -> Script:
    strange = set(entry) - _KEYS | {key for turn in entry["turns"] for key in set(turn) - _TURN_KEYS}
    if strange:
        raise ValueError(f"{entry['name']}: no script has {', '.join(sorted(strange))}")
    return Script(
        name=entry["name"],
        about=entry["about"],
        channel=entry.get("channel", "web"),
        audience=entry.get("audience"),
        never=_words(entry.get("never")),
        nobody_free=entry.get("nobody_free", False),
        transcript=entry.get("transcript", False),
        turns=tuple(
            Turn(**{key: _words(value) if key in ("ids", "has", "lacks") else value for key, value in turn.items()})
            for turn in entry["turns"]
        ),
    )


def _words(written: Any) -> tuple[str, ...]:
    return tuple(map(str, written if isinstance(written, list) else [written])) if written else ()


class Player:
    """One script's conversation. The stand-in for the service is shared, so one is played at a time."""

    def __init__(self, assistant: Assistant, script: Script) -> None:
        assistant.front_door.reset()
        assistant.front_door.officers_available = 0 if script.nobody_free else 1
        self._assistant = assistant
        self._conversation = Conversation(assistant, channel=script.channel, audience=script.audience)

    @property
    def facts(self) -> dict[str, Any]:
        """What is known by now."""
        return self._conversation.facts

    def say(self, text: str) -> Answer:
        """The answer, after which the service knows what the words and the dialogue told it."""
        answer = self._conversation.say(text)
        told = Told.model_validate(answer.body)
        known = self._conversation.facts
        for learned in learned_from(told, known, today=TODAY):
            known[learned.name] = learned.value
        known.update(self._assistant.front_door.facts)
        for plan in self._assistant.front_door.asked("/release-plan"):
            if plan:
                known["release_date"] = plan["release_date"]
        self._conversation.audience = known.get("audience")
        return answer


def problems(script: Script, turn: Turn, answer: Answer, facts: dict[str, Any]) -> list[str]:
    """What is not as the script wants it."""
    said = answer.text.lower()
    found = [f"{content_id} is not said" for content_id in turn.ids if content_id not in answer.ids]
    if turn.first and answer.ids[:1] != [turn.first]:
        found.append(f"{turn.first} does not come first")
    found += [f"'{words}' is not said" for words in turn.has if words.lower() not in said]
    found += [f"'{words}' is said" for words in (*turn.lacks, *script.never) if _stands(words, said)]
    if turn.asks and answer.open_question != turn.asks:
        found.append(f"{turn.asks} is not asked, but {answer.open_question}")
    if turn.asks_nothing and answer.open_question:
        found.append(f"{answer.open_question} is asked")
    found += [
        f"{name} is known as {facts.get(name)!r}, not {value!r}"
        for name, value in turn.facts.items()
        if _plain(facts.get(name)) != _plain(value)
    ]
    return [*found, *_always(script, answer)]


def _always(script: Script, answer: Answer) -> list[str]:
    """What holds for every answer of every conversation."""
    found = []
    questions = sum(re.sub(r'"[^"\n]*"', " ", reply["text"]).count("?") for reply in answer.body["replies"])
    if questions > 1:
        found.append("asks more than one question")
    if len(answer.ids) > 4:
        found.append(f"{len(answer.ids)} messages in a row")
    if script.channel == "sms" and any(reply["quick_replies"] for reply in answer.body["replies"]):
        found.append("has buttons on SMS")
    if script.channel == "sms" and any(len(reply["text"]) > 306 for reply in answer.body["replies"]):
        found.append("is longer than two text messages")
    return found


def _stands(words: str, said: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words.lower())}(?!\w)", said) is not None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def transcript(script: Script, exchanges: list[tuple[str, Answer]]) -> str:
    """A conversation to be read, as Markdown."""
    who = {"web": "on the website", "sms": "by text message"}[script.channel]
    lines = [
        f"# {script.about}",
        "",
        f"*{who.capitalize()}. Written by `scripts/write_conversations`; not by hand.*",
        "",
    ]
    for said, answer in exchanges:
        lines += [f"> {said}", ""]
        for reply in answer.body["replies"]:
            lines += [*(line for line in reply["text"].splitlines()), ""]
            if reply["quick_replies"]:
                lines += [" ".join(f"`{choice}`" for choice in reply["quick_replies"]), ""]
    return "\n".join(lines).rstrip() + "\n"
