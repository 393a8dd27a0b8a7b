"""By when a referred family is rung, and how often the door may be used. Data: `data/operations/referrals.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import yaml
from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour

from api.hours.opening import Span
from api.hours.slots import Slot
from api.referrals.schemas import About, PartOfDay
from reference.clock import SCOTLAND
from reference.paths import data_folder


@dataclass(frozen=True)
class Limits:
    """How often. Each counts by whom its name says."""

    by_address: RateLimitItem
    by_number: RateLimitItem
    by_key: tuple[RateLimitItem, ...]
    look_ups: RateLimitItem


class ContactPromises:
    """What a family may count on."""

    def __init__(
        self,
        within: Mapping[About, timedelta],
        warn_before: timedelta,
        parts_of_day: Mapping[PartOfDay, Span],
        limits: Limits,
    ) -> None:
        """`within` for everything that a referral can be about, `parts_of_day` for every time that can be safe."""
        self._within = within
        self._parts = parts_of_day
        self.warn_before = warn_before
        self.limits = limits

    @classmethod
    def load(cls, file: Path | None = None) -> ContactPromises:
        """Read the file. Raises KeyError for a promise or a part of the day that is missing, HoursUnclear."""
        file = file or data_folder() / "operations" / "referrals.yml"
        told = yaml.safe_load(file.read_text(encoding="utf-8"))
        often = told["limits"]
        return cls(
            within={about: timedelta(hours=told["contact"][about.value]["hours"]) for about in About},
            warn_before=timedelta(hours=told["warn_hours_before"]),
            parts_of_day={part: Span.read(told["parts_of_day"][part.value]) for part in PartOfDay},
            limits=Limits(
                by_address=RateLimitItemPerHour(often["an_hour_from_one_address"], namespace="referrals"),
                by_number=RateLimitItemPerDay(often["a_day_of_one_number"], namespace="referrals"),
                by_key=(
                    RateLimitItemPerHour(often["an_hour_with_one_key"], namespace="referrals"),
                    RateLimitItemPerDay(often["a_day_with_one_key"], namespace="referrals"),
                ),
                look_ups=RateLimitItemPerHour(often["look_ups_an_hour_from_one_address"], namespace="reached"),
            ),
        )

    def call_by(self, about: About, since: datetime) -> datetime:
        """When the family should have been rung."""
        return since + self._within[about]

    def slot(self, slots: Sequence[Slot], part: PartOfDay) -> Slot | None:
        """The first of the free times for a call that begins when it is safe; None when none does."""
        return next((slot for slot in slots if self._is_safe(slot.start, part)), None)

    def _is_safe(self, at: datetime, part: PartOfDay) -> bool:
        first, last = self._parts[part].on(at.astimezone(SCOTLAND).date())
        return first <= at < last
