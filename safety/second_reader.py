"""The learned second reader: it may raise a level or ask, and never lowers one.

A linear model over three things: the sentence vector of the plain words, which words stand beside which, and
what the rules found. Its numbers stand in `data/safety/second_reader/`, with how they came about.
"""

from __future__ import annotations

import json
import logging
import os
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from encoder.sentence_encoder import EncoderNotBuiltError, SentenceEncoder
from safety.levels import Kind
from safety.rules import Weight

BUCKETS = 1 << 14
_LONGEST_PHRASE = 3
_VARIABLE = "GATESIDE_HOME"
_CLASSES = (Weight.CHECK, Weight.URGENT, Weight.EMERGENCY)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Suggestion:
    """How dangerous the second reader takes a message to be, and the likeliest kind of danger."""

    weight: Weight
    kind: Kind


def buckets(plain: Sequence[str], concepts: Iterable[str]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The features of a message beside its vector: places in a table of `BUCKETS`, and how much each counts."""
    phrases = {
        "_".join(plain[start : start + length])
        for length in range(1, _LONGEST_PHRASE + 1)
        for start in range(len(plain) - length + 1)
    }
    named = sorted(set(concepts))
    places = [zlib.crc32(phrase.encode("utf-8", "replace")) % BUCKETS for phrase in sorted(phrases)]
    places += [zlib.crc32(f"concept {name}".encode()) % BUCKETS for name in named]
    counts = [1 / max(1, len(phrases)) ** 0.5] * len(phrases) + [1.0] * len(named)
    return np.array(places, dtype=np.int64), np.array(counts, dtype=np.float32)


class SecondReader:
    """Reads one message; pure after loading."""

    def __init__(self, encoder: SentenceEncoder, tables: dict[str, NDArray[np.float32]], limits: dict[str, float]):
        self._encoder = encoder
        self._tables = tables
        self._limits = {weight: limits[weight.name.lower()] for weight in _CLASSES}

    @classmethod
    def load(cls, folder: Path, encoder_folder: Path | None = None) -> SecondReader | None:
        """None, and one line in the log, when the encoder or the reader's own numbers aren't there."""
        try:
            encoder = SentenceEncoder.load(encoder_folder or _encoder_folder())
            with np.load(folder / "weights.npz") as stored:
                tables = {name: stored[name].astype(np.float32) for name in stored.files}
            recipe = json.loads((folder / "recipe.json").read_text(encoding="utf-8"))
        except (EncoderNotBuiltError, FileNotFoundError):
            _log.warning("Danger is read by the rules alone: the second reader or its sentence encoder is not there.")
            return None
        return cls(encoder, tables, recipe["limits"])

    def read(self, plain: Sequence[str], concepts: Iterable[str]) -> Suggestion:
        """What it makes of a message's plain words and of the `concepts` that the rules found in it."""
        vector = self._encoder.encode([" ".join(plain)])[0]
        places, counts = buckets(plain, concepts)
        chances = self.chances(vector, places, counts)
        kinds = self._score("kind", vector, places, counts)
        weight = max(
            (weight for weight, limit in self._limits.items() if chances[weight] >= limit), default=Weight.NONE
        )
        return Suggestion(weight, list(Kind)[int(np.argmax(kinds))])

    def chances(
        self, vector: NDArray[np.float32], places: NDArray[np.int64], counts: NDArray[np.float32]
    ) -> dict[Weight, float]:
        """How likely the message is at least this dangerous, each between 0 and 1."""
        scores = self._score("level", vector, places, counts)
        at_least = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
        return {weight: float(chance) for weight, chance in zip(_CLASSES, at_least, strict=True)}

    def _score(
        self, name: str, vector: NDArray[np.float32], places: NDArray[np.int64], counts: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        words = counts @ self._tables[f"{name}_words"][places] if len(places) else np.float32(0)
        total: NDArray[np.float32] = vector @ self._tables[f"{name}_vector"] + words + self._tables[f"{name}_bias"]
        return total


def _encoder_folder() -> Path:
    home = os.environ.get(_VARIABLE)
    return (Path(home) if home else Path(__file__).resolve().parents[1] / "var") / "models" / "encoder"
