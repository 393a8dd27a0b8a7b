"""`gateside bench`: this system beside a stock Rasa project with the same training data, in one run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add `gateside bench`."""
    app.command("bench")(bench)


def bench(
    output: Annotated[Path | None, typer.Option(help="where the JSON goes; default: <home>/bench/result.json")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="how often each conversation says the whole script")] = 2,
    examples: Annotated[int, typer.Option(min=5, help="training examples an intent for the stock project")] = 15,
) -> None:
    """Measure time to ready, replies, throughput and memory, side by side."""
    from cli.bench.report import table
    from cli.bench.run import measure_both
    from reference.paths import home_folder

    folder = home_folder() / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    result = measure_both(folder, rounds=rounds, examples=examples, say=_say)
    target = output or folder / "result.json"
    target.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    _say(table(result))
    _say(f"\nThe same as JSON: {target}")


def _say(line: str) -> None:
    print(line, flush=True)
