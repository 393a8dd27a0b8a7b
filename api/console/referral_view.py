"""What a referral tells whoever rings the family: who sent it, when it is safe, and what may be said to others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from api.console.words import ConsoleWords

HEADING = "referral_console/heading"
ABOUT: Mapping[str, str] = {
    "worried": "referral_console/about_worried",
    "bereaved": "referral_console/about_bereaved",
    "coming_home": "referral_console/about_coming_home",
}
WHEN: Mapping[str, str] = {
    "any": "referral_console/when_any",
    "morning": "referral_console/when_morning",
    "afternoon": "referral_console/when_afternoon",
    "evening": "referral_console/when_evening",
}
IF_OTHERS_ANSWER: Mapping[str, str] = {
    "nothing": "referral_console/others_nothing",
    "first_name": "referral_console/others_first_name",
    "helpline": "referral_console/others_helpline",
}


def referral_lines(words: ConsoleWords, known: Mapping[str, Any]) -> Iterator[str]:
    """A line for each thing to know before ringing; none for whoever was not referred. `known` are facts by name."""
    told = known.get("referral")
    if not isinstance(told, Mapping):
        return
    service = told.get("service")
    yield words("referral_console/by", sender=service) if service else words("referral_console/by_somebody")
    for lines, name in ((ABOUT, "about"), (WHEN, "when"), (IF_OTHERS_ANSWER, "if_others_answer")):
        if told.get(name) in lines:
            yield words(lines[str(told[name])])
    if told.get("area"):
        yield words("referral_console/area", area=told["area"])
    if told.get("text"):
        yield words("referral_console/texted")
    if told.get("answered"):
        yield words("referral_console/answered")
