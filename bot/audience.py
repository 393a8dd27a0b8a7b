"""Who is speaking: somebody's family, the person themselves, or a worker."""

from __future__ import annotations

import re
from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

AUDIENCE_SHOWN = "audience_shown"
"""A message's metadata: who the person showed themselves to be, beside `audience`, which a page may only assume."""

_BY_INTENT = {
    "identify_family": "family",
    "ask_family_support": "family",
    "ask_how_to_talk": "family",
    "ask_boundaries": "family",
    "concern_in_prison": "family",
    "ask_prison_contact": "family",
    "identify_self": "self",
    "report_use": "self",
    "identify_worker": "worker",
}
_I_AM_OUT = re.compile(
    r"\b(i|i'm|im|i've|ive|i'll|ill|ah|ah'm|ahm|a'm|am|av|ave)\s+(\w+\s+){0,3}"
    r"(out|oot|released|libbed|liberated|home|hame|getting|gettin|leaving|jail|jile|prison)\b"
)
_SOMEBODY_ELSE = re.compile(r"\b(he|he's|hes|him|his|she|she's|shes|her|they|they're|them|their|we|my|ma)\b")


def audience_shown(parse: dict[str, Any], tracker: DialogueStateTracker) -> str | None:
    """`family`, `self`, `worker`, or None: what this message shows, otherwise what an earlier one showed."""
    return shown_by(parse) or _shown_before(tracker)


def shown_by(parse: dict[str, Any]) -> str | None:
    """`family`, `self`, `worker`, or None: what this message shows by itself."""
    intent = parse["intent"].get("name")
    if intent == "identify_worker":
        return "worker"
    entities = {entity["entity"] for entity in parse["entities"]}
    text = (parse.get("text") or "").lower().replace("’", "'")
    if "release" in entities and (_I_AM_OUT.search(text) or not ("person" in entities or _SOMEBODY_ELSE.search(text))):
        return "self"
    if "person" in entities:
        return "family"
    return _BY_INTENT.get(intent)


def _shown_before(tracker: DialogueStateTracker) -> str | None:
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered) and (event.metadata or {}).get(AUDIENCE_SHOWN):
            return str(event.metadata[AUDIENCE_SHOWN])
    return None
