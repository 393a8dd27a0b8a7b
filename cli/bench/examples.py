"""Labelled messages to learn from and to measure on: the project's own, or a public set given as a file."""

from __future__ import annotations

import csv
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

TEXT_COLUMNS = ("text", "query", "utterance", "sentence", "answer_normalised")
INTENT_COLUMNS = ("intent", "category", "label", "labels")
TEST_SHARE = 0.2


@dataclass(frozen=True)
class Labelled:
    """One message, what is wanted, and what else would be as right."""

    text: str
    intent: str
    acceptable: tuple[str, ...] = ()


@dataclass(frozen=True)
class Split:
    """What both pipelines learn from, and what both are measured on. No message is in both."""

    train: tuple[Labelled, ...]
    test: tuple[Labelled, ...]


def own_split(nlu: Path, held_out: Path, examples: int) -> Split:
    """So many examples of each intent, evenly spread over the files of `nlu`, and a file of held-out messages."""
    train = []
    for file in sorted(nlu.glob("*.yml")):
        for block in yaml.safe_load(file.read_text("utf-8"))["nlu"]:
            lines = [line.removeprefix("- ").strip() for line in block["examples"].splitlines() if line.strip()]
            step = max(1, len(lines) // examples)
            train += [Labelled(line, block["intent"]) for line in lines[::step][:examples]]
    return Split(tuple(train), tuple(read_labelled(held_out)))


def public_split(data: Path, test: Path | None, examples: int, *, seed: int) -> Split:
    """So many examples of each intent of `data`, drawn by `seed`; measured on `test`, or on a fifth kept back.

    The fifth is taken of every intent before anything is drawn, so that it stays the same for any number of examples.
    Raises ValueError when nothing can be learned from or measured on.
    """
    rows = read_labelled(data)
    order = random.Random(seed)  # noqa: S311 - a fair draw, not a secret
    of: dict[str, list[Labelled]] = defaultdict(list)
    for row in rows:
        of[row.intent].append(row)
    train: list[Labelled] = []
    measured = list(read_labelled(test)) if test else []
    for intent in sorted(of):
        mixed = sorted(of[intent], key=lambda row: row.text)
        order.shuffle(mixed)
        kept = 0 if test else max(1, round(len(mixed) * TEST_SHARE))
        measured += mixed[:kept]
        train += mixed[kept:][:examples]
    known = {row.intent for row in train}
    measured = [row for row in measured if row.intent in known]
    if len(known) < 2 or not measured:
        raise ValueError("There must be at least two intents to learn and one message to measure on.")
    return Split(tuple(train), tuple(measured))


def read_labelled(file: Path) -> list[Labelled]:
    """The messages of a .csv, .tsv or .jsonl file with a column for the text and one for the intent.

    Known column names are `text`, `query`, `utterance` and `intent`, `category`, `label`; a `scenario` beside an
    `intent`, as in HWU64, is put before it. Raises ValueError, naming the file, when it can't be read so.
    """
    if file.suffix == ".jsonl":
        lines = file.read_text("utf-8").splitlines()
        return _from_rows(file, [json.loads(line) for line in lines if line.strip()])
    with file.open(encoding="utf-8-sig", newline="") as opened:
        start = opened.read(4096)
        opened.seek(0)
        header = start.splitlines()[0] if start else ""
        mark = max((";", "\t", ",", "|"), key=header.count)
        return _from_rows(file, list(csv.DictReader(opened, delimiter=mark)))


def _from_rows(file: Path, rows: Sequence[dict[str, object]]) -> list[Labelled]:
    names = rows[0].keys() if rows else ()
    text = next((name for name in TEXT_COLUMNS if name in names), None)
    intent = next((name for name in INTENT_COLUMNS if name in names), None)
    if text is None or intent is None:
        raise ValueError(
            f"{file}: needs a column for the text ({', '.join(TEXT_COLUMNS)}) and for the intent "
            f"({', '.join(INTENT_COLUMNS)})."
        )
    before = "scenario" if intent == "intent" and "scenario" in names else None
    return [
        Labelled(
            " ".join(str(row[text]).split()),
            _name(f"{row[before]} {row[intent]}" if before else str(row[intent])),
            tuple(_as_names(row.get("acceptable"))),
        )
        for row in rows
        if str(row.get(text) or "").strip() and str(row.get(intent) or "").strip()
    ]


def _name(said: str) -> str:
    """An intent's name as Rasa takes it: no spaces, no slashes (those would make it a retrieval intent)."""
    return "_".join(said.strip().replace("/", " ").split())


def _as_names(acceptable: object) -> Iterable[str]:
    return [str(name) for name in acceptable] if isinstance(acceptable, list) else []
