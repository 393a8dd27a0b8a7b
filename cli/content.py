"""`gateside content check`, `gateside content export` and `gateside say`: the content library at its authors' hands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
import yaml

from cli.content_checks import check as find_problems
from cli.content_export import printable
from reference.clock import clock_from_environment
from voice import AUDIENCES, CHANNELS, CannotSayError, LibraryError, UnknownContentError, Voice
from voice.segments import measure

content = typer.Typer(help="The content library: every sentence the service says.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add `gateside content …` and `gateside say`."""
    app.add_typer(content, name="content")
    app.command("say")(say)


Folder = Annotated[
    Path | None, typer.Option(help="Another folder of the shape of data/content.", exists=True, file_okay=False)
]


@content.command("check")
def check(folder: Folder = None) -> None:
    """Look for everything that must be mended before the service may say it. Exit 1 if there is anything."""
    problems = find_problems(clock_from_environment(), content=folder)
    for problem in problems:
        typer.echo(str(problem))
    if problems:
        typer.echo(f"{len(problems)} to mend.", err=True)
        raise typer.Exit(1)
    typer.echo(f"{len(_voice(folder).library)} texts, nothing to mend.", err=True)


@content.command("export")
def export(
    output: Annotated[Path | None, typer.Option(help="The file to write; standard output if none.")] = None,
    folder: Folder = None,
) -> None:
    """Write the whole library as one printable document, by topic, for a clinical lead to read and sign."""
    document = printable(_voice(folder), clock_from_environment())
    if output is None:
        sys.stdout.write(document)
        return
    try:
        output.write_text(document, encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"{output} can't be written: {error.strerror}", param_hint="--output") from error
    typer.echo(f"Written to {output}.", err=True)


def say(
    content_id: Annotated[str, typer.Argument(help="topic/name, for example handoff/waiting_position")],
    channel: Annotated[str, typer.Option(help=" or ".join(CHANNELS))] = "web",
    audience: Annotated[str | None, typer.Option(help=", ".join(AUDIENCES))] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", help="name=value; may be repeated")] = None,
) -> None:
    """Print what the person would get; a value that is not set takes its author's example."""
    chosen = dict(_setting(pair) for pair in settings or ())
    voice = _voice()
    try:
        block = voice.library.blocks.get(content_id)
        examples = dict(block.values) if block else {}
        said = voice.say(content_id, channel=channel, audience=audience, values={**examples, **chosen})
    except CannotSayError as error:
        _give_up(str(error))
    except UnknownContentError:
        _give_up(f"There is no text '{content_id}'. 'gateside content export' lists them all.")
    typer.echo(said.text)
    for reply in said.quick_replies:
        typer.echo(f"[{reply}]")
    if channel == "sms":
        length = measure(said.text)
        plural = "" if length.segments == 1 else "s"
        typer.echo(f"{length.segments} segment{plural}, {length.units} of {length.encoding}", err=True)


def _setting(pair: str) -> tuple[str, Any]:
    name, equals, value = pair.partition("=")
    if not equals or not name:
        raise typer.BadParameter(f"'{pair}' is not name=value", param_hint="--set")
    if value[:1] not in ("[", "{") and not value.lstrip("-").isdigit():
        return name, value
    try:
        return name, yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise typer.BadParameter(f"'{pair}' holds a list that can't be read", param_hint="--set") from error


def _voice(folder: Path | None = None) -> Voice:
    try:
        return Voice.load(folder)
    except LibraryError as error:
        _give_up(str(error))


def _give_up(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)
