"""Counts how a set of labelled messages is read, and how sure the counts are. Shows totals, never a text.

`python -m tests.safety.measuring` tells how the rules alone and both readers do on the messages that nobody tuned to;
with `--accept` it also writes the shares into `accepted.json`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safety.reading import Reading, SafetyReader

_Z = 1.96
_WORD = re.compile(r"[^\W_]+")
_HERE = Path(__file__).parent
SETS = (
    "blind",
    *("measure", "measure_second", "measure_third", "measure_fourth"),
    *("measure_fifth", "measure_sixth", "measure_seventh", "measure_eighth"),
)
"""The folders of messages that nobody tuned to; who writes rules sees totals only."""
WHO = ("rules alone", "with the second reader")

LEVELS: Mapping[str, Callable[[Reading], bool]] = {
    "as emergency": lambda reading: reading.level.value == "emergency",
    "emergency or asked": lambda reading: reading.level.value == "emergency" or reading.check,
    "urgent or more, or asked": lambda reading: reading.level.value != "none" or reading.check,
    "raised": lambda reading: reading.level.value != "none",
    "asked": lambda reading: reading.check,
}
"""What a row of the report counts."""


@dataclass(frozen=True)
class Share:
    """So many of so many, with the 95 % Wilson interval."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        if not self.of:
            return (0.0, 1.0)
        spread = _Z * _Z / self.of
        middle = (self.value + spread / 2) / (1 + spread)
        reach = _Z / (1 + spread) * (self.value * (1 - self.value) / self.of + spread / (4 * self.of)) ** 0.5
        return (max(0.0, middle - reach), min(1.0, middle + reach))

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.hits:4} of {self.of:4} = {self.value:6.1%}  [{low:.1%}, {high:.1%}]"


@dataclass(frozen=True)
class Read:
    """One labelled message and its reading."""

    file: str
    style: str
    kind: str
    reading: Reading


def words_alone(text: str) -> str:
    """The text in lower case without its marks: what makes two messages the same."""
    return " ".join(_WORD.findall(text.lower()))


def worked_with() -> frozenset[str]:
    """Every message that the rules or the second reader were made with, by its words alone."""
    files = [*(_HERE / "work").rglob("*.jsonl"), _HERE / "messages.jsonl"]
    lines = (line for file in files for line in file.read_text(encoding="utf-8").splitlines())
    return frozenset(words_alone(json.loads(line)["text"]) for line in lines)


def read_all(folder: Path, read: Callable[[str], Reading], known: Collection[str] = ()) -> list[Read]:
    """Every message in `folder`, read; but not those in `known`, which two authors wrote alike ("he's blue")."""
    rows: list[Read] = []
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            message: dict[str, Any] = json.loads(line)
            if words_alone(message["text"]) in known:
                continue
            kind = (message.get("kinds") or ["none"])[0]
            rows.append(Read(file.stem, message.get("style", "plain"), kind, read(message["text"])))
    return rows


def share(rows: Iterable[Read], counted: str) -> Share:
    """How many of `rows` are read so."""
    said = [LEVELS[counted](row.reading) for row in rows]
    return Share(sum(said), len(said))


def totals(rows: Iterable[Read]) -> dict[str, Share]:
    """The shares that the build watches, by name."""
    rows = list(rows)
    of = {file: [row for row in rows if row.file == file] for file in {row.file for row in rows}}
    return {
        "emergency read as emergency": share(of["emergency"], "as emergency"),
        "emergency read as emergency, or asked": share(of["emergency"], "emergency or asked"),
        "urgent read as urgent or more, or asked": share(of["urgent"], "urgent or more, or asked"),
        "hard negatives read as emergency": share(of["hard_negatives"], "as emergency"),
        "hard negatives raised at all": share(of["hard_negatives"], "raised"),
        "hard negatives asked about": share(of["hard_negatives"], "asked"),
        "ordinary raised or asked about": share(of["ordinary"], "urgent or more, or asked"),
        "may be danger, raised or asked about": share(of["check"], "urgent or more, or asked"),
    }


def report(rows: Iterable[Read]) -> str:
    """The totals, then emergencies and hard negatives by kind and by style."""
    rows = list(rows)
    lines = [f"{name:48} {total}" for name, total in totals(rows).items()]
    for file in ("emergency", "urgent", "hard_negatives"):
        for by in ("kind", "style"):
            groups = sorted({getattr(row, by) for row in rows if row.file == file})
            for group in groups:
                chosen = [row for row in rows if row.file == file and getattr(row, by) == group]
                counted = "urgent or more, or asked" if file == "urgent" else "as emergency"
                lines.append(f"  {file}, {by} {group}: {counted:26} {share(chosen, counted)}")
    return "\n".join(lines)


def read_sets(who: str, sets: Iterable[str] = SETS) -> dict[str, list[Read]]:
    """Every message of these sets that nobody worked with, as `who` reads it: one of `WHO`."""
    reader, known = SafetyReader.load(second_reader=who == WHO[1]), worked_with()
    return {name: read_all(_HERE / name, reader.read, known) for name in sets}


def main(arguments: Iterable[str]) -> None:
    """Print the totals of each set, then those of all together by kind and style."""
    file = _HERE / "accepted.json"
    accepted = json.loads(file.read_text(encoding="utf-8"))
    for who in WHO:
        rows = read_sets(who)
        for name in SETS:
            told = "\n".join(f"{share:48} {total}" for share, total in totals(rows[name]).items())
            sys.stdout.write(f"\n{who}, {name}\n{told}\n")
            shares = {share: round(total.value, 4) for share, total in totals(rows[name]).items()}
            accepted.setdefault(name, {})[who] = shares
        sys.stdout.write(f"\n{who}, all together\n{report([row for name in SETS for row in rows[name]])}\n")
    if "--accept" in arguments:
        file.write_text(json.dumps(accepted, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
