"""`gateside understand`: what the assistant makes of messages, and where people have put it right."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from datetime import date, datetime
from typing import Annotated

import typer

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
    finished = subprocess.run(  # noqa: S603 - our own module; the messages go over its standard input
        [str(rasa_python()), "-W", "ignore", "-m", "bot.understand"],
        cwd=project_root(),
        stdin=sys.stdin,
        check=False,
    )
    raise typer.Exit(finished.returncode)


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
