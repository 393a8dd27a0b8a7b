"""Scotland's prisons, and what people call them. Data: `data/places/prisons.yml`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from reference.paths import data_folder
from reference.places import Places, plain_name

_TITLES = ("hmp and yoi ", "hmp yoi ", "hmp ", "hmyoi ", "yoi ", "hm prison ", "the ")
_ENDINGS = (" prison", " jail", " jile", " nick", " yoi", " ccu")


@dataclass(frozen=True)
class Prison:
    """A prison in Scotland."""

    name: str
    """The bare name, lower case: `kilmarnock`."""
    title: str
    """As it is written in a sentence: `HMP Kilmarnock`."""
    area: str
    """The council area it stands in."""
    health_board: str
    """The NHS board that runs its health care."""
    run_by: str


class Prisons:
    """The prisons by name, nickname, old name, or the town that gave the name."""

    def __init__(self, prisons: dict[str, Prison], own_names: dict[str, str], town_names: dict[str, str]) -> None:
        """`own_names` mean the prison anywhere; `town_names` only where the words around say so."""
        self._prisons = prisons
        self._own_names = own_names
        self._town_names = town_names

    @classmethod
    def load(cls, file: Path | None = None) -> Prisons:
        """Read `data/places/prisons.yml`. Raises ValueError when a name is given to two prisons."""
        return _standing_prisons() if file is None else _read(file)

    def __iter__(self) -> Iterator[Prison]:
        return iter(self._prisons.values())

    def __len__(self) -> int:
        return len(self._prisons)

    def get(self, name: str) -> Prison:
        """The prison with this bare name. Raises KeyError."""
        return self._prisons[name]

    def named(self, said: str) -> Prison | None:
        """The prison that somebody means who was asked for a prison and says `said`; None when nobody knows it."""
        for key in _ways_to_write(plain_name(said)):
            name = self._own_names.get(key) or self._town_names.get(key)
            if name:
                return self._prisons[name]
        return None

    def own_names(self) -> dict[str, str]:
        """Names (as `plain_name` writes them) that mean a prison wherever they stand -> its bare name."""
        return dict(self._own_names)

    def town_names(self) -> dict[str, str]:
        """Names of towns and ordinary words that mean a prison where the words around say so -> its bare name."""
        return dict(self._town_names)


def _ways_to_write(key: str) -> Iterator[str]:
    """`key` as said, then without a title in front and a kind of building behind."""
    yield key
    bare = key
    for title in _TITLES:
        if bare.startswith(title):
            bare = bare[len(title) :]
            break
    yield bare
    for ending in _ENDINGS:
        if bare.endswith(ending):
            yield bare[: -len(ending)]
            return


@lru_cache(maxsize=1)
def _standing_prisons() -> Prisons:
    return _read(data_folder() / "places" / "prisons.yml")


def _read(file: Path) -> Prisons:
    places = Places.load()
    prisons: dict[str, Prison] = {}
    own_names: dict[str, str] = {}
    town_names: dict[str, str] = {}
    for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["prisons"]:
        area = places.area(entry["area"])
        if area is None or area.name != entry["area"]:
            raise ValueError(f"{file.name}: prison '{entry['name']}' stands in unknown council area '{entry['area']}'")
        prison = Prison(entry["name"], entry["title"], area.name, area.health_board, entry["run_by"])
        prisons[prison.name] = prison
        for names, said in ((own_names, entry["also"]), (town_names, entry["town_names"])):
            for name in said:
                key = plain_name(name)
                if names.setdefault(key, prison.name) != prison.name:
                    raise ValueError(f"{file.name}: '{name}' is given to both '{names[key]}' and '{prison.name}'")
    return Prisons(prisons, own_names, town_names)
