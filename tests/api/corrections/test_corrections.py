"""What is remembered of a guess that a person put right, and what is not."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import yaml
from sqlalchemy import func, select

from api.corrections.choices import chosen_by_number
from api.corrections.models import Correction
from api.corrections.service import Corrected, chosen_since
from reference.paths import data_folder
from safety.levels import Level
from tests.api.bot_stand_in import answer
from tests.api.house import Chat, House, reader

CHOICES = ["visits and calls in prison", "support while in prison", "talk to a person"]
TOPICS = ["ask_prison_contact", "ask_prison_support", "talk_to_human"]
GUESSED = [{"intent": "ask_prison_contact", "confidence": 0.21}, {"intent": "ask_prison_support", "confidence": 0.19}]
READ_AS = dict(zip(CHOICES, TOPICS, strict=True))


def _offer(message_id: Any, **more: Any) -> dict[str, Any]:
    return {"message_id": str(message_id), "guessed": GUESSED, "topics": TOPICS, "model": "60bff616ffd9e048", **more}


def _is_unsure_once_in_a_while(house: House, actions: httpx.AsyncClient) -> None:
    """The assistant offers topics for whatever says "thing", and understands the rest by its words."""

    async def script(turn: dict[str, Any]) -> dict[str, Any]:
        if "thing" not in turn["text"]:
            return answer("Here you are.", intent=READ_AS.get(turn["text"], "ask_naloxone"))
        address = f"/internal/v1/conversations/{turn['conversation_id']}/offer"
        response = await actions.put(address, json=_offer(turn["message_id"]))
        assert response.status_code == 204
        said = answer(
            "Is it about visits, or help inside?",
            content_id="smalltalk/did_you_mean",
            open_question="smalltalk/did_you_mean",
            intent="ask_prison_contact",
        )
        said["replies"][0]["quick_replies"] = CHOICES
        return said

    house.bot.script = script


async def _chosen(house: House) -> list[Corrected]:
    async with house.parts.database.read() as session:
        return await chosen_since(session)


async def _kept(house: House) -> int:
    async with house.parts.database.read() as session:
        return (await session.execute(select(func.count()).select_from(Correction))).scalar_one()


async def _offered(house: House, actions: httpx.AsyncClient) -> Chat:
    _is_unsure_once_in_a_while(house, actions)
    chat = await house.chat()
    await house.writes(chat, "the thing for in there")
    return chat


@pytest.mark.parametrize(
    ("said", "chosen"), [("support while in prison", 1), ("2", 1), ("The first one.", 0), ("last", 2)]
)
async def test_a_choice_by_tap_or_number_is_a_correction(
    house: House, actions: httpx.AsyncClient, said: str, chosen: int
) -> None:
    chat = await _offered(house, actions)
    await house.writes(chat, said)
    assert house.bot.texts[-1] == CHOICES[chosen]
    today = date(2026, 11, 25)
    model = "60bff616ffd9e048"
    assert await _chosen(house) == [Corrected("the thing for in there", TOPICS[chosen], GUESSED, TOPICS, model, today)]
    assert (await house.said(chat.id))[-2].text == said


async def test_what_is_stored_of_a_correction_holds_no_words(house: House, actions: httpx.AsyncClient) -> None:
    chat = await _offered(house, actions)
    await house.writes(chat, "support while in prison")
    async with house.parts.database.read() as session:
        row = (await session.execute(select(Correction.__table__))).mappings().one()
    assert "thing" not in str(dict(row))
    assert set(row) == {"message_id", "conversation_id", "guessed", "offered", "chosen", "model", "offered_on"}


async def test_an_answer_that_is_none_of_the_topics_leaves_nothing_behind(
    house: House, actions: httpx.AsyncClient
) -> None:
    chat = await _offered(house, actions)
    assert await _kept(house) == 1
    await house.writes(chat, "what does naloxone do")
    assert await _kept(house) == 0


async def test_of_two_offers_in_a_row_only_the_last_is_kept_and_chosen_from(
    house: House, actions: httpx.AsyncClient
) -> None:
    chat = await _offered(house, actions)
    await house.writes(chat, "the other thing in there")
    assert await _kept(house) == 1
    await house.writes(chat, "1")
    assert [(one.text, one.chosen) for one in await _chosen(house)] == [
        ("the other thing in there", "ask_prison_contact")
    ]


async def test_a_number_is_only_a_choice_while_topics_are_on_offer(house: House, actions: httpx.AsyncClient) -> None:
    chat = await _offered(house, actions)
    await house.writes(chat, "2")
    await house.writes(chat, "2")
    assert house.bot.texts[-2:] == ["support while in prison", "2"]
    assert len(await _chosen(house)) == 1


async def test_wiping_the_conversation_wipes_its_corrections(house: House, actions: httpx.AsyncClient) -> None:
    chat = await _offered(house, actions)
    await house.writes(chat, "2")
    async with house.parts.database.write() as session:
        conversation = await house.conversation(chat.id)
        await house.parts.eraser.erase(session, await session.merge(conversation))
    assert await _kept(house) == 0
    assert await _chosen(house) == []


async def test_only_those_since_a_day_are_listed_when_asked_for(house: House, actions: httpx.AsyncClient) -> None:
    chat = await _offered(house, actions)
    await house.writes(chat, "2")
    async with house.parts.database.read() as session:
        assert len(await chosen_since(session, date(2026, 11, 25))) == 1
        assert await chosen_since(session, date(2026, 11, 26)) == []


async def test_an_offer_is_taken_from_the_actions_alone_and_only_for_a_message_of_this_person(
    house: House, actions: httpx.AsyncClient
) -> None:
    chat, other = await house.chat(), await house.chat()
    received = await house.writes(other, "hello")
    message: UUID = (await house.said(other.id))[0].id
    assert received is not None
    address = f"/internal/v1/conversations/{chat.id}/offer"
    nobody = {"Authorization": "Bearer guess"}
    assert (await actions.put(address, json=_offer(message), headers=nobody)).status_code == 401
    assert (await actions.put(address, json=_offer(message))).status_code == 422
    assert (await actions.put(address, json=_offer(uuid4()))).status_code == 422
    missing = f"/internal/v1/conversations/{uuid4()}/offer"
    assert (await actions.put(missing, json=_offer(message))).status_code == 404
    words = [{"intent": "he is in a bad way", "confidence": 0.4}]
    assert (await actions.put(address, json=_offer(message, guessed=words))).status_code == 422
    assert await _kept(house) == 0


def test_no_topic_that_may_be_tapped_sounds_like_danger() -> None:
    topics = yaml.safe_load((data_folder() / "language" / "topics.yml").read_text("utf-8"))["topics"]
    readings = {name: reader().read(name) for name in topics.values()}
    assert [name for name, reading in readings.items() if reading.check or reading.level is not Level.NONE] == []


@pytest.mark.parametrize(
    ("said", "meant"), [("2", "b"), (" 2. ", "b"), ("The SECOND one", "b"), ("4", None), ("two of them died", None)]
)
def test_a_number_names_one_of_the_choices_or_none(said: str, meant: str | None) -> None:
    assert chosen_by_number(said, ["a", "b", "c"]) == meant
