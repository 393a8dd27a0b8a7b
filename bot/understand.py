"""Reads messages as the assistant would: `python -m bot.understand`, one message a line, one JSON object a line."""

from __future__ import annotations

import bot.lean_rasa  # noqa: F401 - must come before anything of Rasa

# isort: split

import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.engine import loader
from rasa.engine.constants import PLACEHOLDER_MESSAGE
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage

from bot.answer import understood
from bot.quiet_logs import keep_words_out_of_logs
from bot.server import newest_model
from bot.turn import at_its_place, not_a_command
from safety.reading import SafetyReader

Reader = Callable[[str], dict[str, Any]]


def main() -> None:
    """Answer every line of standard input, in order. Exits with a sentence when there is no model."""
    model = newest_model()
    if model is None:
        sys.exit("There is no trained model. Train one with: gateside train")
    keep_words_out_of_logs()
    for answer in readings(sys.stdin, language_reader(model), safety_reader()):
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def readings(lines: Iterable[str], language: Reader, safety: Reader) -> Iterator[dict[str, Any]]:
    """Both readings of each line. An empty line is nothing said, and is read like any other."""
    for line in lines:
        text = line.rstrip("\r\n")
        reading = language(text)
        reading["entities"] = [
            {name: entity[name] for name in ("entity", "value", "start", "end")} for entity in reading["entities"]
        ]
        yield {"text": text, **reading, "safety": safety(text)}


def language_reader(model: Path) -> Reader:
    """The language reading of one message, by the trained model without its dialogue."""
    with tempfile.TemporaryDirectory() as unpacked:
        metadata, runner = loader.load_predict_graph_runner(Path(unpacked), model, LocalModelStorage, DaskGraphRunner)

    def read(text: str) -> dict[str, Any]:
        if not text.strip():
            return {"intent": "out_of_scope", "confidence": 1.0, "ranking": [], "entities": []}
        message = UserMessage(not_a_command(text))
        results = runner.run({PLACEHOLDER_MESSAGE: [message]}, targets=[metadata.nlu_target])
        return understood(at_its_place(text, results[metadata.nlu_target][0].as_dict(True)))

    return read


def safety_reader() -> Reader:
    """The safety reading of one message."""
    reader = SafetyReader.load()

    def read(text: str) -> dict[str, Any]:
        reading = reader.read(text)
        return {
            "level": reading.level.value,
            "check": reading.check,
            "kinds": [kind.value for kind in reading.kinds],
            "spans": [[span.start, span.end] for span in reading.spans],
        }

    return read


if __name__ == "__main__":
    main()
