"""A plan that is kept in a webchat: the question waits in the chat, and silence is acted on as it is by text."""

from __future__ import annotations

from datetime import timedelta

import httpx

from api.app import create_app
from api.release_plans import worklist
from tests.api.house import House
from tests.api.release_plans.conftest import FRIDAY, Weeks, at

SILENCE = ((0, 16, "asked"), (0, 21, "chased"), (1, 10, "worklist"))
"""Day after release, hour, and what is known by then of whoever does not answer."""


async def test_nobody_who_opens_the_page_is_the_same_silence_as_on_a_phone(her: Weeks, him: Weeks) -> None:
    for person in (her, him):
        await person.plan()
    for day, hour, state in SILENCE:
        await her.until(at(FRIDAY + timedelta(days=day), hour))
        assert [(await person.states())[0] for person in (her, him)] == [state, state]
    async with her.house.parts.database.read() as session:
        listed = await worklist.non_responses(session)
    assert {row.channel for row in listed if row.day == 0} == {"web", "sms"}
    assert await her.asked() == await him.asked()


async def test_whoever_comes_back_to_the_page_finds_the_question_last_and_answers_it(house: House) -> None:
    chat = await house.chat()
    hers = Weeks(house, chat.id)
    await hers.plan()
    await house.writes(chat, "he gets out on friday")
    seen = (await house.said(chat.id))[-1].seq
    await hers.until(at(FRIDAY, 17))
    app = create_app(house.parts.settings, parts=house.parts)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://gateside.example.org") as http:
        path = f"/api/v1/conversations/{chat.id}/messages"
        shown = (await http.get(path, params={"after": seen}, headers=chat.bearer)).json()["items"]
    # The day before nobody came either; what was asked last stands last, and is the one that is open.
    assert shown[-1]["text"] == "ask_safe_today?"
    assert (await house.conversation(chat.id)).open_question == "check_ins/ask_safe_today"
    house.clock.forward(minutes=1)
    await house.writes(chat, "aye fine")
    await hers.duty.one_round()
    assert (await hers.states())[0] == "answered"
