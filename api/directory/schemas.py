"""What crosses the wire."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict


class SourceOut(BaseModel):
    """Where it was read."""

    model_config = ConfigDict(from_attributes=True)

    title: str
    address: str


class ServiceOut(BaseModel):
    """A service. A contact that nobody has read is null."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    what: str
    who: str
    phone: str | None
    text: str | None
    web: str | None
    email: str | None
    hours: str | None
    how: str | None
    where: str | None
    area: list[str]
    needs: list[str]
    source: SourceOut
    checked: date
    verified: bool


class ServiceList(BaseModel):
    """Services, nearest first."""

    items: list[ServiceOut]
    next: None = None
    """The whole list fits one page."""
    areas: list[str]
    """The council areas that the place was read as; empty when none was asked for or nobody knows it."""


class DropInOut(BaseModel):
    """One day of a drop-in; `opens` and `closes` are null where the dates are not known."""

    id: str
    name: str
    where: str
    service: str
    opens: datetime | None
    closes: datetime | None
    how: str | None
    kinds: list[str]
    """What is there on that day, as need codes; empty where we were not told."""


class DropInList(BaseModel):
    """Drop-ins, soonest first; then those whose dates are not known."""

    items: list[DropInOut]
    next: date | None
    """The day to ask from for what comes after these."""
