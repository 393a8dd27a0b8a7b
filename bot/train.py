"""Trains the assistant: `python -m bot.train [--force]`."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
import time
from pathlib import Path

from bot.fingerprint import fingerprint
from bot.quiet_logs import keep_words_out_of_logs
from reference.paths import home_folder, project_root


def models_folder() -> Path:
    """Where this installation keeps its trained models."""
    return home_folder() / "models" / "rasa"


def model_file() -> Path:
    """The model for the data as it stands now, trained or not."""
    return models_folder() / f"gateside-{fingerprint()[:16]}.tar.gz"


def main() -> None:
    """Train if anything changed, say what is done, and take away the models of older data."""
    target = model_file()
    if target.exists() and "--force" not in sys.argv[1:]:
        sys.stdout.write("The model is up to date.\n")
        return
    sys.stdout.write("Training the assistant (about half a minute)...\n")
    sys.stdout.flush()
    began = time.monotonic()
    train(target)
    for file in models_folder().glob("*.tar.gz"):
        if file != target:
            file.unlink()
    sys.stdout.write(f"Trained in {time.monotonic() - began:.0f} s.\n")


def train(target: Path) -> None:
    """Train into `target`. Raises SystemExit with a sentence when the data can't be trained on."""
    os.environ["LOG_LEVEL"] = "ERROR"  # Rasa's progress bars write a line a step where there is no terminal
    keep_words_out_of_logs()
    import bot.lean_rasa  # noqa: F401 - must come before anything of Rasa

    # isort: split
    from rasa.model_training import train as train_rasa

    target.parent.mkdir(parents=True, exist_ok=True)
    root = project_root()
    said = io.StringIO()
    with tempfile.TemporaryDirectory() as cache, contextlib.redirect_stdout(said):
        os.environ["RASA_CACHE_DIRECTORY"] = cache
        result = train_rasa(
            domain=str(root / "data" / "domain"),
            config=str(root / "config.yml"),
            training_files=[str(root / "data" / "nlu"), str(root / "data" / "rules")],
            output=str(target.parent),
            fixed_model_name=target.name,
            force_training=True,
        )
    if result.code != 0 or not target.exists():
        sys.exit(f"{said.getvalue()}\nTraining failed; the lines above say why.")


if __name__ == "__main__":
    main()
