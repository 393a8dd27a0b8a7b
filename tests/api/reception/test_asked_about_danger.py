"""The assistant asks once whether anyone is in danger; the coach hears the answer before the assistant does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.bot_stand_in import answer
from tests.api.house import Chat, House


@pytest.fixture
async def asked(house: House) -> Chat:
    """Somebody whom the assistant has just asked whether anyone is in danger."""

    async def asks(turn: dict[str, Any]) -> dict[str, Any]:
        return answer("First, to be sure: is anyone in danger right now?", open_question="needs/ask_safe")

    house.bot.script = asks
    chat = await house.chat()
    await house.writes(chat, "can you check what I need")
    return chat


@pytest.mark.parametrize("text", ["Yes", "aye", "Not sure"])
async def test_a_yes_or_a_doubt_hears_999_and_stands_at_the_top_of_the_queue(
    house: House, asked: Chat, text: str
) -> None:
    received = await house.writes(asked, text)
    assert received.replies[0].text.startswith("CALL 999")
    handoff = await house.handoff(asked.id)
    assert handoff is not None
    assert handoff.emergency
    assert len(house.bot.turns) == 1
    assert (await house.conversation(asked.id)).open_question is None


@pytest.mark.parametrize("text", ["No", "Skip", "why do you ask?"])
async def test_any_other_answer_goes_to_the_assistant_with_its_question_still_open(
    house: House, asked: Chat, text: str
) -> None:
    await house.writes(asked, text)
    assert house.bot.turns[-1]["text"] == text
    assert house.bot.turns[-1]["metadata"]["open_question"] == "needs/ask_safe"
    assert await house.handoff(asked.id) is None
