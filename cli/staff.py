"""`gateside staff`: accounts for the people who work here. Nothing here ever asks for a password."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.database.engine import Database
from api.database.migrate import migrate
from api.problems import Problem
from api.settings import read_settings
from api.staff import repository, second_step, service
from api.staff.models import Role
from reference.clock import clock_from_environment

Result = TypeVar("Result")
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
    invited = _do(lambda session: service.invite(session, clock, name=name, email=email, role=role, actor=_ACTOR))
    typer.echo(f"{invited.staff.name} can set a password here, once, within {service.INVITATION_DAYS} days:")
    typer.echo(_link(invited.token))


@commands.command()
def link(email: Email) -> None:
    """Print a new one-time link for somebody who lost theirs or forgot the password; it ends their sessions."""
    clock = clock_from_environment()
    invited = _do(lambda session: service.invite_again(session, clock, email=email, actor=_ACTOR))
    typer.echo(_link(invited.token))


@commands.command()
def token(email: Email) -> None:
    """Print a bearer token for a member of staff's scripts."""
    clock = clock_from_environment()
    typer.echo(_do(lambda session: service.issue_token(session, clock, email=email, actor=_ACTOR)))


@commands.command("forget-second-step")
def forget_second_step(email: Email) -> None:
    """For somebody who lost the phone and every recovery code: they set up another at the next sign-in."""
    clock = clock_from_environment()

    async def forget(session: AsyncSession) -> str:
        staff = await service.staff_of(session, email)
        await repository.end_sessions(session, staff_id=staff.id)
        await second_step.take_away(session, clock, staff.id, actor=_ACTOR)
        return staff.name

    typer.echo(f"{_do(forget)} signs in with the password, and sets up a second step where the role needs one.")


def _link(token: str) -> str:
    return f"{read_settings().base_url}/console/welcome/{token}"


def _do(work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    try:
        return asyncio.run(_in_database(work))
    except Problem as problem:
        typer.echo(problem.detail, err=True)
        raise typer.Exit(1) from None


async def _in_database(work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    database = Database(read_settings().database)
    try:
        await migrate(database)
        async with database.write() as session:
            return await work(session)
    finally:
        await database.close()
