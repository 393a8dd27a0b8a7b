"""Words that lean on what was said before: "how do I use it?", "what about methadone?", "and in Fife?".

Which words lean on which topics stands in `data/language/follow_ups.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import yaml
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.plain_words import PlainWords
from reference.paths import data_folder

RELEASED = "released"
"""A topic without an intent of its own: that somebody gets out, or got out."""
_HEARS_OF_A_RELEASE = "action_hear_release"
_ANYTHING = "anything"
_MOST_WORDS = 6
_MARKS = re.compile(r"[^\w' ]+")


def in_context(parse: dict[str, Any], tracker: DialogueStateTracker, audience: str | None) -> dict[str, Any]:
    """The reading of a message that only leans on what was said before, as its full question; any other as it is."""
    said = _plain(parse.get("text") or "")
    if not said or len(said.split()) > _MOST_WORDS + 3:
        return parse
    means = _waiting(said, tracker) or _meaning(said, parse, _topic(tracker), audience)
    return parse if means is None else _read_as(parse, means)


def _waiting(said: str, tracker: DialogueStateTracker) -> str | None:
    """What a short question means straight after a person was asked for, which is no topic to go on talking of."""
    asked = next((event.intent_name for event in reversed(tracker.events) if isinstance(event, UserUttered)), None)
    for entry in _follow_ups()["leaning"]:
        if asked in _follow_ups()["no_topic"] and asked in entry["after"] and said in entry["says"]:
            return str(entry["means"])
    return None


def _meaning(said: str, parse: dict[str, Any], topic: str | None, audience: str | None) -> str | None:
    known = _follow_ups()
    for entry in known["leaning"]:
        leans = topic is not None and (entry["after"] == _ANYTHING or topic in entry["after"])
        meant_for_them = audience is None or entry.get("not_for") != audience
        if leans and meant_for_them and said in entry["says"]:
            return str(entry["means"])
    if topic is not None:
        drugs = [str(found["value"]) for found in parse.get("entities", []) if found["entity"] == "substance"]
        if drugs and _opens(said, known["about_another_drug"]):
            return _about_another_drug(drugs, topic, said)
        places = [found for found in parse.get("entities", []) if found["entity"] == "place"]
        if places and _opens(said, known["about_another_place"]):
            about = known["about_another_place"]
            return topic if topic in about["same_topic"] else str(about["otherwise"])
    if any(said.startswith(f"{opening} ") for opening in known["about_sharing"]["openings"]):
        return str(known["about_sharing"]["means"])
    if said in known["about_the_conversation"]["says"]:
        return str(known["about_the_conversation"]["means"])
    return None


def _about_another_drug(drugs: Iterable[str], topic: str, said: str) -> str | None:
    about = _follow_ups()["about_another_drug"]
    named_alone = any(len(said.removeprefix(f"{opening} ").split()) <= 1 for opening in about["openings"])
    if topic in about["prescribed_after"] and any(drug in about["prescribed"] for drug in drugs):
        return str(about["prescribed_means"])
    if not set(about["no_drug_by_itself"]).isdisjoint(said.split()):
        return None
    meant = about["instead"].get(topic, topic)
    if meant in about["same_topic"]:
        return str(meant)
    return str(about["otherwise"]) if named_alone else None


def _opens(said: str, about: dict[str, Any]) -> bool:
    return len(said.split()) <= _MOST_WORDS and any(said.startswith(f"{opening} ") for opening in about["openings"])


def _topic(tracker: DialogueStateTracker) -> str | None:
    """What was talked of last: an intent, or `RELEASED`."""
    heard_of_release = False
    for event in reversed(tracker.events):
        if isinstance(event, ActionExecuted) and event.action_name == _HEARS_OF_A_RELEASE:
            heard_of_release = True
        elif isinstance(event, UserUttered):
            intent = event.intent_name
            if heard_of_release:
                return RELEASED
            if intent and intent not in _follow_ups()["no_topic"]:
                return str(intent)
    return None


def _read_as(parse: dict[str, Any], intent: str) -> dict[str, Any]:
    guess = {"name": intent, "confidence": 1.0}
    others = [other for other in parse.get("intent_ranking", []) if other["name"] != intent]
    return {**parse, "intent": guess, "intent_ranking": [guess, *others]}


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub(" ", PlainWords.load().of(text)).split())


@lru_cache(maxsize=1)
def _follow_ups() -> dict[str, Any]:
    with (data_folder() / "language" / "follow_ups.yml").open(encoding="utf-8") as file:
        return dict(yaml.safe_load(file))
