"""The reader inside Rasa."""

from datetime import datetime, timezone

from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.entities.reader import EntityReader
from bot.entity_extractor import GatesideEntityExtractor


class StoppedClock:
    def now(self) -> datetime:
        return datetime(2026, 11, 18, 12, tzinfo=timezone.utc)


EXTRACTOR = GatesideEntityExtractor(EntityReader.load(), StoppedClock())


def test_rasa_gets_entities_in_its_own_shape() -> None:
    message = Message({TEXT: "ma boy's in Bar-L"})

    EXTRACTOR.process([message])

    assert message.get(ENTITIES) == [
        {
            "entity": "person",
            "value": "son",
            "start": 3,
            "end": 6,
            "confidence_entity": 1.0,
            "extractor": "GatesideEntityExtractor",
        },
        {
            "entity": "prison",
            "value": "barlinnie",
            "start": 12,
            "end": 17,
            "confidence_entity": 1.0,
            "extractor": "GatesideEntityExtractor",
        },
    ]


def test_entities_found_by_others_are_kept() -> None:
    message = Message({TEXT: "Airdrie", ENTITIES: [{"entity": "other"}]})

    EXTRACTOR.process([message])

    assert [entity["entity"] for entity in message.get(ENTITIES)] == ["other", "place"]


def test_a_message_without_text_is_left_as_it_is() -> None:
    message = Message({})

    EXTRACTOR.process([message])

    assert message.get(ENTITIES) is None


def test_rasa_makes_it_on_the_services_clock(monkeypatch) -> None:
    monkeypatch.setenv("GATESIDE_CLOCK", "2026-12-24T12:00:00+00:00")
    message = Message({TEXT: "he gets out today"})

    GatesideEntityExtractor.create({}, None, None, None).process([message])

    assert [entity["value"] for entity in message.get(ENTITIES)] == ["future", "2026-12-24"]
