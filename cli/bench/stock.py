"""Two projects on Rasa's default recipe, with our training data: one as small as can be, and our own dialogue."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

from reference.paths import data_folder, project_root

Say = Callable[[str], None]
_DEFAULT_RECIPE = {"recipe": "default.v1", "language": "en", "pipeline": None, "policies": None}


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


def prepare_stock_project(folder: Path, say: Say, *, examples: int) -> float | None:
    """A project with one text an intent as the answer; the seconds that training took, None when it was trained before.

    `examples` of each intent are taken, evenly spread over our training data: the default recipe's time grows with
    them (hours for all of them on two cores), the time of a reply does not.
    """
    mark = folder / "trained_from"
    fingerprint = _fingerprint(examples, [])
    if _is_trained(mark, fingerprint):
        say("- the stock project is trained already")
        return None
    intents = _written_anew(folder, examples)
    _write(folder / "config.yml", _DEFAULT_RECIPE)
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
    say("- training the stock project on the default recipe (DIET and TED), once: some ten minutes on two idle cores")
    seconds = _train(folder, "domain.yml", "data")
    mark.write_text(fingerprint)
    return seconds


def prepare_our_dialogue(folder: Path, say: Say, *, examples: int) -> float | None:
    """Our own domain, rules, forms and actions on the default recipe: nothing but the recipe differs from ours.

    Examples and result as of `prepare_stock_project`.
    """
    ours = [data_folder() / "domain", data_folder() / "rules"]
    mark = folder / "trained_from"
    fingerprint = _fingerprint(examples, [file for part in ours for file in sorted(part.glob("*.yml"))])
    if _is_trained(mark, fingerprint):
        say("- our dialogue is trained on the default recipe already")
        return None
    _written_anew(folder, examples)
    importer = yaml.safe_load((project_root() / "config.yml").read_text("utf-8"))["importers"]
    _write(folder / "config.yml", {**_DEFAULT_RECIPE, "importers": importer})
    say("- training our dialogue on the default recipe, once: some ten minutes on two idle cores")
    seconds = _train(folder, str(ours[0]), "data", str(ours[1]))
    mark.write_text(fingerprint)
    return seconds


def _is_trained(mark: Path, fingerprint: str) -> bool:
    return mark.is_file() and mark.read_text() == fingerprint


def _written_anew(folder: Path, examples: int) -> set[str]:
    """The folder with nothing but so many examples of each intent; the intents."""
    if folder.exists():
        shutil.rmtree(folder)
    (folder / "data" / "nlu").mkdir(parents=True)
    intents: set[str] = set()
    for file in sorted((data_folder() / "nlu").glob("*.yml")):
        blocks = [_thinned(block, examples) for block in yaml.safe_load(file.read_text("utf-8"))["nlu"]]
        _write(folder / "data" / "nlu" / file.name, {"version": "3.1", "nlu": blocks})
        intents |= {block["intent"] for block in blocks}
    return intents


def _thinned(block: dict[str, str], examples: int) -> dict[str, str]:
    lines = block["examples"].splitlines()
    step = max(1, len(lines) // examples)
    return {"intent": block["intent"], "examples": "\n".join(lines[::step][:examples]) + "\n"}


def _train(folder: Path, domain: str, *data: str) -> float:
    begun = time.monotonic()
    with (folder / "training.log").open("wb") as log:
        done = subprocess.run(  # noqa: S603 - our own command
            rasa_command("train", "--quiet", "--domain", domain, "--data", *data),
            cwd=folder,
            env={**rasa_environment(), "PYTHONPATH": str(project_root())},
            stdout=log,
            stderr=log,
            check=False,
        )
    if done.returncode:
        raise SystemExit(f"The stock project could not be trained; see {folder / 'training.log'}")
    return time.monotonic() - begun


def _write(file: Path, content: object) -> None:
    file.write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")


def _fingerprint(examples: int, dialogue: Sequence[Path]) -> str:
    """Of what a reply's time depends on: other examples of the same intents are not worth training anew."""
    files = sorted((data_folder() / "nlu").glob("*.yml"))
    intents = {block["intent"] for file in files for block in yaml.safe_load(file.read_text("utf-8"))["nlu"]}
    parts = [Path(__file__).read_bytes(), json.dumps([examples, sorted(intents)]).encode()]
    return hashlib.sha256(b"".join([*parts, *(file.read_bytes() for file in dialogue)])).hexdigest()
