"""Trains the second reader of danger and writes its numbers: `make train-reader`. For maintainers only.

It learns from `tests/safety/work`, `tests/safety/messages.jsonl` and the ordinary examples of `data/nlu`. Its limits
are chosen on messages that it did not learn from (five folds of `work`), so that hard negatives stay quiet. It never
opens `tests/safety/blind`.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from encoder.sentence_encoder import SentenceEncoder
from reference.paths import data_folder, home_folder, project_root
from safety.levels import Kind
from safety.reading import SafetyReader
from safety.second_reader import BUCKETS, buckets

WORK = project_root() / "tests" / "safety"
OUT = data_folder() / "safety" / "second_reader"
STRENGTH = 3.0
FOLDS = 5
EXTRA_ALARMS = {"emergency": 0.015, "urgent": 0.020, "check": 0.080}
"""How many of the hard negatives the second reader may raise or ask about where the rules do not."""
NOT_PLAINLY_HARMLESS = {
    "report_overdose_now", "concern_in_prison", "express_distress", "young_person", "ask_withdrawal", "report_use",
    "ask_mental_health", "ask_children", "talk_to_human", "ask_device_safety", "refer_someone",
    "ask_risk_after_release",
}  # fmt: skip
ORDER = {"none": 0, "check": 1, "urgent": 2, "emergency": 3}
MARK = re.compile(r"\[([^\]]*)\][({][^)}]*[)}]")


def lines_of(file: Path) -> list[dict[str, Any]]:
    """The messages of a JSON Lines file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def ordinary_examples() -> list[dict[str, Any]]:
    """What people ask the assistant, where it is plainly no danger, and what they say in an overdose."""
    found = []
    for file in sorted((data_folder() / "nlu").glob("*.yml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            intent = entry.get("intent", "report_use")
            if intent in NOT_PLAINLY_HARMLESS:
                continue
            texts = [
                MARK.sub(r"\1", line.strip().removeprefix("- ").strip()) for line in entry["examples"].splitlines()
            ]
            found += [{"text": text, "level": "none", "check": False, "kinds": []} for text in texts if text]
    return found


def main() -> None:
    """Train, choose the limits, write the numbers and the recipe."""
    reader = SafetyReader.load(second_reader=False)
    work = [row | {"file": file.stem} for file in sorted((WORK / "work").glob("*.jsonl")) for row in lines_of(file)]
    rows = work + lines_of(WORK / "messages.jsonl") + ordinary_examples()
    plain = [[word.plain for word in reader.words(row["text"])] for row in rows]
    encoder = SentenceEncoder.load(home_folder() / "models" / "encoder")
    vectors = encoder.encode([" ".join(words) for words in plain])
    features = hstack([csr_matrix(vectors), table(plain, [reader.states(row["text"]) for row in rows])]).tocsr()
    level = np.array([1 if row["check"] else ORDER[row["level"]] for row in rows])
    by_hand = len(lines_of(WORK / "messages.jsonl"))
    weight = np.array([1.0] * len(work) + [2.0] * by_hand + [0.5] * (len(rows) - len(work) - by_hand))
    rules = np.array(
        [1 if made.check else ORDER[made.level.value] for made in (reader.read(row["text"]) for row in work)]
    )
    held_out = cross_validated(features, level, weight, len(work))
    limits, scores = chosen(held_out, level[: len(work)], rules, [row["file"] for row in work])
    store(features, level, weight, rows, limits, scores)
    sys.stdout.write(json.dumps(scores, indent=1) + "\n")


def table(plain: list[list[str]], states: list[list[str]]) -> csr_matrix:
    """The hashed features of all messages, one a row."""
    rows = [buckets(words, found) for words, found in zip(plain, states, strict=True)]
    ends = np.cumsum([0, *(len(places) for places, _ in rows)])
    places = np.concatenate([places for places, _ in rows])
    counts = np.concatenate([counts for _, counts in rows])
    return csr_matrix((counts, places, ends), shape=(len(rows), BUCKETS))


def model() -> LogisticRegression:
    """The same settings everywhere."""
    return LogisticRegression(C=STRENGTH, max_iter=400, class_weight="balanced")


def cross_validated(features: csr_matrix, level: np.ndarray, weight: np.ndarray, work: int) -> np.ndarray:
    """For each message of `work` its scores "at least check, urgent, emergency" by models that never saw it."""
    scores = np.zeros((work, 3))
    others = np.arange(work, len(level))
    for learn, told in StratifiedKFold(FOLDS, shuffle=True, random_state=7).split(np.zeros(work), level[:work]):
        rows = np.concatenate([learn, others])
        for place in range(3):
            fitted = model().fit(features[rows], level[rows] > place, sample_weight=weight[rows])
            scores[told, place] = fitted.predict_proba(features[told])[:, 1]
    return scores


def chosen(
    scores: np.ndarray, level: np.ndarray, rules: np.ndarray, files: list[str]
) -> tuple[dict[str, float], dict[str, Any]]:
    """The limits that keep extra alarms rare among hard negatives, and what the two readers then reach together."""
    hard = np.array([file == "hard_negatives" for file in files])
    limits: dict[str, float] = {}
    for name, share in EXTRA_ALARMS.items():
        place = ORDER[name] - 1
        quiet = np.sort(scores[hard & (rules < ORDER[name]), place])[::-1]
        limits[name] = round(max(0.05, float(quiet[int(share * hard.sum())]) + 1e-4), 4)
    both = rules.copy()
    for name in ("check", "urgent", "emergency"):
        both = np.where(scores[:, ORDER[name] - 1] >= limits[name], np.maximum(both, ORDER[name]), both)
    table_of = {}
    for file in sorted(set(files)):
        mask = np.array([item == file for item in files])
        for who, said in (("rules", rules), ("both", both)):
            table_of[f"{file}, {who}"] = {
                name: round(float((said[mask] == value).mean()), 3) for name, value in ORDER.items()
            }
    return limits, table_of


def store(
    features: csr_matrix,
    level: np.ndarray,
    weight: np.ndarray,
    rows: list[dict[str, Any]],
    limits: dict[str, float],
    scores: dict[str, Any],
) -> None:
    """The numbers as float16, and how they came about."""
    danger = np.array([bool(row["kinds"]) and row["level"] != "none" for row in rows])
    kinds = np.array([list(Kind).index(Kind(row["kinds"][0])) for row, told in zip(rows, danger, strict=True) if told])
    levels = [model().fit(features, level > place, sample_weight=weight) for place in range(3)]
    level_words = np.vstack([fitted.coef_ for fitted in levels]).T
    level_bias = np.array([fitted.intercept_[0] for fitted in levels])
    of_kind = model().fit(features[danger], kinds)
    size = features.shape[1] - BUCKETS
    tables = {}
    for name, coefficients, bias in (
        ("level", level_words, level_bias),
        ("kind", of_kind.coef_.T, of_kind.intercept_),
    ):
        tables |= {f"{name}_vector": coefficients[:size], f"{name}_words": coefficients[size:], f"{name}_bias": bias}
    OUT.mkdir(exist_ok=True)
    np.savez_compressed(OUT / "weights.npz", **{name: part.astype(np.float16) for name, part in tables.items()})
    recipe = {
        "what": "Logistic regressions: at least check, urgent, emergency; and the kind. By scripts/train_reader.py",
        "learned_from": {"messages": len(rows), "dangers": int(danger.sum())},
        "strength": STRENGTH,
        "limits": limits,
        "scores_on_messages_not_learned_from": scores,
    }
    (OUT / "recipe.json").write_text(json.dumps(recipe, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
