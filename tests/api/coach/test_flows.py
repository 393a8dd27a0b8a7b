"""The coach's steps as helpline people wrote them."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.coach.flows import FlowBook, FlowError, Place, Then
from voice import Voice

BOOK = FlowBook.load()
VOICE = Voice.load()


def _reachable(start: Place) -> set[Place]:
    seen: set[Place] = set()
    ahead = [start]
    while ahead:
        place = ahead.pop()
        if place not in seen:
            seen.add(place)
            step = BOOK.step(place)
            leads = (*step.answers.values(), *step.told.values(), step.danger, step.again)
            ahead.extend(one for one in leads if one is not None)
    return seen


@pytest.mark.parametrize("channel", ["web", "sms"])
@pytest.mark.parametrize("audience", [None, "family", "self", "worker"])
def test_every_word_of_every_step_can_be_said_to_everybody(channel: str, audience: str | None) -> None:
    for content_id in BOOK.content_ids():
        assert VOICE.say(content_id, channel=channel, audience=audience).text


def test_every_emergency_begins_with_999_in_one_text() -> None:
    for flow in BOOK.flows.values():
        if flow.level == "emergency":
            first = VOICE.say(BOOK.step(flow.start).content_ids[0], channel="sms").text
            assert first.split(".")[0].upper().startswith("CALL 999"), flow.name
            assert len(first) <= 160, flow.name


def test_every_emergency_reaches_an_end_from_every_step_and_leaves_nobody_in_a_dead_end() -> None:
    for flow in BOOK.flows.values():
        for name in flow.steps:
            ends = [place for place in _reachable(Place(flow.name, name)) if BOOK.step(place).is_last]
            assert ends, f"{flow.name}/{name}"


def test_no_emergency_step_asks_who_somebody_is_or_for_consent() -> None:
    asked = {
        BOOK.step(place).question
        for flow in BOOK.flows.values()
        if flow.level == "emergency"
        for place in _reachable(flow.start)
    }
    assert asked <= {None, "breathing", "naloxone", "better", "where", "safe_now"}


def test_naloxone_is_offered_only_after_the_999_line_and_the_breathing_question() -> None:
    start = BOOK.step(BOOK.flows["overdose"].start)
    assert start.content_ids == ("coach/call_999", "coach/ask_breathing")
    for answer in ("no", "unsure"):
        assert BOOK.step(start.answers[answer]).say == ("coach/cpr",)
    assert BOOK.step(start.answers["yes"]).say == ("coach/recovery_position",)


def test_whoever_has_said_it_already_still_hears_999_first() -> None:
    for flow in BOOK.flows.values():
        first = BOOK.step(flow.start)
        for place in first.told.values():
            assert BOOK.step(place).say[: len(first.say)] == first.say, flow.name


def test_an_awake_person_is_never_told_that_the_ambulance_can_go() -> None:
    assert "Don't send the ambulance away" in VOICE.say("coach/wears_off", channel="web").text
    assert "20 minutes" in VOICE.say("coach/wears_off", channel="sms").text


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "flow: x\nlevel: emergency\nstart: a\nsteps: {a: {ask: c/q, question: where, answers: {'yes': a}}}",
            "every one",
        ),
        ("flow: x\nlevel: emergency\nstart: b\nsteps: {a: {say: []}}", "no step"),
        ("flow: x\nlevel: emergency\nsteps: {a: {say: []}}", "missing"),
        (
            "flow: x\nlevel: emergency\nstart: a\nsteps: {a: {ask: c/q, question: where,"
            " answers: {'yes': z, 'no': z, unsure: z, other: z}}}",
            "not there",
        ),
        ("flow: x\nlevel: emergency\nstart: a\nsteps: {a: {ask: c/q}}", "belong together"),
    ],
)
def test_a_broken_flow_stops_the_start_and_names_its_fault(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "x.yml").write_text(text)
    (tmp_path / "choice.yml").write_text("emergency: [{flow: x}]")
    with pytest.raises(FlowError, match=complaint):
        FlowBook.load(tmp_path)


def test_whoever_is_brought_a_person_is_told_what_that_person_sees() -> None:
    bringing = [step for flow in BOOK.flows.values() for step in flow.steps.values() if step.then is Then.HANDOFF]
    assert bringing
    assert all("safety/person_asked" in step.say for step in bringing)
