"""What a message wants: a kernel regression over its sentence vector and its letters, calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import skops.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.intent_model import OUT_OF_SCOPE, Calibration, Floats, IntentModel, as_stored, held_back_scores
from bot.plain_words import PlainWords
from encoder.sentence_encoder import DIMENSIONS
from encoder.tuned import kept_back

FALLBACK_INTENT = "nlu_fallback"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):
    """Names the intent, or `nlu_fallback` when the best guess is under `fallback_below`.

    `intent_ranking` always holds the real guesses, best first, so that whoever was not understood can be offered
    the likeliest topics. Confidences are probabilities, calibrated on examples that were held back while training,
    and add up to 1 over all intents. Whether a message is out of scope is decided by a gate of its own.
    """

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        words: PlainWords,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._words = words
        self._model: IntentModel | None = None
        self._calibration: Calibration | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What can be set.

        `fallback_below`: a probability. `turned_away`: the share of what is in scope that may be taken for out of
        scope. `ranking`: how many guesses are told.
        """
        return {
            "fallback_below": 0.0,
            "turned_away": 0.03,
            "ranking": 5,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentClassifier:
        """An untrained classifier."""
        return cls(config, model_storage, resource, PlainWords.load())

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:
        """The classifier that `train` stored."""
        classifier = cls(config, model_storage, resource, PlainWords.load())
        with model_storage.read_from(resource) as folder:
            stored = folder / "classifier.skops"
            trained = skops.io.load(stored, trusted=skops.io.get_untrusted_types(file=stored))
        classifier._model = IntentModel(**trained["model"])
        classifier._calibration = Calibration(**trained["calibration"]) if trained["calibration"] else None
        return classifier

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples that name an intent, and store what was learned."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        texts = [self._words.of(example.get(TEXT)) for example in examples]
        wanted = [str(example.get(INTENT)) for example in examples]
        vectors = np.vstack([_sentence_vector(example) for example in examples])
        self._model = IntentModel.fit(texts, vectors, wanted)
        if OUT_OF_SCOPE in wanted:
            self._calibration = self._calibrated(examples, texts, vectors)
        with self._model_storage.write_to(self._resource) as folder:
            stored = {
                "model": as_stored(self._model),
                "calibration": as_stored(self._calibration) if self._calibration else None,
            }
            skops.io.dump(stored, folder / "classifier.skops")
        return self._resource

    def _calibrated(self, examples: Sequence[Message], texts: Sequence[str], vectors: Floats) -> Calibration | None:
        """Measured on the examples that the encoder was not tuned with: the others it knows too well.

        None where there are too few examples to keep any back.
        """
        assert self._model is not None
        wanted = [str(example.get(INTENT)) for example in examples]
        held_back = np.array([kept_back(str(example.get(TEXT))) for example in examples])
        outside = np.array(wanted) == OUT_OF_SCOPE
        if not (held_back & outside).any() or not (held_back & ~outside).any():
            return None
        scores, near = held_back_scores(texts, vectors, wanted, held_back)
        which = np.searchsorted(self._model.intents, wanted)[held_back]
        return Calibration.fit(scores, near, which, self._out_of_scope, self._config["turned_away"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent` and `intent_ranking` on every message."""
        if not messages or self._model is None:
            return messages
        for message, probabilities in zip(messages, self._probabilities(messages), strict=True):
            best = np.argsort(-probabilities)[: self._config["ranking"]]
            ranking = [
                {"name": str(self._model.intents[index]), "confidence": float(probabilities[index])} for index in best
            ]
            understood = ranking[0]["confidence"] >= self._config["fallback_below"]
            intent = ranking[0] if understood else {**ranking[0], "name": FALLBACK_INTENT}
            message.set("intent", intent, add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    @property
    def _out_of_scope(self) -> int:
        assert self._model is not None
        return int(np.searchsorted(self._model.intents, OUT_OF_SCOPE))

    def _probabilities(self, messages: list[Message]) -> np.ndarray:
        assert self._model is not None
        texts = [self._words.of(message.get(TEXT) or "") for message in messages]
        scores, near = self._model.scores(texts, np.vstack([_sentence_vector(message) for message in messages]))
        if self._calibration is None:
            likely = np.exp((scores - scores.max(axis=1, keepdims=True)) / _UNCALIBRATED)
            return np.asarray(likely / likely.sum(axis=1, keepdims=True))
        return self._calibration.probabilities(scores, near, self._out_of_scope)


_UNCALIBRATED = 0.06
"""The sharpness of the probabilities of a model that was taught nothing out of scope."""


def _sentence_vector(message: Message) -> np.ndarray:
    _, sentence = message.get_dense_features(TEXT)
    if sentence is None:
        return np.zeros((1, DIMENSIONS), dtype=np.float32)
    return sentence.features
