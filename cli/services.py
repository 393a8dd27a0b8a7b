"""`gateside services check`: whether every number can be dialled, was looked at lately, and nobody is sent away."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
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
from reference.services import COUNTRIES, DROP_INS_FILE, NEEDS, Service, ServiceDataError, ServiceDirectory

RECHECK_EVERY = relativedelta(months=3)
CALENDAR_MUST_REACH = relativedelta(weeks=4)
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
    today = today_in_scotland(clock_from_environment())
    places = Places.load()
    try:
        directory = ServiceDirectory.load(folder)
        drop_ins = _drop_ins(folder, directory)
    except (ServiceDataError, DropInDataError) as error:
        typer.echo(str(error))
        raise typer.Exit(1) from error
    findings = [*find_problems(directory, places, today), *find_calendar_problems(drop_ins, today)]
    for finding in findings:
        typer.echo(str(finding))
    if findings:
        typer.echo(f"{len(findings)} to mend.", err=True)
        raise typer.Exit(1)
    typer.echo(_all_well(directory, drop_ins), err=True)


def find_problems(directory: ServiceDirectory, places: Places, today: date) -> Iterator[Finding]:
    """Everything to mend in this directory on this day: service by service, numbers written twice, dead ends."""
    for service in directory:
        yield from (Finding(service.id, problem) for problem in _problems_of(service, places, today))
    yield from _written_twice(directory)
    yield from _dead_ends(directory, places)


def find_calendar_problems(drop_ins: DropIns, today: date) -> Iterator[Finding]:
    """Drop-ins that are over, or soon will be with no date after that."""
    for drop_in in drop_ins:
        if drop_in.times is None:
            continue
        following = drop_in.times.first_day_from(today)
        if following is None:
            yield Finding(drop_in.id, "has no date left; write new ones, or take it out")
        elif drop_in.times.first_day_from(today + CALENDAR_MUST_REACH) is None:
            yield Finding(drop_in.id, f"has no date after the next four weeks (next on {following}); ask for new ones")


def _drop_ins(folder: Path | None, directory: ServiceDirectory) -> DropIns:
    if folder is None:
        return DropIns.load()
    file = folder / DROP_INS_FILE
    return DropIns.load(file, directory=directory) if file.exists() else DropIns((), directory)


def _problems_of(service: Service, places: Places, today: date) -> Iterator[str]:
    if service.checked > today:
        yield f"checked on {service.checked}, which is still to come; write the day it was really looked at"
    elif service.checked + RECHECK_EVERY < today:
        yield (
            f"last looked at on {service.checked}, more than three months ago; ring or open its page, then write the"
            " new day under 'checked'"
        )
    for number in (service.phone, service.text):
        if number is not None and not _can_be_dialled(number):
            yield f"{number} is not a number that can be dialled; look it up again"
    if service.web is not None and not _WEB.fullmatch(service.web):
        yield f"{service.web} is not written as a site is (example.org)"
    if service.email is not None and not _EMAIL.fullmatch(service.email):
        yield f"{service.email} is not an e-mail address"
    if not _can_be_reached(service):
        yield "says no way to reach it: give a phone, text, web, email, how or where"
    if not service.source.address.startswith("https://"):
        yield f"its source '{service.source.address}' is not the address of a page (https://…)"
    known = {area.name for area in places} | set(COUNTRIES)
    for name in service.area:
        if name not in known:
            yield f"'{name}' is not a council area"
    if service.open_to_neighbours and not service.is_local:
        yield "is open to neighbours, and already serves a whole country; take 'open_to_neighbours' out"


def _written_twice(directory: ServiceDirectory) -> Iterator[Finding]:
    """A number under two names: when one of them is changed, the other stays wrong."""
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for service in directory:
        if service.phone is not None and not service.shares_contact:
            owners[re.sub(r"\D", "", service.phone)].append(service.id)
    # The same short number is answered by different services in different countries.
    for digits, ids in owners.items():
        if len(ids) > 1 and digits not in SHORT_NUMBERS:
            yield Finding(ids[-1], f"has the number of {ids[0]} written out; write 'contact_of: {ids[0]}' instead")


def _dead_ends(directory: ServiceDirectory, places: Places) -> Iterator[Finding]:
    missing: defaultdict[str, list[str]] = defaultdict(list)
    for need in NEEDS:
        for area in places:
            if not any(_can_be_reached(service) for service in directory.search(need, area.name)):
                missing[need].append(area.name)
    for need, areas in missing.items():
        where = "any council area" if len(areas) == len(places) else ", ".join(areas)
        yield Finding(need, f"nothing to offer in {where}; find a service, or one that serves all of Scotland")


def _all_well(directory: ServiceDirectory, drop_ins: DropIns) -> str:
    unsure = sum(not service.verified for service in directory)
    undated = sum(drop_in.times is None for drop_in in drop_ins)
    unrung = [need for need in NEEDS if not any(service.phone for service in directory.search(need))]
    parts = [
        f"{len(directory)} services, nothing to mend; {unsure} of them were read on an old page only.",
        f"{_count(drop_ins)} drop-ins, {undated} of them with no dates known.",
    ]
    if unrung:
        parts.append(f"There is no number to ring for: {', '.join(unrung)}.")
    return "\n".join(parts)


def _count(items: Iterable[object]) -> int:
    return sum(1 for _ in items)


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
