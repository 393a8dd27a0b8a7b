"""What the language reading of a message tells about the person's situation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from api.assistant.client import Answer, Entity

_BY_ENTITY = {"person": "relation", "place": "place", "prison": "prison"}
_BY_INTENT = {"identify_family": "family", "identify_self": "self", "identify_worker": "worker"}
_ABOUT_RELEASE = frozenset(
    {
        "set_release_plan",
        "change_release_plan",
        "ask_risk_after_release",
        "ask_release_support",
        "ask_prescription_on_release",
    }
)
_RELEASE_ENTITIES = frozenset({"release", "prison"})


@dataclass(frozen=True)
class Learned:
    """One fact, with the words it stands in."""

    name: str
    value: Any
    words: str | None = None


def learned_from(answer: Answer, known: dict[str, Any]) -> Iterator[Learned]:
    """The facts that a turn's reading brings, given what is `known` already."""
    understood = answer.understood
    audience = answer.audience or _BY_INTENT.get(understood.intent or "")
    if audience and audience != known.get("audience"):
        yield Learned("audience", audience)
    for entity in understood.entities:
        if entity.entity in _BY_ENTITY and entity.value:
            yield Learned(_BY_ENTITY[entity.entity], entity.value, entity.text or None)
    release = _release_date(answer)
    if release is not None:
        yield Learned("release_date", release.value, release.text or None)
    substances = [entity for entity in understood.entities if entity.entity == "substance" and entity.value]
    if substances:
        named = list(dict.fromkeys([*(known.get("substances") or []), *(entity.value for entity in substances)]))
        yield Learned("substances", named, ", ".join(entity.text for entity in substances) or None)


def _release_date(answer: Answer) -> Entity | None:
    """The date in the message, when the message is about getting out."""
    understood = answer.understood
    named = {entity.entity for entity in understood.entities}
    if understood.intent not in _ABOUT_RELEASE and named.isdisjoint(_RELEASE_ENTITIES):
        return None
    return next((entity for entity in understood.entities if entity.entity == "date" and entity.value), None)
