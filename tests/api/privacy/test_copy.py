"""Somebody gets everything that is kept about them: as a file, as a page, by text through an officer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.conversations.holders import noted_holder_of
from api.corrections.models import Correction
from api.handoffs.models import AmbulanceCall, CallbackAttempt, HandoffNote
from api.privacy.holdings import HOLDINGS, Whose
from api.release_plans.models import CheckIn, ReleasePlan
from api.staff.models import Role
from tests.api.house import Chat, House
from tests.api.people import Colleague, hire

NUMBER = "+447700900323"
IN_THE_COPY = {
    "conversations", "messages", "facts", "phone_holders", "corrections", "release_plans", "check_ins", "handoffs",
    "handoff_notes", "callback_attempts", "ambulance_calls", "referrals", "check_in_tries",
}  # fmt: skip
ONLY_HOW_IT_WAS_DONE = {
    "turns", "turn_requests", "outbox", "sent_texts", "handoff_listeners", "forgettings", "provider_copies",
    "provider_sweeps", "past_texts",
}  # fmt: skip
"""Times and states of the service's own work; docs/privacy.md names them."""


@pytest.fixture
async def http(house: House) -> AsyncIterator[httpx.AsyncClient]:
    house.app = create_app(house.parts.settings, parts=house.parts)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(house.app), base_url="https://gateside.example.org"
    ) as http:
        yield http


def test_every_personal_table_is_in_the_copy_or_named_as_mere_workings() -> None:
    personal = {name for name, holding in HOLDINGS.items() if holding.whose is Whose.PERSON}
    assert personal == IN_THE_COPY | ONLY_HOW_IT_WAS_DONE


async def _lived_through_it_all(house: House) -> tuple[Chat, Colleague]:
    karen = await hire(house.parts.database, house.clock, role=Role.LEAD, present=True)
    chat = await house.chat()
    await house.writes(chat, "my son gets out of kilmarnock")
    await house.writes(chat, "he's no breathin")
    last = (await house.said(chat.id))[-1]
    now = house.clock.now()
    handoff = await house.handoff(chat.id)
    assert handoff is not None
    async with house.parts.database.write() as session:
        session.add(
            ReleasePlan(
                conversation_id=chat.id, release_date=now.date(), prison="kilmarnock", hour=10, created_at=now,
                updated_at=now,
            )
        )  # fmt: skip
        await session.flush()
        (await noted_holder_of(session, chat.id)).keep_word("heather", now)
        session.add_all(
            [
                CheckIn(conversation_id=chat.id, day=2, due_at=now + timedelta(days=2), act_at=now, topic="roof"),
                Correction(
                    message_id=last.id, conversation_id=chat.id, guessed=[], offered=["naloxone"], chosen="naloxone",
                    model=None, offered_on=now.date(),
                ),
                HandoffNote(
                    handoff_id=handoff.id, staff_id=karen.id, text="for you: a kit is on its way", audience="person",
                    written_at=now,
                ),
                HandoffNote(
                    handoff_id=handoff.id, staff_id=karen.id, text="among ourselves", audience="staff", written_at=now
                ),
                CallbackAttempt(
                    handoff_id=handoff.id, staff_id=karen.id, result="no_answer", tried_at=now, recorded_at=now
                ),
                AmbulanceCall(
                    handoff_id=handoff.id, staff_id=karen.id, rung_by="person", rung_at=now, place="12 High Street",
                    reference="A-7", recorded_at=now,
                ),
            ]
        )  # fmt: skip
    return chat, karen


async def test_the_file_holds_everything_but_what_staff_wrote_for_each_other(
    house: House, http: httpx.AsyncClient
) -> None:
    chat, _ = await _lived_through_it_all(house)
    answer = await http.get(f"/api/v1/conversations/{chat.id}/copy", headers=chat.bearer)
    assert answer.headers["cache-control"] == "no-store"
    kept: dict[str, Any] = answer.json()
    assert kept["messages"][0]["text"] == "my son gets out of kilmarnock"
    assert [one["level"] for one in kept["readings"]] == ["emergency"]
    assert kept["release_plan"]["prison"] == "kilmarnock"
    assert [one["topic"] for one in kept["release_plan"]["check_ins"]] == ["roof"]
    (handoff,) = kept["handoffs"]
    assert handoff["emergency"]
    assert handoff["ambulances"][0]["place"] == "12 High Street"
    assert [call["result"] for call in handoff["calls"]] == ["no_answer"]
    assert [one["chosen"] for one in kept["not_understood"]] == ["naloxone"]
    assert [note["text"] for note in kept["notes"]] == ["for you: a kit is on its way"]
    assert kept["has_word"] is True
    assert "among ourselves" not in answer.text


async def test_the_page_reads_the_same_in_plain_words_with_the_file_in_it(
    house: House, http: httpx.AsyncClient
) -> None:
    chat, _ = await _lived_through_it_all(house)
    page = await http.post(f"/api/v1/conversations/{chat.id}/copy", data={"token": chat.token})
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    for words in (
        "my son gets out of kilmarnock",
        "12 High Street",
        "a kit is on its way",
        "Everything we hold",
        "roof",
    ):
        assert words in page.text
    assert "privacy_copy/" not in page.text
    assert "among ourselves" not in page.text
    wrong = await http.post(f"/api/v1/conversations/{chat.id}/copy", data={"token": "wrong"})
    assert (wrong.status_code, wrong.headers["content-type"]) == (401, "text/html; charset=utf-8")


async def test_leads_copy_and_wipe_by_number_or_handoff_and_officers_do_not(
    house: House, http: httpx.AsyncClient
) -> None:
    _, karen = await _lived_through_it_all(house)
    officer = await hire(house.parts.database, house.clock, "Calum Reid")
    received = await house.texts(NUMBER, "person")
    by_number = {"number": "07700 900323"}
    refused = await http.post("/api/v1/people/copy", json=by_number, headers=officer.bearer)
    assert refused.status_code == 403
    copied = (await http.post("/api/v1/people/copy", json=by_number, headers=karen.bearer)).json()
    assert [(one["number"], one["messages"][0]["text"]) for one in copied["items"]] == [(NUMBER, "person")]
    handoff = await house.handoff(received.conversation_id)
    assert handoff is not None
    by_handoff = {"handoff_id": str(handoff.id)}
    again = (await http.post("/api/v1/people/copy", json=by_handoff, headers=karen.bearer)).json()
    assert [one["id"] for one in again["items"]] == [str(received.conversation_id)]
    wiped = await http.post("/api/v1/people/erase", json=by_number, headers=karen.bearer)
    assert wiped.json() == {"conversations": 1, "alert_stays": False}
    assert (await http.post("/api/v1/people/erase", json=by_handoff, headers=karen.bearer)).status_code == 404
    assert (await http.post("/api/v1/people/erase", json={}, headers=karen.bearer)).status_code == 422
    assert (await http.post("/api/v1/people/erase", json={"number": "x"}, headers=karen.bearer)).status_code == 422


@pytest.mark.parametrize("said", ["my data", "copy of my data", "what do you hold on me"])
async def test_by_text_somebody_is_told_how_to_get_it(house: House, said: str) -> None:
    received = await house.texts(NUMBER, said)
    assert await house.last_said(received.conversation_id) == ["privacy_copy/how"]
    assert house.bot.texts == []
