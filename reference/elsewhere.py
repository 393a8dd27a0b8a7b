"""Countries that are not Scotland, and the towns that people name instead. Data: `data/language/elsewhere.yml`."""

from __future__ import annotations

from functools import lru_cache

import yaml

from reference.paths import data_folder
from reference.places import plain_name


def country_named(said: str) -> str | None:
    """`england`, `wales`, `northern_ireland` or `abroad` where `said` is such a country or a town in it; else None."""
    return _countries_by_name().get(plain_name(said))


@lru_cache(maxsize=1)
def _countries_by_name() -> dict[str, str]:
    written = yaml.safe_load((data_folder() / "language" / "elsewhere.yml").read_text(encoding="utf-8"))["elsewhere"]
    return {plain_name(name): str(country) for country, names in written.items() for name in names}
