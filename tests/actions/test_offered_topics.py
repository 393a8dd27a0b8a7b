"""What is told of an offer of topics, so that the choice can be remembered as a correction."""

from __future__ import annotations

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import smalltalk
from bot.topics import topic_names


class DoorThatRemembers:
    def __init__(self) -> None:
        self.told = []

    async def offered(self, heard, guessed, topics, model):
        self.told.append((heard.message_id, guessed, topics, model))
        return True


@pytest.fixture
def door(monkeypatch, tmp_path):
    door = DoorThatRemembers()
    monkeypatch.setattr(smalltalk, "front_door", lambda: door)
    monkeypatch.setenv("GATESIDE_HOME", str(tmp_path))
    (tmp_path / "models" / "rasa").mkdir(parents=True)
    (tmp_path / "models" / "rasa" / "gateside-60bff616ffd9e048.tar.gz").touch()
    smalltalk._model.cache_clear()
    yield door
    smalltalk._model.cache_clear()


async def offer(*guesses: str):
    ranking = [{"name": name, "confidence": 0.2 - place / 100} for place, name in enumerate(guesses)]
    message = {"text": "the thing in there", "intent_ranking": ranking, "metadata": {"message_id": "m1"}}
    dispatcher = CollectingDispatcher()
    tracker = Tracker("c1", {}, message, [], False, None, {}, "")
    await smalltalk.OfferTopics().run(dispatcher, tracker, {})
    return dispatcher.messages[0]


async def test_the_guesses_the_topics_and_the_model_are_told_and_no_words(door):
    said = await offer("nlu_fallback", "ask_prison_contact", "greet", "ask_prison_support", "ask_money")

    assert said["choices"] == [
        topic_names()[topic] for topic in ("ask_prison_contact", "ask_prison_support", "talk_to_human")
    ]
    ((message_id, guessed, topics, model),) = door.told
    assert message_id == "m1"
    assert [guess["intent"] for guess in guessed] == ["ask_prison_contact", "greet", "ask_prison_support"]
    assert topics == ["ask_prison_contact", "ask_prison_support", "talk_to_human"]
    assert model == "60bff616ffd9e048"
    assert "thing" not in str(door.told)


async def test_where_there_is_nothing_to_offer_nothing_is_told(door):
    await offer("nlu_fallback", "greet", "out_of_scope")

    assert door.told == []
