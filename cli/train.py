"""`gateside train`: trains the assistant in its own Python, when anything it is trained on has changed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import typer

from reference.paths import project_root


def register(app: typer.Typer) -> None:
    """Add `gateside train`."""

    @app.command()
    def train(force: bool = typer.Option(False, help="Train even when nothing has changed.")) -> None:
        """Train the assistant; nothing is done when its data has not changed."""
        run_training(["--force"] if force else [])


def train_if_changed() -> None:
    """Train when anything changed since the newest model. Raises typer.Exit with a sentence when training fails."""
    run_training([])


def run_training(options: list[str]) -> None:
    """Run `bot.train` in the assistant's environment, its progress passed on."""
    finished = subprocess.run(  # noqa: S603 - our own module, no words of anybody's
        [str(rasa_python()), "-W", "ignore", "-m", "bot.train", *options], cwd=project_root(), check=False
    )
    if finished.returncode != 0:
        raise typer.Exit(finished.returncode)


def rasa_python() -> Path:
    """The Python that Rasa runs on. Raises typer.Exit with what to do when it is not set up."""
    python = project_root() / ".venv-bot" / "bin" / "python"
    if not python.exists():
        typer.echo("The assistant's Python (.venv-bot) is not set up. Run: make start", err=True)
        raise typer.Exit(1)
    return python
