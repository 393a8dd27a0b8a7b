"""Reads labelled messages with the readers that people talk to."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer

from cli.train import rasa_python
from reference.paths import project_root
from safety.reading import SafetyReader


def labelled(file: Path) -> list[dict[str, Any]]:
    """The messages of a jsonl file, one object a line. Raises ValueError naming the line that isn't one."""
    rows = []
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    row = json.loads(line)
                except json.JSONDecodeError as error:
                    raise ValueError(f"{file}, line {number}: not a JSON object ({error.msg}).") from error
                if not isinstance(row, dict) or "text" not in row or not {"intent", "level"} & row.keys():
                    raise ValueError(f'{file}, line {number}: needs "text", and "intent" or "level".')
                rows.append(row)
    return rows


def language_readings(texts: Sequence[str], now: str | None) -> Iterator[dict[str, Any]]:
    """The trained assistant's reading of each text, in order. `now`: the moment it takes for the present, ISO 8601.

    Raises typer.Exit when it stops before the last, having said why.
    """
    environment = {**os.environ, "GATESIDE_CLOCK": now} if now else dict(os.environ)
    with subprocess.Popen(  # noqa: S603 - our own module; the messages go over its standard input
        [str(rasa_python()), "-W", "ignore", "-m", "bot.understand"],
        cwd=project_root(),
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        writing = threading.Thread(target=_write, args=(reader.stdin, texts), daemon=True)
        writing.start()
        read = 0
        for line in reader.stdout:
            read += 1
            yield json.loads(line)
    if read != len(texts):
        raise typer.Exit(reader.returncode or 1)


def safety_levels(texts: Sequence[str]) -> Iterator[str]:
    """The safety reading of each text: `emergency`, `urgent`, `check` or `none`."""
    reader = SafetyReader.load()
    for text in texts:
        reading = reader.read(text)
        yield "check" if reading.check else reading.level.value


def _write(into: Any, texts: Sequence[str]) -> None:
    try:
        for text in texts:
            into.write(" ".join(text.splitlines()) + "\n")
        into.close()
    except BrokenPipeError:
        return
