"""What is left out for speed scores as what it stands in for."""

from __future__ import annotations

import numpy as np
import pytest

from bot.intent_model import IntentModel, runs_of_letters

TEXTS = ["he is out on friday", "is he out", "a kit", "what is a kit", "thank you", "thanks  a lot"]
WANTED = ["release", "release", "kit", "kit", "thank", "thank"]


@pytest.fixture(scope="module")
def model() -> IntentModel:
    vectors = np.eye(len(TEXTS), 384, dtype=np.float32)
    return IntentModel.fit(TEXTS, vectors, WANTED)


@pytest.mark.parametrize("text", [*TEXTS, "", " ", "I\tam\nso Very very tired", "😢 it's £5"])
def test_the_runs_are_those_that_the_model_learned_with(model: IntentModel, text: str) -> None:
    assert sorted(runs_of_letters(text)) == sorted(model.letters.build_analyzer()(text))


@pytest.mark.parametrize("text", [*TEXTS, "", "xyzzy", "out out out"])
def test_letters_score_as_the_vectorizer_would_have_them_score(model: IntentModel, text: str) -> None:
    whole = model.letters.transform([text]) @ model.by_letters
    assert model._by_letters(text) == pytest.approx(np.asarray(whole)[0], abs=1e-6)
