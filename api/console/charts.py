"""Charts as numbers that a template draws in SVG: readable in grey print, each bar with its words and its count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 100.0
HEIGHT = 120.0
NARROWEST = 480.0
FEW = 2.0
"""How long the bar of "fewer than 5" is: it says that there was something, and no more."""


@dataclass(frozen=True)
class Bar:
    """One line: its words, its count (None for few), the count in words, and how long its bar is of 100."""

    words: str
    count: int | None
    told: str
    length: float = 0.0


@dataclass(frozen=True)
class Column:
    """One step in time; x, width and height within the chart's own box."""

    words: str
    told: str
    count: int | None
    x: float
    width: float
    height: float
    labelled: bool


@dataclass(frozen=True)
class Columns:
    """A chart over time; `width` of its own box, `most` is the highest count."""

    columns: Sequence[Column]
    width: float
    most: int


def bars(rows: Sequence[Bar]) -> list[Bar]:
    """The bars with their lengths, the longest 100."""
    most = max((row.count or 0 for row in rows), default=0)
    return [
        Bar(row.words, row.count, row.told, FEW if row.count is None else row.count / most * WIDTH if most else 0.0)
        for row in rows
    ]


def columns(steps: Sequence[tuple[str, int | None]], *, few: str) -> Columns:
    """Columns for steps in time; every so many of them carry their words beneath."""
    most = max((count or 0 for _, count in steps), default=0)
    each = max(40.0, NARROWEST / max(1, len(steps)))
    labels = max(1, -(-len(steps) // 10))
    return Columns(
        [
            Column(
                words=words,
                told=few if count is None else str(count),
                count=count,
                x=number * each + each * 0.15,
                width=each * 0.7,
                height=4.0 if count is None else count / most * HEIGHT if most else 0.0,
                labelled=number % labels == 0,
            )
            for number, (words, count) in enumerate(steps)
        ],
        each * len(steps),
        most,
    )
