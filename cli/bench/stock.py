"""A stock Rasa project on Rasa's default recipe, with our training data and one answer an intent."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from reference.paths import data_folder, project_root


def rasa_command(*arguments: str) -> list[str]:
    """Rasa's own command line in the environment that has it."""
    return [str(project_root() / ".venv-bot" / "bin" / "python"), "-m", "rasa", *arguments]


def rasa_environment() -> dict[str, str]:
    """Rasa without telemetry and chatter."""
    return {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }


def prepare_stock_project(folder: Path, say: Callable[[str], None], *, examples: int) -> float | None:
    """Write and train the project unless it was trained for the same intents before; the seconds that training took.

    `examples` of each intent are taken, evenly spread over our training data: the default recipe's time grows with
    them (hours for all of them on two cores), the time of a reply does not.
    """
    mark = folder / "trained_from"
    fingerprint = _fingerprint(examples)
    if mark.is_file() and mark.read_text() == fingerprint:
        say("- the stock project is trained already")
        return None
    if folder.exists():
        shutil.rmtree(folder)
    (folder / "data" / "nlu").mkdir(parents=True)
    intents: set[str] = set()
    for file in sorted((data_folder() / "nlu").glob("*.yml")):
        blocks = [_thinned(block, examples) for block in yaml.safe_load(file.read_text("utf-8"))["nlu"]]
        _write(folder / "data" / "nlu" / file.name, {"version": "3.1", "nlu": blocks})
        intents |= {block["intent"] for block in blocks}
    _write(folder / "config.yml", {"recipe": "default.v1", "language": "en", "pipeline": None, "policies": None})
    _write(
        folder / "domain.yml",
        {
            "version": "3.1",
            "intents": sorted(intents),
            "responses": {f"utter_{intent}": [{"text": f"An answer about {intent}."}] for intent in sorted(intents)},
        },
    )
    _write(
        folder / "data" / "rules.yml",
        {
            "version": "3.1",
            "rules": [
                {"rule": intent, "steps": [{"intent": intent}, {"action": f"utter_{intent}"}]}
                for intent in sorted(intents)
            ],
        },
    )
    _write(folder / "credentials.yml", {"rest": None})
    _write(folder / "endpoints.yml", {})
    say("- training the stock project on the default recipe (DIET and TED), once: about half an hour on two cores")
    seconds = _train(folder)
    mark.write_text(fingerprint)
    return seconds


def _thinned(block: dict[str, str], examples: int) -> dict[str, str]:
    lines = block["examples"].splitlines()
    step = max(1, len(lines) // examples)
    return {"intent": block["intent"], "examples": "\n".join(lines[::step][:examples]) + "\n"}


def _train(folder: Path) -> float:
    begun = time.monotonic()
    with (folder / "training.log").open("wb") as log:
        done = subprocess.run(  # noqa: S603 - our own command
            rasa_command("train", "--quiet"), cwd=folder, env=rasa_environment(), stdout=log, stderr=log, check=False
        )
    if done.returncode:
        raise SystemExit(f"The stock project could not be trained; see {folder / 'training.log'}")
    return time.monotonic() - begun


def _write(file: Path, content: object) -> None:
    file.write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")


def _fingerprint(examples: int) -> str:
    """Of what a reply's time depends on: other examples of the same intents are not worth half an hour's training."""
    files = sorted((data_folder() / "nlu").glob("*.yml"))
    intents = {block["intent"] for file in files for block in yaml.safe_load(file.read_text("utf-8"))["nlu"]}
    return hashlib.sha256(Path(__file__).read_bytes() + json.dumps([examples, sorted(intents)]).encode()).hexdigest()
