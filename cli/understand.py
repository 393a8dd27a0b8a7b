"""`gateside understand`: what the assistant makes of each message on standard input, as JSON."""

from __future__ import annotations

import subprocess
import sys

import typer

from cli.train import rasa_python
from reference.paths import project_root


def register(app: typer.Typer) -> None:
    """Add `gateside understand`."""

    @app.command()
    def understand() -> None:
        """Read one message a line; write intent, ranking, entities and safety as one JSON object a line, in order."""
        finished = subprocess.run(  # noqa: S603 - our own module; the messages go over its standard input
            [str(rasa_python()), "-W", "ignore", "-m", "bot.understand"],
            cwd=project_root(),
            stdin=sys.stdin,
            check=False,
        )
        raise typer.Exit(finished.returncode)
