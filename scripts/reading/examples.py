"""Writes what the encoder is taught with, and the readers after it, as one file: the first step of `make train-reader`.

One JSON object a line: `text`; `spellings`, the same words as the two readings spell them; `intent` or null; `danger`
(0 none, 1 to be asked about, 2 urgent, 3 emergency) or null where nobody labelled it; `kinds`; `source`; and
`kept_back`: one in six, and all by some authors, never shown to the encoder, so that limits and calibration are set on
what it doesn't know; and `close`: written beside others that say much the same words and mean no danger, or the other
way round.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.plain_words import PlainWords
from encoder.tuned import kept_back
from reference.paths import data_folder, project_root
from safety.reading import SafetyReader
from safety.second_reader import with_marks

TESTS = project_root() / "tests"
DANGER = {"none": 0, "urgent": 2, "emergency": 3}
CLOSE = {"fifth", "sixth", "seventh", "ninth", "twelfth"}
"""The folders whose messages were written so."""
KEPT_WHOLE = {"thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"} | {
    *("twentieth", "twenty_first", "twenty_second", "twenty_third", "twenty_fourth"),
}
"""The folders by authors of whom the encoder is shown nothing: what it says of them is weighed, and limits are set."""
_MARK = re.compile(r"\[([^\]]*)\][({][^)}]*[)}]")
_NOT_PLAINLY_HARMLESS = {
    "report_overdose_now", "concern_in_prison", "express_distress", "young_person", "ask_withdrawal", "report_use",
    "ask_mental_health", "ask_children", "talk_to_human", "ask_device_safety", "refer_someone",
    "ask_risk_after_release",
}  # fmt: skip
"""Whoever says one of these may be in danger or not: their examples teach intents alone."""


def labelled_intents() -> Iterator[dict[str, Any]]:
    """The examples of `data/nlu`."""
    for file in sorted((data_folder() / "nlu").glob("*.yml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            for line in entry["examples"].splitlines():
                text = _MARK.sub(r"\1", line.strip().removeprefix("- ").strip())
                if text and "intent" in entry:
                    harmless = entry["intent"] not in _NOT_PLAINLY_HARMLESS
                    yield row(text, entry["intent"], 0 if harmless else None, [], "nlu")


def labelled_dangers() -> Iterator[dict[str, Any]]:
    """The messages that the danger reading may be worked on with. Those kept for measuring are never opened."""
    for file in [*sorted((TESTS / "safety" / "work").rglob("*.jsonl")), TESTS / "safety" / "messages.jsonl"]:
        for line in file.read_text(encoding="utf-8").splitlines():
            message = json.loads(line)
            danger = 1 if message.get("check") else DANGER[message["level"]]
            close = file.parent.name in CLOSE
            told = row(message["text"], None, danger, message.get("kinds") or [], file.stem) | {"close": close}
            yield told | {"kept_back": told["kept_back"] or file.parent.name in KEPT_WHOLE}


def row(text: str, intent: str | None, danger: int | None, kinds: list[str], source: str) -> dict[str, Any]:
    """One line of the file, its spellings still missing."""
    return {
        "text": text,
        "intent": intent,
        "danger": danger,
        "kinds": kinds,
        "source": source,
        "kept_back": kept_back(text),
    }


def main(target: str) -> None:
    """Write the file `target`."""
    words, reader = PlainWords.load(), SafetyReader.load(second_reader=False)
    rows = [*labelled_intents(), *labelled_dangers()]
    sys.stdout.write(f"spelling {len(rows)} examples as the two readings do\n")
    with Path(target).open("w", encoding="utf-8") as file:
        for number, each in enumerate(rows, 1):
            if number % 3000 == 0:
                sys.stdout.write(f"{number} of {len(rows)}\n")
            safe = with_marks(each["text"], reader.words(each["text"]))
            file.write(json.dumps(each | {"spellings": [words.of(each["text"]), safe]}) + "\n")
    sys.stdout.write(f"{len(rows)} examples, {sum(each['kept_back'] for each in rows)} of them kept back\n")


if __name__ == "__main__":
    main(sys.argv[1])
