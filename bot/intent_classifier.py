"""What a message wants: a logistic regression over its sentence vector and its spelling."""

from __future__ import annotations

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
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.plain_words import PlainWords

FALLBACK_INTENT = "nlu_fallback"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):
    """Names the intent, or `nlu_fallback` when the best guess is under `fallback_below`.

    `intent_ranking` always holds the real guesses, best first, so that whoever was not understood can be offered
    the likeliest topics. Confidences are the regression's own probabilities and add up to 1 over all intents.
    """

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, words: PlainWords
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._words = words
        self._spelling: TfidfVectorizer | None = None
        self._regression: LogisticRegression | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`fallback_below`: a probability. `vector_weight`: the sentence vector's weight beside the spelling's."""
        return {"fallback_below": 0.0, "vector_weight": 2.0, "regularisation": 20.0, "ranking": 5}

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
        classifier._spelling, classifier._regression = trained["spelling"], trained["regression"]
        return classifier

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples that name an intent, and store what was learned."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        self._spelling = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True)
        self._spelling.fit([self._words.of(example.get(TEXT)) for example in examples])
        self._regression = LogisticRegression(
            C=self._config["regularisation"], class_weight="balanced", max_iter=200, random_state=7
        )
        self._regression.fit(self._features(examples), [example.get(INTENT) for example in examples])
        with self._model_storage.write_to(self._resource) as folder:
            skops.io.dump({"spelling": self._spelling, "regression": self._regression}, folder / "classifier.skops")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent` and `intent_ranking` on every message."""
        if not messages or self._regression is None:
            return messages
        guesses = self._regression.predict_proba(self._features(messages))
        for message, probabilities in zip(messages, guesses, strict=True):
            best = np.argsort(-probabilities)[: self._config["ranking"]]
            ranking = [
                {"name": str(self._regression.classes_[index]), "confidence": float(probabilities[index])}
                for index in best
            ]
            understood = ranking[0]["confidence"] >= self._config["fallback_below"]
            intent = ranking[0] if understood else {**ranking[0], "name": FALLBACK_INTENT}
            message.set("intent", intent, add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _features(self, messages: list[Message]) -> csr_matrix:
        assert self._spelling is not None
        vectors = np.vstack([_sentence_vector(message) for message in messages]) * self._config["vector_weight"]
        spelling = self._spelling.transform([self._words.of(message.get(TEXT) or "") for message in messages])
        return hstack([csr_matrix(vectors), spelling]).tocsr()


def _sentence_vector(message: Message) -> np.ndarray:
    _, sentence = message.get_dense_features(TEXT)
    if sentence is None:
        return np.zeros((1, 384), dtype=np.float32)
    return sentence.features
