"""`gateside evaluate`: how well the readings do on labelled messages, as text, JSON and pictures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import typer
from rich.console import Console
from rich.progress import track

from cli.evaluation.pictures import calibration_picture, confusion_picture, styles_picture
from cli.evaluation.reading import labelled, language_readings, safety_levels
from cli.evaluation.scores import language_scores, safety_scores
from reference.paths import project_root

PARTS = ("emergency", "urgent", "check", "hard_negatives", "ordinary")
HELD_OUT = Path("tests/understanding/blind/messages.jsonl")
SETS = {
    "blind": (HELD_OUT,),
    "measure": (Path("tests/understanding/measure/messages.jsonl"),),
    "danger, blind": tuple(Path("tests/safety/blind").joinpath(f"{part}.jsonl") for part in PARTS),
    "danger, measure": tuple(Path("tests/safety/measure").joinpath(f"{part}.jsonl") for part in PARTS),
}
"""What is measured when nothing is named: each set is by an author who saw neither rules nor examples."""
HELD_OUT_NOW = "2026-11-24T12:00:00+00:00"
"""The moment that the held-out messages were labelled for."""

T = TypeVar("T")


def register(app: typer.Typer) -> None:
    """Add `gateside evaluate`."""

    @app.command()
    def evaluate(
        held_out: list[Path] | None = typer.Option(
            None, help="Labelled messages, one JSON object a line; may be given again. Default: every set of ours."
        ),
        output: Path | None = typer.Option(None, help="A folder for report.json and the pictures."),
        now: str | None = typer.Option(None, help="The moment that days are reckoned from, such as 2026-11-24T12:00Z."),
    ) -> None:
        """Measure the language reading (messages with "intent") and the safety reading (messages with "level")."""
        try:
            if held_out:
                report = measure([row for file in held_out for row in labelled(file)], now)
                typer.echo(as_text(report), nl=False)
            else:
                report = _measure_our_own(now or HELD_OUT_NOW)
        except (OSError, ValueError) as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(2) from error
        if output is not None:
            write_report(report, output)


def _measure_our_own(now: str) -> dict[str, Any]:
    """Every set that is there, each by itself; said as soon as it is known."""
    reports: dict[str, Any] = {}
    for name, files in SETS.items():
        there = [project_root() / file for file in files if (project_root() / file).is_file()]
        if there:
            typer.echo(f"# {name}")
            reports[name] = measure([row for file in there for row in labelled(file)], now)
            typer.echo(as_text(reports[name]))
    if not reports:
        raise ValueError("There are no labelled messages. Name some with: gateside evaluate --held-out FILE")
    return reports


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
    """`report.json`, and pictures of every reading in it, in a folder a set where there are several sets."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    _draw(report, folder)
    for name, scores in report.items():
        if not {"language", "safety"}.isdisjoint(scores):
            inner = folder / name.replace(", ", "-")
            inner.mkdir(exist_ok=True)
            _draw(scores, inner)


def _draw(report: Mapping[str, Any], folder: Path) -> None:
    pictures: dict[str, str] = {}
    if "language" in report:
        language = report["language"]
        pictures["confusion"] = confusion_picture(language["confused"])
        pictures["calibration"] = calibration_picture(language["calibration"])
        pictures["styles"] = styles_picture("How often the first guess is right", {"": language["by_style"]})
    if "safety" in report:
        groups = {
            name.removesuffix("_by_style").replace("_", " "): styles
            for name, styles in report["safety"].items()
            if name.endswith("_by_style")
        }
        pictures["danger_styles"] = styles_picture("How danger is read, by style", groups)
    for name, drawn in pictures.items():
        (folder / f"{name}.svg").write_text(drawn, encoding="utf-8")


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
