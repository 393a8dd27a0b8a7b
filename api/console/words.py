"""The console's words: all of them stand in `data/content/console.yml`, none in a template or in this room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from reference.clock import SCOTLAND
from voice import Voice

LEVELS: Mapping[str, str] = {
    "emergency": "console/level_emergency",
    "urgent": "console/level_urgent",
    "check": "console/level_check",
    "none": "console/level_none",
}
LEVEL_ICONS: Mapping[str, str] = {"emergency": "danger", "urgent": "urgent", "check": "check", "none": "none"}
CHANNELS: Mapping[str, str] = {
    "web": "console/channel_web",
    "sms": "console/channel_sms",
    "phone": "referral_console/channel",
}
AUDIENCES: Mapping[str, str] = {
    "family": "console/for_family",
    "self": "console/for_self",
    "worker": "console/for_worker",
}
AUTHORS: Mapping[str, str] = {
    "person": "console/author_person",
    "assistant": "console/author_assistant",
    "service": "console/author_service",
}
STATUSES: Mapping[str, str] = {
    "stored": "console/status_stored",
    "sent": "console/status_sent",
    "delivered": "console/status_delivered",
    "failed": "console/status_failed",
}
OUTCOMES: Mapping[str, str] = {
    "safe": "console/outcome_safe",
    "referred": "console/outcome_referred",
    "naloxone_arranged": "console/outcome_naloxone_arranged",
    "emergency_services_called": "console/outcome_emergency_services_called",
    "callback_booked": "console/outcome_callback_booked",
    "disengaged": "console/outcome_disengaged",
    "other": "console/outcome_other",
}
NEEDS: Mapping[str, str] = {
    "family_support": "console/need_family_support",
    "own_use": "console/need_own_use",
    "recovery": "console/need_recovery",
    "housing": "console/need_housing",
    "money": "console/need_money",
    "mental_health": "console/need_mental_health",
    "physical_health": "console/need_physical_health",
    "employment": "console/need_employment",
    "legal_advocacy": "console/need_legal_advocacy",
    "bereavement": "console/need_bereavement",
    "children": "console/need_children",
    "naloxone": "console/need_naloxone",
    "release": "console/need_release",
}
NALOXONE: Mapping[str, str] = {
    "arranged": "console/naloxone_arranged",
    "has_it": "console/naloxone_has_it",
    "declined": "console/naloxone_declined",
    "not_raised": "console/naloxone_not_raised",
}
AMBULANCE_BY: Mapping[str, str] = {
    "officer": "console/ambulance_by_officer",
    "person": "console/ambulance_by_person",
    "somebody_there": "console/ambulance_by_somebody_there",
    "other_service": "console/ambulance_by_other_service",
}
CALL_RESULTS: Mapping[str, str] = {
    "reached": "console/call_reached",
    "no_answer": "console/call_no_answer",
    "message_left": "console/call_message_left",
    "not_now": "console/call_not_now",
    "wrong_number": "console/call_wrong_number",
}
ANSWERS: Mapping[str, str] = {
    "yes": "console/answer_yes",
    "no": "console/answer_no",
    "unsure": "console/answer_unsure",
}
NOTICES: Mapping[str, str] = {
    "taken": "console/taken",
    "finished": "console/finished",
    "note_saved": "console/note_saved",
    "returned": "console/returned",
    "handed_over": "console/handed_over",
    "nobody_waiting": "console/nobody_waiting",
    "on_break": "console/on_break_take",
    "on_break_now": "console/on_break",
    "back": "console/back_from_break",
    "no_room": "console/no_room",
    "service_sent": "console/service_sent",
    "ambulance_noted": "console/ambulance_noted",
    "ended": "console/ended",
    "asked_to_join": "console/asked_to_join",
    "withdrawn": "console/withdrawn",
    "joined": "console/joined",
    "stepped_out": "console/stepped_out",
    "callback_booked": "console/callback_booked",
    "whispered": "console/whispered",
    "call_noted": "console/call_noted",
}
"""What may be said after a redirect, by the word in the address."""
DOOR_NOTICES: Mapping[str, str] = {
    "out": "console/signed_out",
    "ended": "console/sign_in_again",
    "password": "console/set_password_done",
}
WORKLIST_NOTICES: Mapping[str, str] = {"recorded": "console/call_noted"}
HELD_NOTICES: Mapping[str, str] = {
    "wiped": "console_held/wiped",
    "wiped_alert_stays": "console_held/wiped_alert_stays",
}
ACCOUNT_NOTICES: Mapping[str, str] = {
    "session_ended": "console/session_ended",
    "password_changed": "console/password_changed",
}
SCRIPT_WORDS: Mapping[str, str] = {
    "arrived": "console/arrived",
    "arrivedEmergency": "console/arrived_emergency",
    "connected": "console/connected",
    "notConnected": "console/not_connected",
    "connectionLost": "console/connection_lost",
    "connectionBack": "console/connection_back",
    "leaseLost": "console/lease_lost",
    "notSent": "console/not_sent",
    "personTyping": "console/person_typing",
    "sending": "console/sending",
    "soundOn": "console/sound_on",
    "soundOff": "console/sound_off",
    "soundWaits": "console/sound_waits",
    "wentWrong": "console/went_wrong",
}
"""The words that the page's script needs, under the names it knows them by."""


