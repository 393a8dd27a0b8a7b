"""The result card: what somebody told us and who can help, for the holder of the conversation's token alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from api.channels.web.page_templates import PageTemplates
from api.channels.web.pages import Pages
from api.channels.web.result import card_from, router
from api.conversations import repository
from api.conversations import service as conversations
from api.conversations.schemas import MessageOut
from api.database.engine import Database
from api.delivery.service import speak_authored
from api.problems import install_problem_details
from api.settings import Settings
from api.staff.access import routes_by_access
from reference.places import Places
from reference.services import ServiceDirectory
from tests.api.clocks import FixedClock
from voice import Utterance, Voice

FACTS: dict[str, Any] = {
    "relation": "son",
    "place": "fife",
    "release_date": "2026-11-27",
    "naloxone_at_home": "no",
    "needs": ["family_support", "naloxone", "housing"],
    "drinking_check": {"score": 5, "worth_a_talk": True},
    "using_check": {"any": "yes", "worried": "yes", "morning": "yes"},
    "strain_check": {"sleep": "a_lot", "health": "a_bit", "money": "a_lot", "work": "not_at_all", "family": "a_lot"},
}


@pytest.fixture
async def client(database: Database, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    app, voice = FastAPI(), Voice.load(clock=clock)
    app.state.database, app.state.clock, app.state.voice = database, clock, voice
    app.state.webchat = SimpleNamespace(database=database, clock=clock)
    app.state.pages = Pages(voice, Settings(demonstration=True))
    install_problem_details(app)
    app.include_router(router)
    assert set(routes_by_access(app).values()) == {"person"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://front.test") as client:
        yield client


async def opened(database: Database, clock: FixedClock, **facts: Any) -> tuple[UUID, str]:
    async with database.write() as session:
        conversation, token = await conversations.open_webchat(session, clock=clock)
        for name, value in facts.items():
            await repository.note_fact(session, conversation.id, name, value, now=clock.now())
        return conversation.id, token


def address(conversation_id: UUID) -> str:
    return f"/api/v1/conversations/{conversation_id}/result"


async def test_the_card_says_back_what_was_told_what_it_came_to_and_who_can_help(
    client: httpx.AsyncClient, database: Database, clock: FixedClock
) -> None:
    chat, token = await opened(database, clock, **FACTS)

    answer = await client.get(address(chat), headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 200
    for said in (
        "son", "Fife", "Friday 27 November", "Drinking: 5 out of 12", "3 of 5 things weigh a lot", "stop all at once",
        "Scottish Families local family service", "Naloxone by post", "0808 800 4444", "08080 10 10 11",
        "There is no kit at home yet", "not a diagnosis", "Not yet clinically reviewed", "Demonstration only",
    ):  # fmt: skip
        assert said in answer.text, said
    assert answer.text.index('href="tel:999"') < answer.text.index("<h2")


async def test_nothing_of_it_is_kept_by_a_cache_or_found_by_a_search_engine_and_no_script_runs_on_it(
    client: httpx.AsyncClient, database: Database, clock: FixedClock
) -> None:
    chat, token = await opened(database, clock, **FACTS)

    answer = await client.get(address(chat), headers={"Authorization": f"Bearer {token}"})

    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert "<script" not in answer.text


async def test_a_plain_form_opens_the_same_card_in_a_tab(
    client: httpx.AsyncClient, database: Database, clock: FixedClock
) -> None:
    chat, token = await opened(database, clock, **FACTS)

    by_form = await client.post(address(chat), data={"token": token})
    by_header = await client.get(address(chat), headers={"Authorization": f"Bearer {token}"})

    assert by_form.status_code == 200
    assert by_form.text == by_header.text


async def test_nobody_else_gets_it(client: httpx.AsyncClient, database: Database, clock: FixedClock) -> None:
    chat, _ = await opened(database, clock, **FACTS)
    _, others_token = await opened(database, clock)

    assert (await client.get(address(chat))).status_code == 401
    assert (await client.get(address(chat), headers={"Authorization": f"Bearer {others_token}"})).status_code == 401
    assert (await client.post(address(chat), data={"token": others_token})).status_code == 401
    assert (await client.post(address(chat), data={})).status_code == 422
    assert (await client.post(address(uuid4()), data={"token": others_token})).status_code == 404


async def test_what_goes_wrong_in_the_tab_is_told_on_a_page_with_the_numbers(
    client: httpx.AsyncClient, database: Database, clock: FixedClock
) -> None:
    chat, _ = await opened(database, clock, **FACTS)

    wrong = await client.post(address(chat), data={"token": "another"})
    gone = await client.post(address(uuid4()), data={"token": "another"})

    for answer, words in ((wrong, "opened from here any more"), (gone, "has been deleted")):
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["cache-control"] == "no-store"
        assert words in answer.text
        assert "08080 10 10 11" in answer.text


async def test_a_message_that_tells_what_answers_came_to_says_that_it_can_be_kept(
    database: Database, clock: FixedClock
) -> None:
    chat, _ = await opened(database, clock)
    told = []
    async with database.write() as session:
        conversation = await repository.conversation_for_change(session, chat)
        assert conversation is not None
        for content_id in ("needs/ask_place", "needs/found"):
            said = await speak_authored(session, conversation, Utterance(content_id, "For Fife."), clock=clock)
            assert said is not None
            told.append(MessageOut.of(said).result)

    assert told == [False, True]


async def test_somebody_who_told_nothing_is_told_so_and_still_gets_the_numbers(
    client: httpx.AsyncClient, database: Database, clock: FixedClock
) -> None:
    chat, token = await opened(database, clock)

    page = (await client.get(address(chat), headers={"Authorization": f"Bearer {token}"})).text

    assert "You have not told us anything yet" in page
    assert "116 123" in page
    assert "out of 12" not in page


@pytest.mark.parametrize(
    "facts",
    [
        {
            "needs": "housing",
            "release_date": "Friday",
            "naloxone_at_home": "maybe",
            "strain_check": [],
            "using_check": 3,
        },
        {"needs": ["hugs"], "drinking_check": {"worth_a_talk": True}, "relation": 7, "release_date": 7, "place": " "},
    ],
)
def test_a_fact_of_another_shape_is_left_out(facts: dict[str, Any]) -> None:
    card = card_from(facts, today=date(2026, 11, 24), directory=ServiceDirectory.load(), places=Places.load())

    assert not card.told
    assert not card.answered
    assert not [need for need, _ in card.needs if need == "hugs"]


@pytest.mark.parametrize(
    ("score", "worth", "said"), [(0, False, "under 5"), (4, False, "under 5"), (12, True, "From 5 up")]
)
def test_the_drinking_score_is_said_with_its_plain_meaning(score: int, worth: bool, said: str) -> None:
    card = card_from(
        {"drinking_check": {"score": score, "worth_a_talk": worth}},
        today=date(2026, 11, 24), directory=ServiceDirectory.load(), places=Places.load(),
    )  # fmt: skip

    page = PageTemplates(Voice.load(), demonstration=False, exit_address="/").render("result.html", card=card)

    assert f"Drinking: {score} out of 12" in page
    assert said in page
