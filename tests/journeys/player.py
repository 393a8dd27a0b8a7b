"""Plays a written conversation with the real Rasa server and the real actions, and remembers what the service would."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from api.assistant.client import Told
from api.coach.decision import NOTHING, AskedAbout, Heard, Move, PassOn, decide
from api.coach.flows import FlowBook, Place
from api.reception.arrivals import as_kept
from api.reception.facts import learned_from
from safety.answers import read_answer
from safety.reading import SafetyReader
from tests.bot.assistant import CLOCK, Answer, Assistant, Conversation
from voice import Voice

SCRIPTS = Path(__file__).parent / "scripts"
TODAY = datetime.fromisoformat(CLOCK).date()
_KEYS = {"name", "about", "channel", "audience", "nobody_free", "coach", "never", "transcript", "turns"}
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
    """A conversation as it was written down. `never`: words that stand in no reply of it. `coach`: danger is heard
    first, as in the whole service; without it the assistant hears everything."""

    name: str
    about: str
    channel: str
    audience: str | None
    never: tuple[str, ...]
    nobody_free: bool
    coach: bool
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
        coach=entry.get("coach", False),
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
        self._coach = CoachAtHand(script.channel) if script.coach else None

    @property
    def facts(self) -> dict[str, Any]:
        """What is known by now."""
        return self._conversation.facts

    def say(self, text: str) -> Answer:
        """The answer, after which the service knows what the words and the dialogue told it."""
        move = self._coach.hear(text, self._conversation) if self._coach else None
        if self._coach and move and move.content_ids:
            self._conversation.open_question = None
            return self._coach.answer(move)
        if self._coach and move and move.pass_on is PassOn.CHECKED:
            text = self._coach.asked.text
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


class CoachAtHand:
    """The real reading of danger and the real steps, without a database behind them."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._book, self._reader, self._voice = FlowBook.load(), SafetyReader.load(), Voice.load()
        self._place: Place | None = None
        self.asked = NOTHING

    def hear(self, text: str, conversation: Conversation) -> Move | None:
        """What the coach does about a message; None when it is not for it."""
        book, reader = self._book, self._reader
        place = self._place or book.asked_by_assistant(conversation.open_question)
        reading, plain = reader.read(text, question=book.step(place).question if place else None), reader.read(text)
        move = decide(book, place, Heard(text, reading, plain, conversation.audience), read_answer, self.asked)
        self._place = move.place if move else None
        if reading.check or not self.asked.text:
            self.asked = AskedAbout.of(text, as_kept(reading))
        return move

    def answer(self, move: Move) -> Answer:
        """The coach's words, as if the assistant had said them."""
        said = [self._voice.say(one, channel=self._channel, audience=move.said_for) for one in move.content_ids]
        replies = [
            {"content_id": words.content_id, "text": words.text, "quick_replies": list(words.quick_replies)}
            for words in said
        ]
        return Answer({"replies": replies, "open_question": None})


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
