"""`gateside understand`: what the assistant makes of messages, and where people have put it right."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import subprocess
import sys
from datetime import date, datetime
from typing import IO, Annotated

import typer
from rich.console import Console
from rich.progress import track

from cli.train import rasa_python
from reference.paths import project_root

commands = typer.Typer(invoke_without_command=True)


def register(app: typer.Typer) -> None:
    """Add `gateside understand` and `gateside understand corrections`."""
    app.add_typer(commands, name="understand")


@commands.callback()
def understand(context: typer.Context) -> None:
    """Read one message a line; write intent, ranking, entities and safety as one JSON object a line, in order."""
    if context.invoked_subcommand is not None:
        return
    with subprocess.Popen(  # noqa: S603 - our own module; the messages go over its standard input
        [str(rasa_python()), "-W", "ignore", "-m", "bot.understand"],
        cwd=project_root(),
        stdin=sys.stdin,
        stdout=subprocess.PIPE if _is_watched() else None,
    ) as reader:
        if reader.stdout is not None:
            _pass_on(reader.stdout, _lines_of(sys.stdin.fileno()))
    raise typer.Exit(reader.returncode)


def _is_watched() -> bool:
    """Whether somebody waits at a terminal while a file goes into a file."""
    return sys.stderr.isatty() and not sys.stdout.isatty() and not sys.stdin.isatty()


def _lines_of(descriptor: int) -> int | None:
    """How many lines a file has, read without moving on in it; None for a pipe, whose end nobody knows."""
    size = os.fstat(descriptor).st_size
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        return None
    lines = at = 0
    last = b"\n"
    while at < size and (block := os.pread(descriptor, 1 << 20, at)):
        lines, at, last = lines + block.count(b"\n"), at + len(block), block[-1:]
    return lines + (last != b"\n")


def _pass_on(answers: IO[bytes], total: int | None) -> None:
    """Write the answers on, one by one, with a progress bar on the error stream."""
    for line in track(answers, "Understanding", total=total, console=Console(stderr=True)):
        sys.stdout.buffer.write(line)


@commands.command()
def corrections(
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="only from this day on")] = None,
) -> None:
    """Write what people chose where the assistant was not sure: one JSON object a line, to be reviewed by a person.

    The words are people's own. They are gone from here as soon as they are wiped. That they were read is audited.
    """
    for line in asyncio.run(_corrections(None if since is None else since.date())):
        typer.echo(line)


async def _corrections(since: date | None) -> list[str]:
    from api.audit.service import record
    from api.corrections.service import chosen_since
    from api.database.engine import Database
    from api.database.migrate import migrate
    from api.settings import read_settings
    from reference.clock import clock_from_environment

    database = Database(read_settings().database)
    try:
        await migrate(database)
        async with database.write() as session:
            found = await chosen_since(session, since)
            await record(
                session,
                clock_from_environment(),
                actor="cli",
                action="corrections_read",
                detail={"messages": len(found)},
            )
    finally:
        await database.close()
    return [
        json.dumps(
            {
                "text": one.text,
                "intent": one.chosen,
                "offered": one.offered,
                "guessed": one.guessed,
                "model": one.model,
                "on": one.offered_on.isoformat(),
            },
            ensure_ascii=False,
        )
        for one in found
    ]
