"""What `gateside evaluate` counts, and what it says."""

import json
import xml.etree.ElementTree as ElementTree

import pytest
from typer.testing import CliRunner

from cli import evaluate
from cli.evaluate import as_text, write_report
from cli.evaluation.reading import labelled
from cli.evaluation.scores import language_scores, safety_scores, wilson
from cli.main import app
from reference.paths import project_root


def reading(intent, *others, confidence=0.9, entities=()):
    ranking = [{"intent": name, "confidence": confidence} for name in (intent, *others)]
    return {"intent": intent, "confidence": confidence, "ranking": ranking, "entities": list(entities)}


LABELLED = [
    {"text": "a", "intent": "ask_money", "acceptable": ["ask_housing"], "style": "plain", "entities": []},
    {"text": "b", "intent": "ask_money", "acceptable": [], "style": "typos", "entities": [["substance", "alcohol"]]},
    {"text": "c", "intent": "out_of_scope", "acceptable": [], "style": "plain", "entities": []},
    {"text": "d", "intent": "greet", "acceptable": [], "style": "plain", "entities": []},
]
READ = [
    reading("ask_housing"),
    reading("greet", "ask_money", confidence=0.3, entities=[{"entity": "substance", "value": "heroin"}]),
    reading("out_of_scope"),
    reading("out_of_scope"),
]


def test_a_reading_counts_that_is_equally_acceptable_and_three_guesses_are_looked_at():
    scores = language_scores(LABELLED, READ)

    assert (scores["top_1"]["hits"], scores["top_3"]["hits"]) == (2, 3)
    assert scores["out_of_scope_caught"]["share"] == 1.0
    assert (scores["in_scope_turned_away"]["hits"], scores["in_scope_turned_away"]["of"]) == (1, 3)
    assert scores["by_style"]["typos"]["share"] == 0.0
    assert scores["entities"]["substance"] == {"f1": 0.0, "right": 0, "missed": 1, "wrong": 1}


def test_an_interval_is_wilsons():
    assert wilson(0, 0) == (0.0, 1.0)
    assert [round(end, 3) for end in wilson(81, 100)] == [0.722, 0.875]
    assert wilson(10, 10)[1] == pytest.approx(1.0)


def test_a_relation_is_the_same_in_scots_and_in_plain_words():
    wanted = {"text": "ma maw and his da", "intent": "greet", "entities": [["person", "maw"], ["person", "da"]]}
    got = [{"entity": "person", "value": "mum"}, {"entity": "person", "value": "brother"}]
    scores = language_scores([wanted], [reading("greet", entities=got)])

    assert scores["entities"]["person"] == {"f1": 0.5, "right": 1, "missed": 1, "wrong": 1}


def test_a_report_is_text_json_and_pictures(tmp_path):
    report = {"language": language_scores(LABELLED, READ)}
    write_report(report, tmp_path)

    assert "top 1" in as_text(report)
    assert json.loads((tmp_path / "report.json").read_text())["language"]["messages"] == 4
    for picture in ("confusion.svg", "calibration.svg", "styles.svg"):
        assert ElementTree.parse(tmp_path / picture).getroot().tag.endswith("svg")


def test_the_safety_reading_is_measured_where_the_labels_are_of_danger(tmp_path):
    file = tmp_path / "danger.jsonl"
    file.write_text(
        '{"text": "he is not breathing", "level": "emergency", "check": false}\n'
        '{"text": "what are your hours", "level": "none", "check": false}\n'
    )
    answer = CliRunner().invoke(app, ["evaluate", "--held-out", str(file), "--output", str(tmp_path / "out")])

    assert answer.exit_code == 0
    safety = json.loads((tmp_path / "out" / "report.json").read_text())["safety"]
    assert safety["emergency_found"]["share"] == 1.0
    assert safety["calm_raised"]["share"] == 0.0


def test_danger_is_told_and_drawn_by_style(tmp_path):
    rows = [
        {"level": "emergency", "style": "scots"}, {"level": "emergency", "style": "typos"},
        {"level": "urgent", "style": "typos"}, {"level": "none", "style": "plain"},
    ]  # fmt: skip
    report = {"safety": safety_scores(rows, ["emergency", "check", "none", "urgent"])}
    write_report(report, tmp_path)

    assert report["safety"]["emergency_found_by_style"]["typos"]["share"] == 0.0
    assert report["safety"]["emergency_found_or_asked_by_style"]["typos"]["share"] == 1.0
    assert report["safety"]["urgent_found_or_asked_by_style"]["typos"]["hits"] == 0
    assert report["safety"]["calm_raised_by_style"]["plain"]["hits"] == 1
    drawn = (tmp_path / "danger_styles.svg").read_text()
    assert "scots" in drawn
    assert ElementTree.fromstring(drawn).tag.endswith("svg")


def test_every_set_of_ours_is_measured_by_itself_when_none_is_named(tmp_path, monkeypatch):
    for name in ("one", "other"):
        (tmp_path / f"{name}.jsonl").write_text('{"text": "he is not breathing", "level": "emergency"}\n')
    sets = {name: (tmp_path / f"{name}.jsonl",) for name in ("one", "other", "missing")}
    monkeypatch.setattr(evaluate, "SETS", sets)
    answer = CliRunner().invoke(app, ["evaluate", "--output", str(tmp_path / "out")])

    assert answer.exit_code == 0
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert {name: part["safety"]["messages"] for name, part in report.items()} == {"one": 1, "other": 1}
    assert (tmp_path / "out" / "other" / "danger_styles.svg").is_file()


def test_our_own_sets_are_there():
    assert [file for files in evaluate.SETS.values() for file in files if not (project_root() / file).is_file()] == []


def test_several_files_are_measured_as_one(tmp_path):
    files = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for file in files:
        file.write_text('{"text": "what are your hours", "level": "none"}\n')
    answer = CliRunner().invoke(app, ["evaluate", "--held-out", str(files[0]), "--held-out", str(files[1])])

    assert "Safety reading, 2 messages" in answer.output


def test_a_line_that_is_no_label_is_named(tmp_path):
    file = tmp_path / "bad.jsonl"
    file.write_text('{"text": "hello", "intent": "greet"}\nhello\n')

    with pytest.raises(ValueError, match="line 2"):
        labelled(file)
    assert CliRunner().invoke(app, ["evaluate", "--held-out", str(file)]).exit_code == 2
    assert CliRunner().invoke(app, ["evaluate", "--held-out", str(tmp_path / "none.jsonl")]).exit_code == 2
