"""Somebody released yesterday, with a phone that only texts."""

from __future__ import annotations

from typing import Any

from tests.journeys.conftest import Phone, Twilio
from tests.journeys.house import House
from voice.segments import measure

RELEASED_YESTERDAY = "+447700900201"


def test_a_man_released_yesterday_texts_and_an_officer_answers_his_phone(house: House, twilio: Twilio) -> None:
    phone = Phone(house, twilio, RELEASED_YESTERDAY)
    assert phone.text("got libbed fae barlinnie yesterday, nae script and im rattlin for a hit").status_code == 200
    house.wait_for(lambda: phone.received)
    house.wait_for(lambda: any("naloxone" in t.lower() or "111" in t or "person" in t.lower() for t in phone.received))
    assert all(measure(text).segments <= 2 for text in phone.received)

    heard = len(phone.received)
    phone.text("can i speak tae somebody")
    phone.wait_for("officer", after=heard)

    house.hire("Morag Bain", "morag@example.org")
    with house.staff_client("morag@example.org") as morag:
        waiting = morag.get("/api/v1/handoffs", params={"state": "waiting"}).json()["items"]
        assert len(waiting) >= 1
        taken = morag.post("/api/v1/handoffs/next").json()

        def brief_now() -> dict[str, Any]:
            found: dict[str, Any] = morag.get(f"/api/v1/handoffs/{taken['id']}").json()["brief"]
            return found

        # The assistant may just be starting anew; his words are heard as soon as it is back.
        house.wait_for(lambda: brief_now()["prison"], 60)
        brief = brief_now()
        assert (brief["audience"], brief["prison"], brief["release"]["date"]) == ("self", "barlinnie", "2026-11-23")
        assert brief["consent"]["to_share"] is True
        assert not {"audience", "prison", "release_date", "consent_to_share"} & set(brief["not_asked"])
        phone.wait_for("Morag")
        morag.post(f"/api/v1/handoffs/{taken['id']}/messages", json={"text": "Hi, Morag here. How are you holding up?"})
        phone.wait_for("How are you holding up?")

        heard = len(phone.received)
        phone.text("no great tbh")
        house.wait_for(lambda: "no great tbh" in morag.get(f"/api/v1/handoffs/{taken['id']}/messages").text)
        closed = morag.post(
            f"/api/v1/handoffs/{taken['id']}/wrap-up", json={"outcome": "referred", "note": "Drug service today"}
        )
        assert closed.status_code == 200
    house.wait_for(lambda: len(phone.received) > heard)
    assert all(measure(text).segments <= 2 for text in phone.received)
