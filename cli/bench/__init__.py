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
    examples: Annotated[int, typer.Option(min=2, help="training examples an intent for the stock project")] = 15,
    understanding: Annotated[
        bool, typer.Option("--understanding", help="the pipelines alone, both trained anew")
    ] = False,
    queue: Annotated[bool, typer.Option("--queue", help="from person to officer and back, and a long queue")] = False,
    data: Annotated[Path | None, typer.Option(help="with --understanding: a public set (csv, tsv or jsonl)")] = None,
    test: Annotated[Path | None, typer.Option(help="with --data: its test part; default: a fifth kept back")] = None,
    seed: Annotated[int, typer.Option(help="with --data: by which examples are drawn")] = 1,
    epochs: Annotated[int | None, typer.Option(help="with --understanding: shortens the default recipe")] = None,
) -> None:
    """Measure speed and memory side by side; or how well each understands; or the way to an officer and back."""
    if understanding or data is not None:
        _bench_understanding(output, examples, data, test, seed, epochs)
        return
    if queue:
        _bench_queue(output)
        return
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


def _bench_queue(output: Path | None) -> None:
    from cli.bench.queue import measure_queue
    from cli.bench.report import queue_table
    from reference.paths import home_folder

    result = measure_queue(_say)
    target = output or home_folder() / "bench" / "queue.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    _say(queue_table(result))
    _say(f"The same as JSON: {target}")


def _bench_understanding(
    output: Path | None, examples: int, data: Path | None, test: Path | None, seed: int, epochs: int | None
) -> None:
    from cli.bench.examples import own_split, public_split
    from cli.bench.understanding import side_by_side, table
    from cli.evaluate import HELD_OUT
    from reference.paths import data_folder, home_folder, project_root

    try:
        if data is not None:
            split = public_split(data, test, examples, seed=seed)
        else:
            split = own_split(data_folder() / "nlu", project_root() / HELD_OUT, examples)
    except (OSError, ValueError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    result = {"data": data.name if data else "the project's own", **side_by_side(split, epochs=epochs, say=_say)}
    target = output or home_folder() / "bench" / "understanding.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    _say(table(result))
    if data is None:
        _say("The sentence encoder has been tuned on all of our own examples; the default recipe starts from nothing.")
    _say(f"The same as JSON: {target}")


def _say(line: str) -> None:
    print(line, flush=True)
