"""The service directory: who can help, where, and on which number, each written once in `data/services`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from reference.elsewhere import country_named
from reference.paths import data_folder
from reference.places import Places, plain_name

NEEDS = (
    "family_support",
    "own_use",
    "recovery",
    "housing",
    "money",
    "mental_health",
    "physical_health",
    "employment",
    "legal_advocacy",
    "bereavement",
    "children",
    "naloxone",
    "release",
)

SCOTLAND = "scotland"
UK = "uk"
ENGLAND = "england"
WALES = "wales"
NORTHERN_IRELAND = "northern_ireland"
COUNTRIES = (SCOTLAND, UK, ENGLAND, WALES, NORTHERN_IRELAND)
_OTHER_COUNTRIES = (ENGLAND, WALES, NORTHERN_IRELAND)

DROP_INS_FILE = "drop_ins.yml"
HOLIDAYS_FILE = "holidays.yml"
_NO_SERVICES_IN = (DROP_INS_FILE, HOLIDAYS_FILE)


class ServiceDataError(ValueError):
    """A file of `data/services` says something that can't be read; names the file and the entry."""


class UnknownServiceError(KeyError):
    """No service carries this id."""


@dataclass(frozen=True)
class Source:
    """Where a fact was read."""

    title: str
    address: str


@dataclass(frozen=True)
class Service:
    """One service as it may be told to a person. A contact that nobody has read is absent, never guessed."""

    id: str
    name: str
    what: str
    who: str
    area: tuple[str, ...]
    """Council areas by official name, lower case; or some of COUNTRIES."""
    needs: tuple[str, ...]
    """What it helps with, most fitting first. Empty: said by name only, never found by a search."""
    source: Source
    checked: date
    """The day on which we last read the page (an archived copy at first, not a call to the service)."""
    verified: bool
    """False: the page was old, or did not show how to reach them."""
    phone: str | None = None
    text: str | None = None
    web: str | None = None
    email: str | None = None
    hours: str | None = None
    how: str | None = None
    """How to reach them where a number would not do ("Ask in the prison")."""
    where: str | None = None
    page_date: str | None = None
    """The date that the page itself showed."""
    open_to_neighbours: bool = False
    """Whether people from the areas around may come too."""
    shares_contact: bool = False
    """Whether phone, text, web and email are those of another service."""

    @property
    def is_local(self) -> bool:
        """Whether it serves some council areas only."""
        return self.area[0] not in COUNTRIES


class ServiceDirectory:
    """Every service, found by id or by what somebody needs and where they are."""

    def __init__(self, services: Iterable[Service], places: Places) -> None:
        """Keep `services` in the order given; `places` resolves what a search calls a place."""
        self._services = {service.id: service for service in services}
        self._places = places

    @classmethod
    def load(cls, folder: Path | None = None) -> ServiceDirectory:
        """Read `data/services`. Raises ServiceDataError naming the file and entry that can't be read."""
        if folder is None:
            return _standing_directory()
        return cls(_read_folder(folder), Places.load())

    def __iter__(self) -> Iterator[Service]:
        return iter(self._services.values())

    def __len__(self) -> int:
        return len(self._services)

    def __contains__(self, service_id: object) -> bool:
        return service_id in self._services

    def get(self, service_id: str) -> Service:
        """The service with this id. Raises UnknownServiceError."""
        try:
            return self._services[service_id]
        except KeyError:
            raise UnknownServiceError(f"no service '{service_id}' in data/services") from None

    def search(self, need: str | None = None, place: str | None = None) -> list[Service]:
        """Services for this need that serve this place, nearest first; national ones are always among them.

        `place` is a council area, a town or what people call either; one that nobody knows finds the national
        services, as no place does. After those of the area come those around it that take people from next door,
        then from elsewhere in the same health board. Raises ValueError for a need that is not one of NEEDS.
        """
        if need is not None and need not in NEEDS:
            raise ValueError(f"unknown need '{need}': one of {', '.join(NEEDS)}")
        reach = self._reach(place)
        found = [
            (nearest, service)
            for service in self._services.values()
            if service.needs
            and (need is None or need in service.needs)
            and (nearest := reach.nearest(service)) is not None
        ]
        found.sort(key=lambda ranked: (ranked[0], ranked[1].needs.index(need) if need else 0))
        return [service for _, service in found]

    def _reach(self, place: str | None) -> _Reach:
        name = (place or "").strip().lower()
        country = UK if name == UK else country_named(name)
        own = self._places.areas_for(name) if name else ()
        # What somebody wrote as a Scottish name means Scotland; a near miss of one ("yorkshire") does not.
        if country in _OTHER_COUNTRIES and plain_name(name) not in self._places.names():
            return _Reach((), (), (country, UK))
        if country == UK:
            return _Reach((), (), (UK,))
        return _Reach(own, self._places.around(name) if own else (), (SCOTLAND, UK))


@dataclass(frozen=True)
class _Reach:
    """Whose services serve a place: those of its own areas, of the rings around them, of its countries."""

    own: tuple[str, ...]
    rings: tuple[tuple[str, ...], ...]
    countries: tuple[str, ...]

    def nearest(self, service: Service) -> int | None:
        """How near the service is, 0 the nearest; None when it does not serve the place."""
        rings = self.rings if service.open_to_neighbours else tuple(() for _ in self.rings)
        steps = [*((area,) for area in self.own), *rings, *((country,) for country in self.countries)]
        return next((rank for rank, areas in enumerate(steps) if any(area in areas for area in service.area)), None)


@lru_cache(maxsize=1)
def _standing_directory() -> ServiceDirectory:
    return ServiceDirectory(_read_folder(data_folder() / "services"), Places.load())


def _read_folder(folder: Path) -> list[Service]:
    entries: dict[str, tuple[Path, dict[str, Any]]] = {}
    for file in sorted(folder.glob("*.yml")):
        if file.name in _NO_SERVICES_IN:
            continue
        try:
            document = yaml.safe_load(file.read_text(encoding="utf-8"))
            written = [{"checked": document["checked"], **entry} for entry in document["services"]]
        except (yaml.YAMLError, KeyError, TypeError) as error:
            raise ServiceDataError(f"{file.name} can't be read: {error}") from error
        for entry in written:
            if entry["id"] in entries:
                raise ServiceDataError(f"{file.name}: service '{entry['id']}' is written twice")
            entries[entry["id"]] = (file, entry)
    return [_service(file, entry, entries) for file, entry in entries.values()]


def _service(file: Path, entry: dict[str, Any], entries: dict[str, tuple[Path, dict[str, Any]]]) -> Service:
    fields = dict(entry)
    other = fields.pop("contact_of", None)
    if other is not None:
        if other not in entries:
            raise ServiceDataError(f"{file.name}: '{entry['id']}' takes its contact from unknown service '{other}'")
        fields = {key: entries[other][1].get(key) for key in ("phone", "text", "email", "web")} | fields
        fields["shares_contact"] = True
    area = fields.pop("area", None)
    needs = tuple(fields.pop("needs", ()))
    strange = [need for need in needs if need not in NEEDS]
    if strange:
        raise ServiceDataError(f"{file.name}: '{entry['id']}' names unknown needs: {', '.join(strange)}")
    try:
        return Service(
            area=(area,) if isinstance(area, str) else tuple(area),
            needs=needs,
            source=Source(**fields.pop("source")),
            checked=fields.pop("checked"),
            verified=fields.pop("verified", True),
            **fields,
        )
    except TypeError as error:
        raise ServiceDataError(f"{file.name}: '{entry['id']}': {error}") from error
