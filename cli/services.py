"""`gateside services check`: whether every number can be dialled, was looked at lately, and nobody is sent away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import phonenumbers
import typer
from dateutil.relativedelta import relativedelta

from reference.clock import clock_from_environment, today_in_scotland
from reference.drop_ins import DropInDataError, DropIns
from reference.places import Places
from reference.services import NEEDS, Service, ServiceDataError, ServiceDirectory

RECHECK_EVERY = relativedelta(months=3)
# Short codes that no numbering plan lists as subscriber numbers.
SHORT_NUMBERS = frozenset({"999", "112", "101", "111", "116123", "08001111"})
_WEB = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/\S*)?")
_EMAIL = re.compile(r"[^@\s]+@[a-z0-9-]+(\.[a-z0-9-]+)+")

services = typer.Typer(help="The service directory and the drop-in calendar.", no_args_is_help=True)


@dataclass(frozen=True)
class Finding:
    """Something to mend in the directory."""

    about: str
    problem: str

    def __str__(self) -> str:
        return f"{self.about}: {self.problem}"


def register(app: typer.Typer) -> None:
    """Add `gateside services …`."""
    app.add_typer(services, name="services")


@services.callback()
def family() -> None:
    """The service directory and the drop-in calendar."""


@services.command("check")
def check(
    folder: Annotated[
        Path | None, typer.Option(help="Another folder of the shape of data/services.", exists=True, file_okay=False)
    ] = None,
) -> None:
    """Look for numbers that can't be dialled, entries not looked at for three months, and dead ends. Exit 1 if any."""
    try:
        directory = ServiceDirectory.load(folder)
        if folder is None:
            DropIns.load()
    except (ServiceDataError, DropInDataError) as error:
        typer.echo(str(error))
        raise typer.Exit(1) from error
    findings = list(find_problems(directory, Places.load(), today_in_scotland(clock_from_environment())))
    for finding in findings:
        typer.echo(str(finding))
    if findings:
        typer.echo(f"{len(findings)} to mend.", err=True)
        raise typer.Exit(1)
    unsure = sum(not service.verified for service in directory)
    typer.echo(f"{len(directory)} services, nothing to mend; {unsure} of them were read on an old page only.", err=True)


def find_problems(directory: ServiceDirectory, places: Places, today: date) -> Iterator[Finding]:
    """Everything to mend in this directory on this day, service by service, then by area."""
    for service in directory:
        yield from (Finding(service.id, problem) for problem in _problems_of(service, places, today))
    for area in places:
        for need in NEEDS:
            if not any(_can_be_reached(service) for service in directory.search(need, area.name)):
                yield Finding(area.name, f"nothing to offer for {need}")


def _problems_of(service: Service, places: Places, today: date) -> Iterator[str]:
    if service.checked > today:
        yield f"checked on {service.checked}, which is still to come"
    elif service.checked + RECHECK_EVERY < today:
        yield f"last looked at on {service.checked}, more than three months ago"
    for number in (service.phone, service.text):
        if number is not None and not _can_be_dialled(number):
            yield f"{number} is not a number that can be dialled"
    if service.web is not None and not _WEB.fullmatch(service.web):
        yield f"{service.web} is not written as a site is (example.org)"
    if service.email is not None and not _EMAIL.fullmatch(service.email):
        yield f"{service.email} is not an e-mail address"
    if not _can_be_reached(service):
        yield "says no way to reach it: give a phone, text, web, email or how"
    known = {area.name for area in places}
    for name in service.area:
        if service.is_local and name not in known:
            yield f"'{name}' is not a council area"


def _can_be_dialled(number: str) -> bool:
    digits = number.replace(" ", "")
    if digits in SHORT_NUMBERS:
        return True
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, "GB"))
    except phonenumbers.NumberParseException:
        return False


def _can_be_reached(service: Service) -> bool:
    return any((service.phone, service.text, service.web, service.email, service.how, service.where))
