"""`gateside staff`: accounts for the people who work here. Nothing here ever asks for a password."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.settings import read_settings
from api.staff import repository, second_step, service
from api.staff.models import Role
from cli.database_work import do
from reference.clock import clock_from_environment

_ACTOR = "cli"

commands = typer.Typer(no_args_is_help=True, help="Accounts for the people who answer.")
Email = Annotated[str, typer.Argument(help="the address they sign in with")]


def register(app: typer.Typer) -> None:
    """Add `staff` to the `gateside` command."""
    app.add_typer(commands, name="staff")


@commands.command()
def add(
    name: Annotated[str, typer.Argument(help='full name; people are told the first one, for example "Karen Muir"')],
    email: Email,
    role: Annotated[Role, typer.Option(help="officer: takes people; lead: also accounts; admin: accounts only")],
) -> None:
    """Open an account and print the one-time link with which its owner sets the password."""
    clock = clock_from_environment()
    invited = do(lambda session: service.invite(session, clock, name=name, email=email, role=role, actor=_ACTOR))
    typer.echo(f"{invited.staff.name} can set a password here, once, within {service.INVITATION_DAYS} days:")
    typer.echo(_link(invited.token))


@commands.command()
def link(email: Email) -> None:
    """Print a new one-time link for somebody who lost theirs or forgot the password; it ends their sessions."""
    clock = clock_from_environment()
    invited = do(lambda session: service.invite_again(session, clock, email=email, actor=_ACTOR))
    typer.echo(_link(invited.token))


@commands.command()
def token(email: Email) -> None:
    """Print a bearer token for a member of staff's scripts."""
    clock = clock_from_environment()
    typer.echo(do(lambda session: service.issue_token(session, clock, email=email, actor=_ACTOR)))


@commands.command("forget-second-step")
def forget_second_step(email: Email) -> None:
    """For somebody who lost the phone and every recovery code: they set up another at the next sign-in."""
    clock = clock_from_environment()

    async def forget(session: AsyncSession) -> str:
        staff = await service.staff_of(session, email)
        await repository.end_sessions(session, staff_id=staff.id)
        await second_step.take_away(session, clock, staff.id, actor=_ACTOR)
        return staff.name

    typer.echo(f"{do(forget)} signs in with the password, and sets up a second step where the role needs one.")


def _link(token: str) -> str:
    return f"{read_settings().base_url}/console/welcome/{token}"
