"""What a page shows is what was said, read and known: nothing lost, nothing added."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.console import words as word_tables
from api.console.brief_view import BriefWriter
from api.console.pages import safe_next
from api.console.views import Known, RowSource, danger_pieces, message_views, row
from api.console.words import ConsoleWords
from api.conversations.models import Conversation, Message
from api.handoffs.models import Handoff
from api.handoffs.schemas import Brief, Consent, KnownFact
from reference.places import Places
from reference.prisons import Prisons
from voice import Voice

NOW = datetime(2026, 11, 25, 21, 0, tzinfo=timezone.utc)
TEMPLATES = Path(word_tables.__file__).parent / "templates"


@pytest.fixture(scope="module")
def words() -> ConsoleWords:
    return ConsoleWords(Voice.load())


def said(text: str, *spans: tuple[int, int], author: str = "person", **more: object) -> Message:
    fields = {"seq": 1, "status": "stored", "sent_at": NOW, "safety": {"spans": [list(span) for span in spans]}}
    return Message(id=uuid4(), author=author, text=text, **{**fields, **more})


def waiting(minutes: int = 5, *, known: Known | None = None, level: str = "none", **more: object) -> RowSource:
    handoff = Handoff(
        id=uuid4(),
        state="waiting",
        level=level,
        emergency=level == "emergency",
        opened_at=NOW - timedelta(minutes=minutes),
        **more,
    )
    return RowSource(handoff, Conversation(channel="sms"), known or Known())


def test_danger_words_are_marked_where_they_stand() -> None:
    pieces = danger_pieces(said("mum he's gone blue help", (9, 18)))
    assert [(piece.text, piece.danger) for piece in pieces] == [
        ("mum he's ", False),
        ("gone blue", True),
        (" help", False),
    ]


def test_consent_is_told_of_as_it_was_and_not_asked_for_in_an_emergency(words: ConsoleWords) -> None:
    writer = BriefWriter(words, Places.load(), Prisons.load())

    def shown(**more: object) -> dict[str, object]:
        view = writer.view(Brief(level="urgent", **{"emergency": False, **more}), has_conversation=True)
        return {entry.heading: entry.lines for entry in view.entries}

    heading = words("console/brief_consent")
    assert heading not in shown()
    assert shown(emergency=True)[heading] == [words("console/brief_consent_emergency")]
    (told,) = shown(emergency=True, consent=Consent(to_share=True, at=NOW))[heading]
    assert "25 November" in told


def test_a_child_and_what_was_answered_in_the_checks_stand_in_the_brief(words: ConsoleWords) -> None:
    known = {
        "young_person": True,
        "country": "england",
        "drinking_check": {"score": 7, "worth_a_talk": True},
        "using_check": {"any": "yes", "worried": "yes", "morning": "yes", "cut_down": "no"},
        "strain_check": {"sleep": "a_lot", "money": "a_bit", "family": "a_lot"},
    }
    facts = [
        KnownFact(name=name, value=value, words=None, message_id=None, noted_at=NOW) for name, value in known.items()
    ]
    writer = BriefWriter(words, Places.load(), Prisons.load())
    view = writer.view(Brief(level="none", emergency=False, facts=facts), has_conversation=True)
    shown = {entry.heading: list(entry.lines) for entry in view.entries}
    assert "safeguarding" in shown[words("console/brief_child")][0]
    assert shown[words("console/brief_place")] == [words("console/brief_elsewhere")]
    assert shown[words("console/brief_checks")] == [
        "Drinking (AUDIT-C): 7 of 12, worth a talk",
        "Own use: worried about it, needs it in the morning to feel well",
        "Weighs on them a lot: sleep, family",
    ]


def test_what_the_service_said_is_never_marked_as_danger() -> None:
    pieces = danger_pieces(said("Is he gone blue?", (0, 5), author="service"))
    assert [piece.danger for piece in pieces] == [False]


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(-3, 45), st.integers(-3, 45)), max_size=6))
def test_no_reading_of_danger_can_change_the_words(text: str, spans: list[tuple[int, int]]) -> None:
    assert "".join(piece.text for piece in danger_pieces(said(text, *spans))) == text


def test_a_row_says_risk_name_for_whom_how_long_channel_and_release(words: ConsoleWords) -> None:
    known = Known("Jean", "family", "son", date(2026, 11, 24))
    shown = row(waiting(12, known=known, level="emergency"), words=words, now=NOW)
    assert (shown.level_words, shown.name, shown.for_whom) == ("Emergency", "Jean", "for their son")
    assert (shown.time_words, shown.channel_words) == ("waiting 12 min", "Text")
    assert shown.release_words == "day 1 since release"
    assert shown.too_long


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 27), "release in 2 days"),
        (date(2026, 11, 26), "release tomorrow"),
        (date(2026, 11, 25), "released today"),
        (date(2026, 11, 20), "day 5 since release"),
    ],
)
def test_a_release_is_counted_in_days_in_scotland(words: ConsoleWords, day: date, said: str) -> None:
    shown = row(waiting(known=Known(release_date=day)), words=words, now=NOW)
    assert shown.release_words == said


def test_facts_that_are_not_as_agreed_count_as_not_known() -> None:
    assert Known.of({"first_name": 7, "relation": " ", "release_date": "Friday"}) == Known()


def test_somebody_who_deleted_their_words_still_has_a_row(words: ConsoleWords) -> None:
    shown = row(RowSource(waiting(level="emergency").handoff, None, Known()), words=words, now=NOW)
    assert (shown.level, shown.name, shown.extra_words) == ("emergency", None, "deleted what they wrote")


def test_each_message_says_who_wrote_it_and_each_day_is_named_once(words: ConsoleWords) -> None:
    log = [
        said("hello", seq=1, sent_at=NOW - timedelta(days=1)),
        said("Call 999.", seq=2, author="service", content_id="coach/call_999"),
        said("Calum is here.", seq=3, author="service", content_id="handoff/officer_joined"),
        said("I am Calum.", seq=4, author="officer", name="Calum", status="delivered"),
        said("I was Moira.", seq=5, author="officer", name="Moira"),
    ]
    shown = message_views(log, staff_first_name="Calum", words=words)
    assert [view.author_words for view in shown] == ["Person", "Emergency steps", "Gateside", "You", "Moira"]
    assert [view.day for view in shown] == ["Tuesday 24 November 2026", "Wednesday 25 November 2026", None, None, None]
    assert [view.status_words for view in shown] == [None, None, None, "Delivered", "Not sent yet"]


def test_every_word_the_console_asks_for_stands_in_the_content_library(words: ConsoleWords) -> None:
    asked = {
        found
        for file in [*TEMPLATES.glob("*.html"), *TEMPLATES.parent.glob("*.py")]
        for found in re.findall(r"[\"'](console/[a-z_]+)[\"']", file.read_text())
    }
    known = [block.id for block in Voice.load().library]
    begun = {content_id for content_id in asked if content_id.endswith("_")}
    assert len(asked) > 200
    assert sorted(content_id for content_id in asked - begun if content_id not in words) == []
    assert [beginning for beginning in begun if not any(one.startswith(beginning) for one in known)] == []


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/console/people/0199", "/console/people/0199"),
        ("/console", "/console"),
        ("https://elsewhere.example/", "/console"),
        ("//elsewhere.example/console/people/", "/console"),
        ("/console/people/..//elsewhere.example", "/console"),
        ("/console/people/\\elsewhere.example", "/console"),
        ("", "/console"),
    ],
)
def test_signing_in_leads_nowhere_but_into_the_console(wanted: str, led: str) -> None:
    assert safe_next(wanted) == led
