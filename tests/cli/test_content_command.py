"""What an author gets on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from markupsafe import escape
from typer.testing import CliRunner

from cli.content import register
from voice import AUDIENCES, Voice

app = typer.Typer()
register(app)
run = CliRunner().invoke


def test_say_prints_what_the_person_would_get_and_how_many_texts_it_takes() -> None:
    said = run(app, ["say", "handoff/waiting_position", "--channel", "sms", "--set", "position=1"])
    assert said.exit_code == 0
    assert said.stdout.startswith("You are next in the queue for a person.")
    assert said.stderr.startswith("1 segment, ")


def test_say_shows_what_can_be_tapped_on_the_web_alone() -> None:
    assert "[Not now]" in run(app, ["say", "handoff/offer_person", "--channel", "web"]).stdout
    assert "[" not in run(app, ["say", "handoff/offer_person", "--channel", "sms"]).stdout


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["say", "tea/cup"], "tea/cup"),
        (["say", "widget/open", "--channel", "sms"], "never goes out on sms"),
        (["say", "widget/open", "--channel", "fax"], "fax"),
        (["say", "widget/open", "--audience", "mother"], "mother"),
        (["say", "widget/open", "--set", "position"], "name=value"),
        (["content", "export", "--output", "/nowhere/at/all.html"], "can't be written"),
    ],
)
def test_a_mistake_on_the_command_line_is_said_without_a_traceback(arguments: list[str], named: str) -> None:
    result = run(app, arguments)
    assert result.exit_code != 0
    assert named in " ".join(result.stderr.replace("│", " ").split())
    assert "Traceback" not in result.stderr


def test_the_export_holds_every_text_with_its_sources_and_review(tmp_path: Path) -> None:
    file = tmp_path / "library.html"
    assert run(app, ["content", "export", "--output", str(file)]).exit_code == 0
    document = file.read_text(encoding="utf-8")
    voice = Voice.load()
    library = voice.library
    for block in library:
        assert block.id in document
        for channel in block.channels:
            for audience in (None, *AUDIENCES):
                said = voice.text(block, channel=channel, audience=audience, values=block.values)
                assert str(escape(said)) in document
    for source in library.sources.values():
        if any(source.id in block.source for block in library):
            assert f"[{source.id}]" in document
    assert "not yet clinically reviewed" in document


def test_check_lists_one_problem_a_line_and_fails(tmp_path: Path) -> None:
    (tmp_path / "tea.yml").write_text("topic: tea\nblocks: []\ncolour: red\n", encoding="utf-8")
    result = run(app, ["content", "check", "--folder", str(tmp_path)])
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "tea.yml: the file: unknown colour; known are blocks, defaults, interface, topic"
    ]
