"""`gateside safety`: the safety reading of each line on standard input."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import TextIO

import typer
from rich.console import Console
from rich.progress import track

from safety.reading import Reading, SafetyReader


def register(app: typer.Typer) -> None:
    """Add the command `safety` to `app`."""
    app.command(name="safety")(safety_command)


def safety_command(
    explain: bool = typer.Option(False, "--explain", help="Also name the states that were found."),
) -> None:
    """Read one message a line on standard input and write its safety reading as one JSON object a line."""
    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]
    console = Console(stderr=True)
    # A bar would stand between the answers where both go to one screen, or nobody sees it.
    disable = not console.is_terminal or sys.stdout.isatty()
    messages = track(sys.stdin, "Reading", console=console, disable=disable)
    write_readings(messages, sys.stdout, SafetyReader.load(), explain=explain)


def write_readings(messages: Iterable[str], out: TextIO, reader: SafetyReader, *, explain: bool) -> None:
    """One line of JSON for each line of `messages`, as soon as it is read; an empty line is an empty message."""
    for line in messages:
        text = line.rstrip("\r\n")
        out.write(json.dumps(described(text, reader.read(text), explain=explain), ensure_ascii=False) + "\n")
        out.flush()


def described(text: str, reading: Reading, *, explain: bool) -> dict[str, object]:
    """The reading in the words that `gateside safety` promises."""
    told: dict[str, object] = {
        "text": text,
        "level": reading.level.value,
        "check": reading.check,
        "kinds": [kind.value for kind in reading.kinds],
        "spans": [[span.start, span.end] for span in reading.spans],
    }
    return {**told, "concepts": list(reading.concepts)} if explain else told
