"""Rasa's door to the entity reader: nothing to train, all from the project's own data."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    EXTRACTOR,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot.entities.entity import Entity
from bot.entities.reader import EntityReader
from reference.clock import Clock, clock_from_environment

# As Rasa's own extractors write it; the module that names it would bring TensorFlow along.
_CONFIDENCE = "confidence_entity"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class GatesideEntityExtractor(GraphComponent):
    """Adds to each message what it mentions: drugs, places, prisons, people, days, amounts."""

    def __init__(self, reader: EntityReader, clock: Clock) -> None:
        self._reader = reader
        self._clock = clock

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GatesideEntityExtractor:
        """The extractor on this checkout's data, on the service's clock. It has nothing to configure."""
        return cls(EntityReader.load(), clock_from_environment())

    def process(self, messages: list[Message]) -> list[Message]:
        """Append to each message's entities; a message without text is left as it is."""
        now = self._clock.now()
        for message in messages:
            text = message.get(TEXT)
            if not text:
                continue
            found = [_as_rasa(entity) for entity in self._reader.read(text, now)]
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages


def _as_rasa(entity: Entity) -> dict[str, Any]:
    return {
        ENTITY_ATTRIBUTE_TYPE: entity.entity,
        ENTITY_ATTRIBUTE_VALUE: entity.value,
        ENTITY_ATTRIBUTE_START: entity.start,
        ENTITY_ATTRIBUTE_END: entity.end,
        _CONFIDENCE: entity.confidence,
        EXTRACTOR: GatesideEntityExtractor.__name__,
    }
