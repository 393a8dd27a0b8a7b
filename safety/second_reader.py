"""The learned second reader: it may raise a level or ask, and never lowers one.

The sentence encoder was tuned to danger (`encoder/tuned`). A message's vector, what the rules found and how long it is
are weighed into the chances of "at least to be asked about", "at least urgent", "emergency". The weights stand in
`data/safety/second_reader/`, with how they came about.
"""

from __future__ import annotations

import json
import logging
import math
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from encoder.sentence_encoder import EncoderNotBuiltError, SentenceEncoder
from safety.levels import Kind
from safety.normal import Break, Word
from safety.rules import Weight

_VARIABLE = "GATESIDE_HOME"
_CLASSES = (Weight.CHECK, Weight.URGENT, Weight.EMERGENCY)
_FEWEST_COUNTED = 16
"""A message of fewer words counts as one of so many: "him" is no more alarming than a sentence."""
_PLAIN_EMERGENCY = "he is not breathing , his lips are blue . help"
_NOT_FOUND = ("context:", "in full ", "surely ")
_log = logging.getLogger(__name__)

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Suggestion:
    """How dangerous the second reader takes a message to be, and the likeliest kind of danger.

    `doubt`: less than an emergency as it seems, and so near to one that it has to be asked about.
    """

    weight: Weight
    kind: Kind
    doubt: bool = False


def with_marks(text: str, words: Sequence[Word]) -> str:
    """The plain words of `text` with its commas, full stops and question marks: what the encoder reads."""
    parts: list[str] = []
    for place, word in enumerate(words):
        if place and word.before is not Break.NOTHING:
            asked = word.before is Break.STOP and "?" in text[words[place - 1].end : word.start]
            parts.append("?" if asked else "." if word.before is Break.STOP else ",")
        parts.append(word.plain)
    if words and "?" in text[words[-1].end :]:
        parts.append("?")
    return " ".join(parts)


def beside_the_vector(wording: str, states: Collection[str]) -> Floats:
    """What is weighed for one message beside its vector: eight numbers.

    The rules' own judgement stands in `states` as "in full LEVEL" and "surely LEVEL"; each becomes three numbers, 1
    where it is at least to be asked about, urgent, an emergency. The last two are how many words there are (as a
    logarithm) and how many dangers and signs the rules found: one in a long story weighs less than one alone.
    """
    rules = []
    for strength in ("in full", "surely"):
        said = max(
            (weight for weight in _CLASSES if f"{strength} {weight.name.lower()}" in states), default=Weight.NONE
        )
        rules += [float(said >= weight) for weight in _CLASSES]
    found = sum(not state.startswith(_NOT_FOUND) for state in states)
    measures = [math.log1p(max(_FEWEST_COUNTED, len(wording.split()))), float(found)]
    return np.array(rules + measures, dtype=np.float32)


class SecondReader:
    """Reads one message; pure after loading."""

    def __init__(self, encoder: SentenceEncoder, tables: dict[str, Floats], limits: dict[str, float]) -> None:
        self._encoder = encoder
        self._tables = tables
        self._limits = {weight: limits[weight.name.lower()] for weight in _CLASSES}
        self._doubt = limits["doubt"]

    @classmethod
    def load(cls, folder: Path, encoder_folder: Path | None = None) -> SecondReader | None:
        """None, and one line in the log, when the encoder it was made for or its own numbers aren't there.

        Nor when it doesn't take a plain emergency for one: then something is broken.
        """
        try:
            encoder_folder = encoder_folder or _encoder_folder()
            encoder = SentenceEncoder.load(encoder_folder)
            recipe = json.loads((folder / "recipe.json").read_text(encoding="utf-8"))
            if recipe["encoder"] != encoder.name:
                raise EncoderNotBuiltError(
                    f"The second reader was made for another encoder than the one in {encoder_folder}"
                )
            with np.load(folder / "weights.npz") as stored:
                tables = {name: stored[name].astype(np.float32) for name in stored.files}
            reader = cls(encoder, tables, recipe["limits"])
            if reader.read(_PLAIN_EMERGENCY, ()).weight is not Weight.EMERGENCY:
                _log.warning("Danger is read by the rules alone: the second reader hears nothing in a plain emergency.")
                return None
        except (EncoderNotBuiltError, FileNotFoundError):
            _log.warning("Danger is read by the rules alone: the second reader or its sentence encoder is not there.")
            return None
        return reader

    def read(self, wording: str, states: Collection[str]) -> Suggestion:
        """What it makes of a message, given `with_marks`, and of what the rules found in it."""
        vector = self._encoder.encode([wording])[0]
        chances = self.chances(vector, wording, states)
        kinds = vector @ self._tables["kind_vector"] + self._tables["kind_bias"]
        weight = max(
            (weight for weight, limit in self._limits.items() if chances[weight] >= limit), default=Weight.NONE
        )
        doubt = weight < Weight.EMERGENCY and chances[Weight.EMERGENCY] >= self._doubt
        return Suggestion(weight, list(Kind)[int(np.argmax(kinds))], doubt)

    def chances(self, vector: Floats, wording: str, states: Collection[str]) -> dict[Weight, float]:
        """How likely the message is at least this dangerous, each between 0 and 1."""
        scores = vector @ self._tables["level_vector"] + self._tables["level_bias"]
        scores = scores + beside_the_vector(wording, states) @ self._tables["level_rules"]
        return {
            weight: 1 / (1 + math.exp(-min(30.0, max(-30.0, score))))
            for weight, score in zip(_CLASSES, scores.tolist(), strict=True)
        }


def _encoder_folder() -> Path:
    home = os.environ.get(_VARIABLE)
    return (Path(home) if home else Path(__file__).resolve().parents[1] / "var") / "models" / "encoder"