@dataclass(frozen=True)
class Choice:
    """A code in a form, and the words beside it."""

    code: str
    words: str


def choices(words: ConsoleWords, table: Mapping[str, str]) -> list[Choice]:
    """The choices of a form, in the table's order."""
    return [Choice(code, words(content_id)) for code, content_id in table.items()]


class ConsoleWords:
    """Says the console's words; a template calls it as `words("console/queue")`."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice

    def __call__(self, content_id: str, **values: Any) -> str:
        """The words of one block. Raises UnknownContentError or CannotSayError."""
        return self._voice.say(content_id, channel="web", values=values).text

    def __contains__(self, content_id: str) -> bool:
        return content_id in self._voice.library

    def beginning_with(self, start: str) -> list[tuple[str, str]]:
        """The words of every block whose id begins so: the rest of the id, and what it says."""
        ids = sorted(block.id for block in self._voice.library if block.id.startswith(start))
        return [(content_id.removeprefix(start), self(content_id)) for content_id in ids]

    def for_script(self) -> dict[str, str]:
        """What the page's script says by itself."""
        return {name: self(content_id) for name, content_id in SCRIPT_WORDS.items()}

    def waited(self, minutes: int) -> str:
        """How long somebody has been waiting."""
        if minutes < 1:
            return self("console/waited_moments")
        if minutes < 120:
            return self("console/waited_minutes", minutes=minutes)
        return self("console/waited_hours", hours=minutes // 60)

    def release(self, days: int | None) -> str | None:
        """Where somebody stands to a release, `days` after it (negative: before it)."""
        if days is None:
            return None
        if days == 0:
            return self("console/released_today")
        if days < 0:
            return self("console/days_until_release", days=-days)
        return self("console/day_since_release", days=days)

    def for_whom(self, audience: str | None, relation: str | None) -> str:
        """For whom somebody is here."""
        if relation and audience in (None, "family"):
            return self("console/for_relation", relation=relation)
        return self(AUDIENCES.get(audience or "", "console/for_unknown"))


def clock_time(instant: datetime) -> str:
    """An instant as a clock in Scotland shows it: `02:14`."""
    return instant.astimezone(SCOTLAND).strftime("%H:%M")


def day_name(day: date) -> str:
    """A day in full: `Friday 27 November 2026`."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def local_day(instant: datetime) -> date:
    """The day in Scotland on which an instant falls."""
    return instant.astimezone(SCOTLAND).date()
