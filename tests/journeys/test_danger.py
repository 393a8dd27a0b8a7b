"""Danger, on either channel, with Rasa and without, with officers and with nobody."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import httpx
import pytest

from tests.journeys.conftest import ON_CALL, Phone, Twilio
from tests.journeys.house import House

NOT_WAKING = "he's took something and he'll no wake up"


class Webchat:
    """A person on the wire of webchat."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=20)
        opened = self.http.post("/api/v1/conversations", json={}).json()
        self.id = opened["id"]
        self.http.headers["Authorization"] = f"Bearer {opened['token']}"

    def say(self, text: str) -> list[str]:
        answer = self.http.post(
            f"/api/v1/conversations/{self.id}/messages",
            params={"wait": 5},
            json={"client_id": str(uuid.uuid4()), "text": text},
        )
        assert answer.status_code == 202, answer.text
        return [reply["text"] for reply in answer.json()["replies"]]


@pytest.fixture(scope="module")
def lead(house: House) -> Iterator[httpx.Client]:
    house.hire("Ishbel Kerr", "ishbel@example.org", "lead")
    with house.staff_client("ishbel@example.org") as client:
        yield client


def head_of_queue(staff: httpx.Client) -> dict[str, object]:
    found: dict[str, object] = staff.get("/api/v1/handoffs", params={"state": "waiting"}).json()["items"][0]
    return found


def close(staff: httpx.Client, handoff_id: object) -> None:
    staff.post(f"/api/v1/handoffs/{handoff_id}/claim").raise_for_status()
    staff.post(
        f"/api/v1/handoffs/{handoff_id}/wrap-up", json={"outcome": "emergency_services_called", "note": "999 rung"}
    ).raise_for_status()


def test_on_the_web_999_is_the_first_line_and_the_queue_knows_by_the_time_it_is_read(
    house: House, lead: httpx.Client
) -> None:
    before = Webchat(house.address)
    before.say("can I talk to a person")
    person = Webchat(house.address)
    replies = person.say(NOT_WAKING)
    waiting = head_of_queue(lead)
    assert "999" in replies[0].splitlines()[0]
    assert waiting["conversation_id"] == person.id
    assert "chest" in " ".join(person.say("naw"))
    assert "naloxone" in " ".join(person.say("aye")).lower()
    close(lead, waiting["id"])
    close(lead, head_of_queue(lead)["id"])


def test_by_text_999_comes_first_and_the_steps_go_on(house: House, twilio: Twilio, lead: httpx.Client) -> None:
    phone = Phone(house, twilio, "+447700900301")
    phone.text(NOT_WAKING)
    house.wait_for(lambda: phone.received)
    assert "999" in phone.received[0].splitlines()[0]
    heard = len(phone.received)
    phone.text("naw")
    phone.wait_for("chest", after=heard)
    heard = len(phone.received)
    phone.text("aye")
    phone.wait_for("nasal", after=heard)
    close(lead, head_of_queue(lead)["id"])


def test_with_rasa_stopped_danger_is_led_through_and_others_get_the_numbers(
    house: House, twilio: Twilio, lead: httpx.Client
) -> None:
    house.part("bot.server").kill()
    person = Webchat(house.address)
    assert "999" in person.say(NOT_WAKING)[0].splitlines()[0]
    assert "chest" in " ".join(person.say("no"))
    other = Webchat(house.address)
    assert any("08080 10 10 11" in reply for reply in other.say("my daughter drinks too much"))
    close(lead, head_of_queue(lead)["id"])
    house.wait_for(lambda: "bot ended; starting it again" in house.said())


def test_with_nobody_signed_in_the_on_call_number_is_paged_with_no_content(
    house: House, twilio: Twilio, lead: httpx.Client
) -> None:
    pages_before = len(twilio.stand_in.texts_to(ON_CALL))
    person = Webchat(house.address)
    person.say("my sister took a load of pills and she's not waking up")
    house.wait_for(lambda: len(twilio.stand_in.texts_to(ON_CALL)) > pages_before)
    page = twilio.stand_in.texts_to(ON_CALL)[-1].lower()
    for word in ("sister", "pills", "waking", "overdose", "prison", "drug"):
        assert word not in page
    close(lead, head_of_queue(lead)["id"])
