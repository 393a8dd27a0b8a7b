"""Our pipeline beside Rasa's default recipe: the same examples, the same messages, one run."""

from __future__ import annotations

import io
import json
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from rich.console import Console
from rich.progress import track
from rich.table import Table

from cli.bench.examples import Labelled, Split
from cli.bench.stock import rasa_environment
from cli.bench.understanding_worker import OURS, STOCK
from cli.evaluation.scores import share
from cli.train import rasa_python
from reference.paths import project_root

Say = Callable[[str], None]
ROWS = (
    ("right at the first guess", "accuracy", "{:.1%}"),
    ("training", "training_seconds", "{:.1f} s"),
    ("a message, median", "median_ms", "{:.1f} ms"),
    ("a message, p95", "p95_ms", "{:.1f} ms"),
    ("peak memory, training", "training_peak_mb", "{:.0f} MB"),
    ("peak memory, reading", "reading_peak_mb", "{:.0f} MB"),
)


def side_by_side(split: Split, *, epochs: int | None, say: Say) -> dict[str, Any]:
    """Train and measure both. `epochs` shortens the default recipe's training; None leaves it as Rasa ships it."""
    with TemporaryDirectory(prefix="gateside-bench-") as named:
        folder = Path(named)
        _write(folder, split, epochs)
        say(f"- {len(split.train)} examples of {len({row.intent for row in split.train})} intents to learn from, "
            f"{len(split.test)} messages to measure on")  # fmt: skip
        sides = {pipeline: _measured(pipeline, folder, split.test, say) for pipeline in (OURS, STOCK)}
    ours, stock = sides[OURS], sides[STOCK]
    return {
        "examples": len(split.train),
        "intents": len({row.intent for row in split.train}),
        "messages": len(split.test),
        "epochs": epochs,
        **sides,
        "points_ahead": round(100 * (ours["accuracy"]["share"] - stock["accuracy"]["share"]), 1),
        "ratios": {
            name: round(ours[name] / stock[name], 3) for _, name, _ in ROWS if isinstance(ours[name], float)
        },
    }  # fmt: skip


def table(result: dict[str, Any]) -> str:
    """Both pipelines side by side, and ours as a multiple of stock's."""
    drawn = Table(title=f"{result['messages']} messages, {result['examples']} examples of {result['intents']} intents")
    for heading in ("", "Gateside", "Rasa's default", ""):
        drawn.add_column(heading, justify="right" if heading else "left")
    for label, name, form in ROWS:
        sides = [result[pipeline][name] for pipeline in (OURS, STOCK)]
        if name == "accuracy":
            said = [f"{form.format(side['share'])} ({side['low']:.1%} to {side['high']:.1%})" for side in sides]
            drawn.add_row(label, *said, f"{result['points_ahead']:+} points")
        else:
            drawn.add_row(label, *(form.format(side) for side in sides), f"x {result['ratios'][name]}")
    canvas = Console(file=io.StringIO(), width=110)
    canvas.print(drawn)
    return str(canvas.file.getvalue()) if isinstance(canvas.file, io.StringIO) else ""


def _write(folder: Path, split: Split, epochs: int | None) -> None:
    of: dict[str, list[str]] = defaultdict(list)
    for row in split.train:
        of[row.intent].append(" ".join(row.text.split()))
    blocks = [
        {"intent": intent, "examples": "".join(f"- {_plain(text)}\n" for text in of[intent])} for intent in sorted(of)
    ]
    nlu = yaml.safe_dump({"version": "3.1", "nlu": blocks}, sort_keys=False, allow_unicode=True, width=10_000)
    (folder / "nlu.yml").write_text(nlu, "utf-8")
    ours = yaml.safe_load((project_root() / "config.yml").read_text("utf-8"))["pipeline"]
    (folder / "wanted.json").write_text(json.dumps({"pipeline": ours, "epochs": epochs}), "utf-8")
    (folder / "texts.json").write_text(json.dumps([row.text for row in split.test]), "utf-8")


def _plain(text: str) -> str:
    """An example that Rasa's format does not take for an annotated one: no square or curly brackets, no slash first."""
    return text.translate(str.maketrans("[]{}", "()()")).lstrip("/-")


def _measured(pipeline: str, folder: Path, test: Sequence[Labelled], say: Say) -> dict[str, Any]:
    say(f"- training {'our pipeline' if pipeline == OURS else 'the default recipe'}")
    trained = list(_worker("train", pipeline, folder))
    say(f"  took {trained[0]['seconds']:.0f} s")
    console = Console(stderr=True)
    reading = _worker("read", pipeline, folder)
    *read, end = track(
        reading, "  reading", total=len(test) + 1, console=console, disable=not console.is_terminal
    )  # fmt: skip
    times = [one["ms"] for one in read]
    return {
        "accuracy": share(
            one["intent"] in (row.intent, *row.acceptable) for row, one in zip(test, read, strict=True)
        ),
        "training_seconds": round(float(trained[0]["seconds"]), 1),
        "median_ms": round(statistics.median(times), 2),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0], 2),
        "training_peak_mb": round(float(trained[1]["peak_mb"])) * 1.0,
        "reading_peak_mb": round(float(end["peak_mb"])) * 1.0,
    }  # fmt: skip


def _worker(deed: str, pipeline: str, folder: Path) -> Iterator[dict[str, Any]]:
    """What the worker tells, line by line. Raises SystemExit with the end of its chatter when it fails."""
    chatter = folder / f"{deed}-{pipeline}.log"
    with (
        chatter.open("wb") as log,
        subprocess.Popen(  # noqa: S603 - our own module
            [str(rasa_python()), "-W", "ignore", "-m", "cli.bench.understanding_worker", deed, pipeline, str(folder)],
            cwd=project_root(),
            env={**rasa_environment(), "LOG_LEVEL": "ERROR", "RASA_CACHE_DIRECTORY": str(folder / "cache")},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
        ) as worker,
    ):
        assert worker.stdout is not None
        for line in worker.stdout:
            yield json.loads(line)
    if worker.returncode:
        sys.stderr.write("".join(chatter.read_text("utf-8", errors="replace").splitlines(keepends=True)[-8:]))
        raise SystemExit(f"The worker that should {deed} ({pipeline}) failed; its last lines are above.")
