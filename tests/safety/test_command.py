"""`gateside safety` for those who keep the rules."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from reference.paths import project_root

PROGRAM = "import typer; from cli.safety import register; app = typer.Typer(); register(app); app()"


def run(messages: bytes, *options: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *options],
        input=messages,
        capture_output=True,
        cwd=project_root(),
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]


def test_each_line_is_read_in_order_blank_ones_too() -> None:
    first, blank, last = run("he’s no breathin\n\nwhat does an overdose look like\n".encode())
    assert first == {
        "text": "he’s no breathin",
        "level": "emergency",
        "check": False,
        "kinds": ["overdose"],
        "spans": [[5, 16]],
    }
    assert blank == {"text": "", "level": "none", "check": False, "kinds": [], "spans": []}
    assert last["level"] == "none"


def test_explain_names_what_was_found() -> None:
    (line,) = run(b"she took something\n", "--explain")
    assert line["check"]
    assert line["concepts"] == ["took_something"]
