"""The brief, laid out under headings: known things in words, and what nobody asked yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.console.checks_view import check_lines
from api.console.referral_view import HEADING, referral_lines
from api.console.words import (
    AMBULANCE_BY,
    ANSWERS,
    CALL_RESULTS,
    CHANNELS,
    LEVELS,
    NEEDS,
    OUTCOMES,
    ConsoleWords,
    clock_time,
    day_name,
    local_day,
)
from api.handoffs.schemas import AmbulanceOut, Brief, CallTried, Consent, Earlier, RiskWords
from reference.places import Places
from reference.prisons import Prisons

HEADINGS = {
    "audience": "console/brief_who",
    "relation": "console/brief_relation",
    "first_name": "console/brief_name",
    "place": "console/brief_place",
    "prison": "console/brief_prison",
    "release_date": "console/brief_release",
    "needs": "console/brief_needs",
    "substances": "console/brief_substances",
    "naloxone_at_home": "console/brief_naloxone",
    "consent_to_share": "console/brief_consent",
    "location": "console/brief_location",
}
"""The heading of each fact that a brief may hold."""


@dataclass(frozen=True)
class Risk:
    """Danger in the person's own words, and the message it stands in."""

    level: str
    level_words: str
    words: str
    message_id: UUID


@dataclass(frozen=True)
class Entry:
    """A heading and what is known under it."""

    heading: str
    lines: Sequence[str]


@dataclass(frozen=True)
class BriefView:
    """The brief as the page lays it out; `said` and `not_asked` are lines of their own."""

    risks: Sequence[Risk]
    entries: Sequence[Entry]
    not_asked: Sequence[str]
    said: Sequence[str]
    ambulances: Sequence[str]
    calls: Sequence[str]
    earlier: Sequence[Entry]


class BriefWriter:
    """Lays out briefs with the console's words and the names that places and prisons go by."""

    def __init__(self, words: ConsoleWords, places: Places, prisons: Prisons) -> None:
        self._words = words
        self._places = places
        self._prisons = prisons

    def view(self, brief: Brief, *, has_conversation: bool) -> BriefView:
        """The brief under its headings, the gravest risk first."""
        risks = sorted((self._risk(risk) for risk in brief.risks), key=lambda risk: _GRAVITY.index(risk.level))
        return BriefView(
            risks=risks,
            entries=[Entry(self._words(heading), lines) for heading, lines in self._known(brief)]
            if has_conversation
            else [],
            not_asked=[self._words(HEADINGS[name]) for name in brief.not_asked],
            said=[said.opening for said in brief.said],
            ambulances=[self._ambulance(call) for call in brief.ambulances],
            calls=[self._call(call) for call in brief.calls],
            earlier=[self._earlier(before) for before in brief.earlier],
        )

    def _risk(self, risk: RiskWords) -> Risk:
        level = risk.level if risk.level != "none" else "check"
        quoted = " … ".join(risk.text[start:end] for start, end in sorted(risk.spans)) or risk.text
        return Risk(level, self._words(LEVELS[level]), quoted, risk.message_id)

    def _ambulance(self, call: AmbulanceOut) -> str:
        parts = [
            self._words("console/ambulance_at", when=_moment(call.rung_at)),
            self._words(AMBULANCE_BY[call.rung_by]),
        ]
        parts += [self._words("console/ambulance_to", place=call.place)] if call.place else []
        parts += [self._words("console/ambulance_reference", reference=call.reference)] if call.reference else []
        return ". ".join(parts)

    def _call(self, call: CallTried) -> str:
        result = self._words(CALL_RESULTS[call.result])
        return self._words("console/call_tried", when=_moment(call.tried_at), first_name=call.officer, result=result)

    def _earlier(self, before: Earlier) -> Entry:
        outcome = OUTCOMES.get(before.outcome or "")
        lines = [self._words(outcome)] if outcome else []
        lines += [said for said in (before.note, before.agreed) if said]
        if before.follow_up_on:
            lines.append(self._words("console/follow_up_on", day=day_name(before.follow_up_on)))
        return Entry(f"{day_name(local_day(before.ended_at))}{f', {before.officer}' if before.officer else ''}", lines)

    def _known(self, brief: Brief) -> Iterator[tuple[str, list[str]]]:
        words = self._words
        facts = {fact.name: fact.value for fact in brief.facts}
        if facts.get("young_person"):
            yield "console/brief_child", [words("console/brief_child_what")]
        if brief.location:
            yield HEADINGS["location"], [brief.location]
        who = [brief.first_name] if brief.first_name else []
        yield HEADINGS["audience"], [*who, words.for_whom(brief.audience, brief.relation)]
        if referred := list(referral_lines(words, facts)):
            yield HEADING, referred
        if brief.place:
            yield HEADINGS["place"], [self._places.title(brief.place)]
        elif facts.get("country"):
            yield HEADINGS["place"], [words("console/brief_elsewhere")]
        if brief.prison:
            prison = self._prisons.named(brief.prison)
            yield HEADINGS["prison"], [prison.title if prison else brief.prison]
        if brief.release:
            when = words.release(brief.release.days_since)
            yield HEADINGS["release_date"], [day_name(brief.release.date), *([when] if when else [])]
        if brief.needs:
            yield HEADINGS["needs"], [words(NEEDS[need]) if need in NEEDS else need for need in brief.needs]
        if brief.substances:
            yield HEADINGS["substances"], brief.substances
        if brief.naloxone_at_home:
            answer = ANSWERS.get(brief.naloxone_at_home)
            yield HEADINGS["naloxone_at_home"], [words(answer) if answer else brief.naloxone_at_home]
        if checked := list(check_lines(words, facts)):
            yield "console/brief_checks", checked
        if brief.consent:
            yield HEADINGS["consent_to_share"], [self._consent(brief.consent)]
        elif brief.emergency:
            yield HEADINGS["consent_to_share"], [words("console/brief_consent_emergency")]
        yield "console/brief_contact", list(self._contact(brief))

    def _consent(self, consent: Consent) -> str:
        if not consent.to_share:
            return self._words("console/brief_consent_none")
        return self._words("console/brief_consent_at", when=_moment(consent.at))

    def _contact(self, brief: Brief) -> Iterator[str]:
        if brief.channel:
            yield self._words(CHANNELS[brief.channel])
        if brief.opted_out:
            yield self._words("console/brief_opted_out")
        if brief.callback_at:
            yield self._words("console/callback_at", when=_moment(brief.callback_at))


_GRAVITY = ("emergency", "urgent", "check")


def _moment(instant: datetime) -> str:
    return f"{day_name(local_day(instant))}, {clock_time(instant)}"
