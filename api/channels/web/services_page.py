"""The directory as a page that works as a plain form: a need, a place, and what there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from reference.clock import SCOTLAND, Clock
from reference.drop_ins import DropIn, DropIns, Opening
from reference.elsewhere import country_named
from reference.places import Places, plain_name
from reference.services import NEEDS, Service, ServiceDirectory

LONGEST_PLACE = 80
_LOOK_AHEAD = timedelta(weeks=8)


@dataclass(frozen=True)
class Found:
    """What was asked for, and what there is."""

    need: str
    """A need code, or empty for anything."""
    place: str
    """As it was written."""
    areas: str
    """The council areas that it was read as, as they are written in a sentence; empty when it was not."""
    country: str | None
    """`england`, `wales`, `northern_ireland` or `abroad` where it is one of them."""
    services: list[Service]
    groups: list[tuple[str, list[Service]]]
    """Where no need was chosen: those for the whole country, by need, to open one by one. Empty otherwise."""
    drop_ins: list[tuple[DropIn, Opening | None]]
    """Each with its next opening, where its dates are known."""
    titles: Callable[[Iterable[str]], str]
    """Council areas as they are written in a sentence."""
    kinds: Callable[[Iterable[str]], str]
    """Need codes as they are said."""
    needs: tuple[str, ...] = NEEDS

    @property
    def near(self) -> list[Service]:
        """Those that serve some areas only."""
        return [service for service in self.services if service.is_local]

    @property
    def unknown_place(self) -> bool:
        """Whether somebody named a place that nobody knows."""
        return bool(self.place) and not self.areas and self.country is None

    @property
    def query(self) -> str:
        """The place as a query of the calendar."""
        return f"?{urlencode({'place': self.place})}" if self.areas else ""


def look_up(need: str, place: str, *, clock: Clock, say: Callable[[str], str]) -> Found:
    """What there is for this need in this place. A need that is none is taken for anything: a page never says no.

    `say` gives the words of a content id.
    """
    places = Places.load()
    place = " ".join(place.split())[:LONGEST_PLACE]
    need = need if need in NEEDS else ""
    country = country_named(place) if plain_name(place) not in places.names() else None
    areas = places.areas_for(place) if place and country is None else ()

    found = ServiceDirectory.load().search(need or None, place or None)

    def titles(names: Iterable[str]) -> str:
        return ", ".join(places.title(name) for name in names)

    return Found(
        need=need,
        place=place,
        areas=titles(areas),
        country=country,
        services=found,
        groups=[] if need or country else _by_need(found),
        drop_ins=[] if country else _next_openings(DropIns.load(), place if areas else None, clock),
        titles=titles,
        kinds=lambda codes: ", ".join(say(f"pages_services/need_{code}") for code in codes),
    )


def _by_need(found: Iterable[Service]) -> list[tuple[str, list[Service]]]:
    """Everybody who serves the whole country, under each need that they help with."""
    national = [service for service in found if not service.is_local]
    groups = [(need, [service for service in national if need in service.needs]) for need in NEEDS]
    return [(need, services) for need, services in groups if services]


def _next_openings(drop_ins: DropIns, place: str | None, clock: Clock) -> list[tuple[DropIn, Opening | None]]:
    now: datetime = clock.now()
    today = now.astimezone(SCOTLAND).date()
    ahead = drop_ins.between(today, today + _LOOK_AHEAD, place)
    following: dict[str, Opening] = {}
    for opening in ahead:
        if opening.closes is not None and opening.closes > now:
            following.setdefault(opening.drop_in.id, opening)
    listed = [(drop_in, following.get(drop_in.id)) for drop_in in drop_ins.serving(place)]
    return [(drop_in, opening) for drop_in, opening in listed if opening or drop_in.times is None]
