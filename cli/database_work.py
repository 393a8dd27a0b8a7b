"""One unit of work in this installation's database, for a command; a refusal is told in words and ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.database.engine import Database
from api.database.migrate import migrate
from api.problems import Problem
from api.settings import read_settings

Result = TypeVar("Result")


def do(work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    """Run it in a transaction. A Problem is printed, and the command ends with status 1."""
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
