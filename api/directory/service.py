"""What a search of the directory finds."""

from __future__ import annotations

from datetime import date, timedelta

from api.directory.schemas import DropInList, DropInOut, ServiceList, ServiceOut
from api.problems import Unprocessable
from reference.drop_ins import DropIns, Opening
from reference.places import Places
from reference.services import NEEDS, ServiceDirectory

DROP_INS_AHEAD = timedelta(weeks=8)
_LAST_DAY_ASKED_FOR = timedelta(days=3 * 366)


def find_services(directory: ServiceDirectory, places: Places, *, need: str | None, place: str | None) -> ServiceList:
    """Services for a need in a place, nearest first. Raises Unprocessable for a need that is not one."""
    if need is not None and need not in NEEDS:
        raise Unprocessable(f"There is no such need. Ask for one of: {', '.join(NEEDS)}.")
    return ServiceList(
        items=[ServiceOut.model_validate(service) for service in directory.search(need, place)],
        areas=list(places.areas_for(place)) if place else [],
    )


def openings(drop_ins: DropIns, *, place: str | None, start: date, today: date) -> list[Opening]:
    """The openings of eight weeks from `start`. Raises Unprocessable for a day too far from today."""
    if abs(start - today) > _LAST_DAY_ASKED_FOR:
        raise Unprocessable("Ask for a day within three years of today.")
    return drop_ins.between(start, start + DROP_INS_AHEAD - timedelta(days=1), place)


def find_drop_ins(drop_ins: DropIns, *, place: str | None, start: date, today: date) -> DropInList:
    """The drop-ins of eight weeks from `start`. Raises Unprocessable for a day too far from today."""
    found = openings(drop_ins, place=place, start=start, today=today)
    return DropInList(
        items=[
            DropInOut(
                id=opening.drop_in.id,
                name=opening.drop_in.name,
                where=opening.drop_in.where,
                service=opening.drop_in.service.id,
                opens=opening.opens,
                closes=opening.closes,
                how=opening.drop_in.how,
                kinds=list(opening.kinds),
            )
            for opening in found
        ],
        next=start + DROP_INS_AHEAD if any(opening.opens for opening in found) else None,
    )
