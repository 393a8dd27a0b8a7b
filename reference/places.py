"""Scotland's 32 council areas, their towns, and what people call them. Data: `data/places/areas.yml`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from reference.paths import data_folder

_WORD = re.compile(r"[^\W_]+(?:['’`&][^\W_]+)*")
_APOSTROPHES = str.maketrans("", "", "'’`")
# "from" and "to" are left out: "from Keith" is as often a man as a town.
_COMES_BEFORE_A_PLACE = frozenset(("in", "near", "nr", "around", "roon", "aroon", "outside", "ootside"))
_LONGEST_NAME = 5


@dataclass(frozen=True)
class Area:
    """A council area."""

    name: str
    """The official name, lower case."""
    health_board: str
    partnership: str
    """Its Alcohol and Drug Partnership; two of the 30 cover two areas each."""
    towns: tuple[str, ...]
    neighbours: tuple[str, ...] = ()
    """The areas that it shares a border or a road bridge with, by official name."""

    @property
    def title(self) -> str:
        """The name as it is written in a sentence."""
        return _title(self.name)


@dataclass(frozen=True)
class Found:
    """A place name in a text: what it means, and where it stands."""

    name: str
    """The council area, or the wider name that was said when it could be several ("ayrshire")."""
    areas: tuple[str, ...]
    said: str
    start: int
    end: int


class Places:
    """Every name for every area; asked for areas by name, and for the names in a text."""

    def __init__(
        self, areas: dict[str, Area], names: dict[str, str], wider: dict[str, tuple[str, ...]], only_after: set[str]
    ) -> None:
        """`names`: what is said -> area or wider name. `only_after`: names that are ordinary words too."""
        self._areas = areas
        self._names = names
        self._wider = wider
        self._only_after = only_after

    @classmethod
    def load(cls, file: Path | None = None) -> Places:
        """Read `data/places/areas.yml`. Raises ValueError when a name is given to two areas."""
        return _standing_places() if file is None else _read(file)

    def __iter__(self) -> Iterator[Area]:
        return iter(self._areas.values())

    def __len__(self) -> int:
        return len(self._areas)

    def area(self, name: str) -> Area | None:
        """The one council area that `name` (official, a town, or what people say) stands for; None if it is not one."""
        meant = self._names.get(plain_name(name))
        return self._areas.get(meant) if meant else None

    def areas_for(self, name: str) -> tuple[str, ...]:
        """The council areas that `name` may stand for, a near misspelling included; empty when nobody knows it."""
        key = plain_name(name)
        meant = self._names.get(key)
        if meant is None and len(key) >= 5:
            near = difflib.get_close_matches(key, self._names, n=1, cutoff=0.85)
            meant = self._names[near[0]] if near else None
        if meant is None:
            return ()
        return self._wider.get(meant, (meant,))

    def around(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The areas next to those that `name` may stand for, and the others of their health boards, by name."""
        own = self.areas_for(name)
        beside = {neighbour for area in own for neighbour in self._areas[area].neighbours} - set(own)
        boards = {self._areas[area].health_board for area in own}
        of_boards = {area.name for area in self if area.health_board in boards} - set(own) - beside
        return tuple(sorted(beside)), tuple(sorted(of_boards))

    def names(self) -> dict[str, str]:
        """Every name, as `plain_name` writes it, and the area (or wider name) that it stands for."""
        return dict(self._names)

    def needs_a_word_before(self, name: str) -> bool:
        """Whether `name` is an ordinary word too ("dollar"), a place only after a word such as "in"."""
        return plain_name(name) in self._only_after

    def title(self, name: str) -> str:
        """An area's or wider name as it is written in a sentence."""
        return _title(name)

    def find(self, text: str) -> list[Found]:
        """The place names in `text`, in order, the longest where names overlap. Exact spellings only."""
        words = list(_WORD.finditer(text))
        keys = [word.group().lower().translate(_APOSTROPHES) for word in words]
        found: list[Found] = []
        at = 0
        while at < len(words):
            for length in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
                key = " ".join(keys[at : at + length])
                meant = self._names.get(key)
                if meant is None or (key in self._only_after and not (at and keys[at - 1] in _COMES_BEFORE_A_PLACE)):
                    continue
                start, end = words[at].start(), words[at + length - 1].end()
                found.append(Found(meant, self._wider.get(meant, (meant,)), text[start:end], start, end))
                at += length - 1
                break
            at += 1
        return found


def plain_name(name: str) -> str:
    """A name as names are compared: lower case, no apostrophes, one space between words."""
    return " ".join(word.lower().translate(_APOSTROPHES) for word in _WORD.findall(name))


def comes_before_a_place(word: str) -> bool:
    """Whether this word may stand before a place ("in", "fae", "stays")."""
    return word.lower() in _COMES_BEFORE_A_PLACE


def _title(name: str) -> str:
    if name == "na h-eileanan siar":
        return "Na h-Eileanan Siar"
    return " ".join(word if word in ("and", "of") else word.capitalize() for word in name.split())


@lru_cache(maxsize=1)
def _standing_places() -> Places:
    return _read(data_folder() / "places" / "areas.yml")


def _read(file: Path) -> Places:
    document: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    areas: dict[str, Area] = {}
    names: dict[str, str] = {}
    only_after: set[str] = set()

    def call(name: str, meant: str) -> str:
        key = plain_name(name)
        if names.setdefault(key, meant) != meant:
            raise ValueError(f"{file.name}: '{name}' stands for both '{names[key]}' and '{meant}'")
        return key

    for entry in document["areas"]:
        area = Area(
            name=entry["name"],
            health_board=entry["health_board"],
            partnership=entry["partnership"],
            towns=tuple(entry["towns"]),
            neighbours=tuple(entry.get("neighbours", ())),
        )
        areas[area.name] = area
        for name in (area.name, *entry["also"], *entry["towns"]):
            call(name, area.name)
        only_after.update(call(name, area.name) for name in entry.get("said_after_in", ()))
    for area in areas.values():
        for neighbour in area.neighbours:
            if neighbour not in areas:
                raise ValueError(f"{file.name}: '{area.name}' has a neighbour '{neighbour}' that is no council area")
    wider: dict[str, tuple[str, ...]] = {}
    for entry in document["wider"]:
        wider[entry["name"]] = tuple(entry["areas"])
        for name in (entry["name"], *entry["also"]):
            call(name, entry["name"])
    return Places(areas, names, wider, only_after)
