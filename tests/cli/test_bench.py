"""The benchmark's table, and the workers that answer through Rasa alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cli.bench import through_rasa
from cli.bench.report import table
from cli.bench.systems import Gateside

SIDE = {
    "ready_seconds": 20.0,
    "median_ms": 30.0,
    "p95_ms": 40.0,
    "our_dialogue_ms": 4.5,
    "through_rasa_ms": 4.5,
    "messages_a_second": 40.0,
}
ANSWERS = """
import json, sys
print("ready", flush=True)
for number, line in enumerate(sys.stdin):
    print(100.0 if number < 2 else {"gateside": 3.0, "recipe": 24.0, "stock": 12.0}[sys.argv[1]], flush=True)
"""


def test_the_table_tells_the_answer_through_rasa_alone() -> None:
    ratios = dict.fromkeys(("time_to_ready", "median_latency", "p95_latency", "throughput", "bot_memory"), 1.0)
    drawn = table(
        {
            "gateside": {**SIDE, "peak_mb": {"bot": 400.0}},
            "stock": {**SIDE, "our_dialogue_ms": 30.0, "through_rasa_ms": 15.0, "peak_mb": {"rasa": 800.0}},
            "ratios": {**ratios, "our_dialogue": 0.15, "through_rasa": 0.3},
        }
    )
    rows = [line.strip("│").split("│") for line in drawn.splitlines() if "through Rasa alone" in line]
    assert [[part.strip() for part in row] for row in rows] == [
        ["through Rasa alone, our dialogue", "4.5 ms", "30.0 ms", "0.15"],
        ["through Rasa alone, one text an intent", "4.5 ms", "15.0 ms", "0.3"],
    ]


def test_all_sides_answer_in_turn_and_the_first_conversation_is_not_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = tmp_path / "python"
    (tmp_path / "answers.py").write_text(ANSWERS)
    stand_in.write_text(f'#!/bin/sh\nshift 4\nexec {sys.executable} {tmp_path / "answers.py"} "$@"\n')
    stand_in.chmod(0o755)
    projects = {"stock": tmp_path / "stock", "recipe": tmp_path / "recipe"}
    for folder in (*(project / "models" for project in projects.values()), tmp_path / "models" / "rasa"):
        folder.mkdir(parents=True)
        (folder / "one.tar.gz").touch()
    monkeypatch.setattr(through_rasa, "rasa_python", lambda: stand_in)
    monkeypatch.setattr(through_rasa, "home_folder", lambda: tmp_path)
    monkeypatch.setattr(through_rasa, "_opened_at", lambda address: "a-conversation")

    gateside = Gateside(None, {}, "http://nowhere", 1.0)  # type: ignore[arg-type]
    measured = through_rasa.measure_through_rasa(projects, gateside, ["hello", "bye"], rounds=2)

    assert measured == {"gateside": 3.0, "stock": 12.0, "recipe": 24.0}
