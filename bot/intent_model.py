"""The arithmetic of the intent classifier: kernel ridge regression, calibrated, with a gate for out of scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize_scalar
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

OUT_OF_SCOPE = "out_of_scope"
AXES = 192
"""Of a sentence vector's 384 directions as many as tell our examples apart: twice as fast, and as often right."""
_RUNS = (2, 5)
"""How many letters the runs have that texts may share."""
_MEANING_WEIGHT = 4.0
_MEANING_REACH = 0.5
_STIFFNESS = 2.0

Floats = NDArray[np.float32]


@dataclass
class IntentModel:
    """Scores of every intent for a text and its sentence vector.

    Two texts are alike as far as their vectors are near (a Gaussian) and as far as they share runs of letters
    (a dot product of TF-IDF); a ridge regression on that likeness gives each intent a score near 1 or 0. Its one
    matrix equation is solved in seconds where a logistic regression on the same features took most of a minute.
    """

    intents: NDArray[np.str_]
    letters: TfidfVectorizer
    axes: Floats
    examples: Floats
    by_meaning: Floats
    by_letters: Floats

    @classmethod
    def fit(cls, texts: Sequence[str], vectors: Floats, wanted: Sequence[str]) -> IntentModel:
        """Learn. `vectors`: (n, 384), of length 1."""
        intents, which = np.unique(np.asarray(wanted), return_inverse=True)
        letters = TfidfVectorizer(analyzer="char_wb", ngram_range=_RUNS, min_df=2, sublinear_tf=True, dtype=np.float32)
        written = letters.fit_transform(texts)
        axes = _axes_of(vectors)
        examples = vectors @ axes
        likeness = _gaussian(examples @ examples.T) + (written @ written.T).toarray()
        counts = np.bincount(which)
        stiffness = _STIFFNESS * np.sqrt(counts / counts.mean())[which]
        likeness[np.diag_indices(len(texts))] += stiffness.astype(np.float32)
        targets = np.eye(len(intents), dtype=np.float32)[which]
        factor = cho_factor(likeness, lower=True, overwrite_a=True, check_finite=False)
        weights = cho_solve(factor, targets, check_finite=False).astype(np.float32)
        by_letters = np.asarray(written.T @ weights, dtype=np.float32)
        return cls(intents, letters, axes, examples, weights, by_letters)

    def __post_init__(self) -> None:
        # scikit-learn works it out anew, over all runs, whenever it is asked.
        self._rarity = np.asarray(self.letters.idf_)

    def scores(self, texts: Sequence[str], vectors: Floats) -> tuple[Floats, Floats]:
        """The score of each intent (len(texts), intents), and how near each text comes to any example (cosine)."""
        near = (vectors @ self.axes) @ self.examples.T
        nearest = near.max(axis=1, keepdims=True)
        return _gaussian(near) @ self.by_meaning + np.vstack([self._by_letters(text) for text in texts]), nearest

    def _by_letters(self, text: str) -> Floats:
        """What `letters.transform` and a product with `by_letters` give, without the half millisecond of checks."""
        counts = Counter(map(self.letters.vocabulary_.get, runs_of_letters(text)))
        counts.pop(None, None)
        if not counts:
            return np.zeros(len(self.intents), dtype=np.float32)
        places = np.fromiter(counts, dtype=np.int64)
        weights = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32))) * self._rarity[places]
        weights /= np.linalg.norm(weights)
        return np.asarray(weights.astype(np.float32) @ self.by_letters[places])


@dataclass
class Calibration:
    """Turns scores into probabilities that hold what they promise, measured on examples that were held back."""

    temperature: float
    gate: NDArray[np.float64]
    """Weights of what the gate looks at, and last the constant."""

    @classmethod
    def fit(
        cls, scores: Floats, near: Floats, which: NDArray[np.int64], out_of_scope: int, turned_away: float
    ) -> Calibration:
        """From held-back `scores`. At most the share `turned_away` of what is in scope is called out of scope."""
        inside = which != out_of_scope
        within = np.delete(scores, out_of_scope, axis=1)
        right = which[inside] - (which[inside] > out_of_scope)

        def surprise(log_temperature: float) -> float:
            likely = _log_softmax(within[inside] / np.exp(log_temperature))
            return -float(likely[np.arange(len(right)), right].mean())

        temperature = float(np.exp(minimize_scalar(surprise, bounds=(-4.0, 2.0), method="bounded").x))
        seen = _gate_sees(scores, near, out_of_scope)
        regression = LogisticRegression(C=10.0, max_iter=500).fit(seen, ~inside)
        gate = np.append(regression.coef_[0], regression.intercept_[0])
        # The gate opens where being out of scope beats the best topic; the constant decides how easily it does.
        best = np.exp(_log_softmax(within / temperature)).max(axis=1)
        needed = np.log(best) - (seen @ gate[:-1])
        gate[-1] = np.quantile(needed[inside], turned_away)
        return cls(temperature, gate)

    def probabilities(self, scores: Floats, near: Floats, out_of_scope: int) -> NDArray[np.float64]:
        """Shape as `scores`; each row adds up to 1."""
        within = np.exp(_log_softmax(np.delete(scores, out_of_scope, axis=1) / self.temperature))
        odds = np.exp(np.clip(_gate_sees(scores, near, out_of_scope) @ self.gate[:-1] + self.gate[-1], -30, 30))
        outside = (odds / (1 + odds))[:, None]
        return np.insert(within * (1 - outside), out_of_scope, outside[:, 0], axis=1)


def runs_of_letters(text: str) -> list[str]:
    """What `char_wb` analyses: the runs inside each word, a space before and after it."""
    shortest, longest = _RUNS
    return [
        word[at : at + length]
        for word in map(" {} ".format, text.lower().split())
        for length in range(shortest, longest + 1)
        for at in range(len(word) - length + 1)
    ]


def held_back_scores(
    texts: Sequence[str], vectors: Floats, wanted: Sequence[str], held_back: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """The scores of the examples `held_back`, by a model that saw none of them."""
    kept, out = np.flatnonzero(~held_back), np.flatnonzero(held_back)
    model = IntentModel.fit([texts[row] for row in kept], vectors[kept], [wanted[row] for row in kept])
    return model.scores([texts[row] for row in out], vectors[out])


def as_stored(part: Any) -> dict[str, Any]:
    """The fields of a model or a calibration, to be written to disk."""
    return {field.name: getattr(part, field.name) for field in fields(part)}


def _gate_sees(scores: Floats, near: Floats, out_of_scope: int) -> NDArray[np.float64]:
    within = np.sort(np.delete(scores, out_of_scope, axis=1), axis=1)
    outside = scores[:, [out_of_scope]]
    return np.hstack([outside, within[:, [-1]], within[:, [-1]] - within[:, [-2]], near]).astype(np.float64)


def _axes_of(vectors: Floats) -> Floats:
    """The directions in which `vectors` reach furthest, one a column: (384, at most AXES)."""
    reach, directions = np.linalg.eigh(vectors.T @ vectors)
    return np.ascontiguousarray(directions[:, np.argsort(-reach)[:AXES]], dtype=np.float32)


def _gaussian(cosine: Floats) -> Floats:
    cosine -= 1
    cosine /= _MEANING_REACH
    np.exp(cosine, out=cosine)
    cosine *= _MEANING_WEIGHT
    return cosine


def _log_softmax(scores: NDArray[Any]) -> NDArray[np.float64]:
    shifted = scores - scores.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)), dtype=np.float64)
