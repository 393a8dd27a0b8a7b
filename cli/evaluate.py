"""`gateside evaluate`: how well the readings do on labelled messages, as text, JSON and pictures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import typer
from rich.console import Console
from rich.progress import track

from cli.evaluation.pictures import calibration_picture, confusion_picture
from cli.evaluation.reading import labelled, language_readings, safety_levels
from cli.evaluation.scores import language_scores, safety_scores
from reference.paths import project_root

HELD_OUT = Path("tests/understanding/blind/messages.jsonl")
HELD_OUT_NOW = "2026-11-24T12:00:00+00:00"
"""The moment that the held-out messages were labelled for."""

T = TypeVar("T")


def register(app: typer.Typer) -> None:
    """Add `gateside evaluate`."""

    @app.command()
    def evaluate(
        held_out: Path | None = typer.Option(None, help="Labelled messages, one JSON object a line."),
        output: Path | None = typer.Option(None, help="A folder for report.json and the pictures."),
        now: str | None = typer.Option(None, help="The moment that days are reckoned from, such as 2026-11-24T12:00Z."),
    ) -> None:
        """Measure the language reading (messages with "intent") and the safety reading (messages with "level")."""
        file = held_out or project_root() / HELD_OUT
        if not file.is_file():
            typer.echo("There are no labelled messages. Name some with: gateside evaluate --held-out FILE", err=True)
            raise typer.Exit(2)
        try:
            report = measure(labelled(file), now or (None if held_out else HELD_OUT_NOW))
        except ValueError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(2) from error
        typer.echo(as_text(report), nl=False)
        if output is not None:
            write_report(report, output)


def measure(rows: list[dict[str, Any]], now: str | None) -> dict[str, Any]:
    """Both readings' scores: `language` and `safety`, whichever the messages are labelled for."""
    report: dict[str, Any] = {}
    spoken = [row for row in rows if "intent" in row]
    if spoken:
        readings = _shown(language_readings([row["text"] for row in spoken], now), "What is wanted", len(spoken))
        report["language"] = language_scores(spoken, list(readings))
    judged = [row for row in rows if "level" in row]
    if judged:
        levels = _shown(safety_levels([row["text"] for row in judged]), "Who is in danger", len(judged))
        report["safety"] = safety_scores(judged, list(levels))
    return report


def as_text(report: Mapping[str, Any]) -> str:
    """The report for people to read."""
    return "".join(f"{line}\n" for part, scores in report.items() for line in _lines(part, scores))


def write_report(report: Mapping[str, Any], folder: Path) -> None:
    """`report.json`, and for the language reading `confusion.svg` and `calibration.svg`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    if "language" in report:
        language = report["language"]
        (folder / "confusion.svg").write_text(confusion_picture(language["confused"]), encoding="utf-8")
        (folder / "calibration.svg").write_text(calibration_picture(language["calibration"]), encoding="utf-8")


def _lines(part: str, scores: Mapping[str, Any]) -> Iterator[str]:
    yield f"{part.capitalize()} reading, {scores['messages']} messages"
    for name, score in scores.items():
        if isinstance(score, Mapping) and "share" in score:
            yield _share_line(name, score)
    for kind, score in scores.get("entities", {}).items():
        yield (
            f"  {kind:<28} F1 {score['f1']:6.1%}  right {score['right']}, missed {score['missed']}, "
            f"wrong {score['wrong']}"
        )
    for name, groups in scores.items():
        if "_by_" in name or name.startswith("by_"):
            yield f"  {name.replace('_', ' ')}:"
            for group, score in sorted(groups.items(), key=lambda entry: entry[1]["share"]):
                yield "  " + _share_line(group, score)


def _share_line(name: str, score: Mapping[str, Any]) -> str:
    between = f"{score['low']:.1%} to {score['high']:.1%}"
    return f"  {name.replace('_', ' '):<28} {score['share']:6.1%}  ({between}; {score['hits']} of {score['of']})"


def _shown(readings: Iterable[T], what: str, total: int) -> Iterable[T]:
    """The readings, with a progress bar on the error stream where that is a terminal."""
    console = Console(stderr=True)
    return track(readings, what, total=total, console=console, disable=not console.is_terminal)
