"""What an error code means: whether to try again, what follows, and what staff see.

Data: `data/operations/texts.yml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from reference.paths import data_folder

OPTED_OUT = "21610"
"""Twilio's code for somebody who has texted STOP."""
DAILY_CAP = "daily_cap"
TOO_OLD = "too_old"
NO_NUMBER = "no_number"
NO_SENDER = "no_sender"

_OTHERWISE = "otherwise"


class Then(str, Enum):
    """What follows a failure, besides that staff see it."""

    NOTHING = "nothing"
    OPTED_OUT = "opted_out"
    CANNOT_BE_TEXTED = "cannot_be_texted"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Failure:
    """What one error code means for us."""

    says: str
    """Content id of the words for staff."""
    again: bool = False
    """A refusal with this code will pass, or somebody can mend it."""
    resend_after: timedelta | None = None
    """After so long a text that came back undelivered may be sent anew."""
    then: Then = Then.NOTHING


@dataclass(frozen=True)
class Joining:
    """How replies become one text: at most so many parts, and what stands between them."""

    parts: int
    between: str


@dataclass(frozen=True)
class TextRules:
    """The rules of sending texts."""

    joining: Joining
    resends: int
    failures: Mapping[str, Failure]

    @classmethod
    def load(cls, file: Path | None = None) -> TextRules:
        """Read the rules. Raises ValueError naming what is wrong."""
        file = file or data_folder() / "operations" / "texts.yml"
        told = yaml.safe_load(file.read_text(encoding="utf-8"))
        failures = {str(code): _failure(file, str(code), entry) for code, entry in told["failures"].items()}
        if _OTHERWISE not in failures:
            raise ValueError(f"{file.name}: there is no failure named {_OTHERWISE}")
        return cls(Joining(**told["joining"]), int(told["resends"]), failures)

    def failure(self, code: str | None) -> Failure:
        """What a code means; for one that nobody listed, what `otherwise` says."""
        return self.failures.get(code or _OTHERWISE, self.failures[_OTHERWISE])


@cache
def text_rules() -> TextRules:
    """The rules as they stand in the data, read once."""
    return TextRules.load()


def _failure(file: Path, code: str, entry: Mapping[str, Any]) -> Failure:
    unknown = set(entry) - {"says", "again", "resend_after", "then"}
    if unknown or "says" not in entry:
        raise ValueError(f"{file.name}: {code} needs `says` and knows no {sorted(unknown)}")
    minutes = entry.get("resend_after")
    return Failure(
        says=f"texts/failed_{entry['says']}",
        again=bool(entry.get("again")),
        resend_after=None if minutes is None else timedelta(minutes=minutes),
        then=Then(entry.get("then", "nothing")),
    )
