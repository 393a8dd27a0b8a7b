"""The services whose staff signpost, by the code of their link. Data: `data/operations/signposting_services.yml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml

from reference.paths import data_folder
from reference.prisons import Prisons

KINDS: Final = ("police", "ambulance", "fire", "prison", "other")
CARD: Final = "signposted_by"
"""The fact that a chat was begun from a service's card: the service's code."""

_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_CODE = 40


@dataclass(frozen=True)
class SignpostingService:
    """A service with a link of its own. `prison` is the bare name of one (data/places/prisons.yml)."""

    code: str
    kind: str
    title: str
    prison: str | None = None


class SignpostingServices:
    """The services by code."""

    def __init__(self, services: Mapping[str, SignpostingService]) -> None:
        self._services = services

    @classmethod
    def load(cls, file: Path | None = None) -> SignpostingServices:
        """Read the file, and give every prison a code. Raises ValueError naming an entry that can't be right."""
        return _standing() if file is None else _read(file)

    def __iter__(self) -> Iterator[SignpostingService]:
        return iter(self._services.values())

    def named(self, code: str | None) -> SignpostingService | None:
        """The service with this code, however it is capitalised; None for a code that nobody has."""
        return self._services.get(code.strip().lower()) if code else None


def named_on_a_card(said: object) -> SignpostingService | None:
    """The service of a code that came with a chat, from wherever; None for whatever is no service's code."""
    return SignpostingServices.load().named(said) if isinstance(said, str) else None


@lru_cache(maxsize=1)
def _standing() -> SignpostingServices:
    return _read(data_folder() / "operations" / "signposting_services.yml")


def _read(file: Path) -> SignpostingServices:
    services = {
        code: SignpostingService(code, "prison", prison.title, prison.name)
        for prison in Prisons.load()
        for code in (f"hmp-{prison.name.replace(' ', '-')}",)
    }
    for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["services"]:
        service = SignpostingService(entry["code"], entry["kind"], entry["title"])
        if not _CODE.fullmatch(service.code) or len(service.code) > _LONGEST_CODE:
            raise ValueError(f"{file.name}: {service.code!r}: a code is small letters, figures and hyphens")
        if service.code in services:
            raise ValueError(f"{file.name}: {service.code}: stands there twice, or is a prison's own code")
        if service.kind not in KINDS:
            raise ValueError(f"{file.name}: {service.code}: its kind is one of {', '.join(KINDS)}")
        services[service.code] = service
    return SignpostingServices(services)
