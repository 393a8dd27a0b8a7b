"""Sentences as vectors, for the intent classifier: our encoder as a Rasa featurizer."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.plain_words import PlainWords, encoder_folder
from encoder.sentence_encoder import SentenceEncoder
from encoder.tuned import LAYERS_FOR_INTENT


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceFeaturizer(GraphComponent):
    """Gives every message one dense sentence vector (384 numbers, length 1) of its words in plain spelling."""

    def __init__(self, encoder: SentenceEncoder, words: PlainWords, name: str) -> None:
        self._encoder = encoder
        self._words = words
        self._name = name

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceFeaturizer:
        """Load the encoder built at set-up. Raises `EncoderNotBuiltError` where there is none."""
        return cls(standing_encoder(), PlainWords.load(), execution_context.node_name)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the vectors to the messages that have text."""
        spoken = [message for message in messages if message.get(TEXT)]
        if spoken:
            vectors = self._encoder.encode([self._words.of(message.get(TEXT)) for message in spoken])
            for message, vector in zip(spoken, vectors, strict=True):
                message.add_features(self._features(vector))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the vectors to the training examples."""
        self.process(training_data.training_examples)
        return training_data

    def _features(self, vector: np.ndarray) -> Features:
        return Features(vector.reshape(1, -1), FEATURE_TYPE_SENTENCE, TEXT, self._name)


@lru_cache(maxsize=1)
def standing_encoder() -> SentenceEncoder:
    """The layers that tell what is wanted, of the encoder built at set-up; loaded once a process.

    Raises `EncoderNotBuiltError` where there is none.
    """
    return SentenceEncoder.load(encoder_folder(), layers=LAYERS_FOR_INTENT)
