"""One thing that a message mentions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entity:
    """One thing that a message mentions, and where it stands in the message."""

    entity: str
    """What kind: substance, place, prison, person, date, duration, amount, phone, service_type, release."""
    value: str
    """Normalised, as understanding.md section 3 says for the kind."""
    text: str
    """The words that were written."""
    start: int
    end: int
    confidence: float = 1.0
    """1 for words that are known, less for words that are nearly known."""
