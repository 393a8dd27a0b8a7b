"""A thing that an author has to mend."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """Where it stands, what is wrong, and what to do."""

    file: str
    block: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.block}: {self.what}"
