"""Patterns that are tried only on messages with the letters that every match of theirs holds."""

from __future__ import annotations

import re
import sre_constants as op
import sre_parse
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.entities.message import A_FIGURE, LONGEST_RUN, SHORTEST_RUN, Message

Runs = frozenset[str]
"""Runs of letters (or `A_FIGURE`), of which at least one stands in every match."""


class Sought:
    """Patterns, most of which are passed over for most messages: looking for one costs as much as all the passing."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = [re.compile(pattern) for pattern in patterns]
        self._without: dict[Runs, frozenset[int]] = {}
        for index, pattern in enumerate(patterns):
            for runs in held_by(pattern):
                self._without[runs] = self._without.get(runs, frozenset()) | {index}

    def within(self, message: Message) -> Iterator[tuple[int, re.Match[str]]]:
        """Every match in the message's plain text, pattern by pattern, with its pattern's place in the list."""
        cannot: set[int] = set()
        for runs, patterns in self._without.items():
            if message.runs.isdisjoint(runs):
                cannot |= patterns
        for index, pattern in enumerate(self._patterns):
            if index not in cannot:
                for match in pattern.finditer(message.plain):
                    yield index, match


def held_by(pattern: str) -> set[Runs]:
    """What every text that the pattern matches holds: of each of these at least one run."""
    return set(_of_sequence(sre_parse.parse(pattern)))


def _of_sequence(parts: Iterable[tuple[Any, Any]]) -> Iterator[Runs]:
    """All parts of a sequence have to be there; letters that follow one another are one run."""
    run = ""
    for kind, what in parts:
        if kind is op.LITERAL:
            run += chr(what)
            continue
        yield from _of_run(run)
        yield from _of_part(kind, what)
        run = ""
    yield from _of_run(run)


def _of_part(kind: Any, what: Any) -> Iterator[Runs]:
    if kind is op.SUBPATTERN:
        yield from _of_sequence(what[-1])
    elif kind is op.BRANCH:
        yield from _of_choices([list(_of_sequence(choice)) for choice in what[1]])
    elif kind in (op.MAX_REPEAT, op.MIN_REPEAT) and what[0] > 0:
        yield from _of_sequence(what[2])
    elif kind is op.IN and what == [(op.CATEGORY, op.CATEGORY_DIGIT)]:
        yield Runs({A_FIGURE})


def _of_choices(choices: list[list[Runs]]) -> Iterator[Runs]:
    """One choice is enough, so that of each only its most telling part counts; an empty one asks for nothing."""
    if all(choices):
        yield Runs().union(*(max(choice, key=lambda runs: (min(map(len, runs)), -len(runs))) for choice in choices))


def _of_run(run: str) -> Iterator[Runs]:
    if len(run) >= SHORTEST_RUN:
        yield Runs({run[:LONGEST_RUN]})
