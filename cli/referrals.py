"""`gateside referrals`: keys with which a service's own system refers families."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from api.referrals import keys, repository
from api.referrals.signposting import SignpostingServices
from cli.database_work import do
from reference.clock import clock_from_environment

commands = typer.Typer(no_args_is_help=True, help="Keys for police, ambulance, fire and prison systems.")


def register(app: typer.Typer) -> None:
    """Add `referrals` to the `gateside` command."""
    app.add_typer(commands, name="referrals")


@commands.command()
def services() -> None:
    """Print every service with the code of its link."""
    for service in SignpostingServices.load():
        typer.echo(f"{service.code:24}{service.title}")


@commands.command()
def key(code: Annotated[str, typer.Argument(help="code of the service, for example police-d")]) -> None:
    """Print a new key for a service's system. It is shown once; only its hash is kept."""
    typer.echo(do(lambda session: keys.issue(session, clock_from_environment(), service_code=code)))


@commands.command("keys")
def list_keys() -> None:
    """Print the keys that were given out: id, service, since when, and whether it was taken back."""
    for kept in do(repository.keys):
        ended = f"taken back {kept.revoked_at:%Y-%m-%d}" if kept.revoked_at else "in use"
        typer.echo(f"{kept.id}  {kept.service_code:24}{kept.created_at:%Y-%m-%d}  {ended}")


@commands.command()
def revoke(key_id: Annotated[UUID, typer.Argument(help="id of the key, as `keys` prints it")]) -> None:
    """Take a key back: from now on it opens nothing."""
    do(lambda session: keys.revoke(session, clock_from_environment(), key_id))
    typer.echo("The key opens nothing any more.")
