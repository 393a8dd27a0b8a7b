"""Words for coming out of prison, and whether it has happened. Data: `data/entities/release.yml`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from bot.entities.entity import Entity
from bot.entities.message import Message, PhraseBook, phrase_set, starts_with
from bot.entities.word_lists import word_list

FUTURE = "future"
PAST = "past"

_GROUP = re.compile(r"\{(\w+)\}")


class ReleaseReader:
    """Finds "gets out", "libbed", "lib date"."""

    def __init__(self) -> None:
        words = word_list("release")
        phrases = [
            (phrase, tense)
            for tense in (FUTURE, PAST)
            for pattern in words[tense]
            for phrase in _written_out(pattern, words["groups"])
        ]
        self._book = PhraseBook(phrases)
        self._not_prison = phrase_set(words["unless_followed_by"])

    def read(self, message: Message) -> list[Entity]:
        """The mentions of a release in this message, in order; the value is `future` or `past`."""
        return [
            Entity(
                "release",
                tense,
                message.text[message.spans[first][0] : message.spans[last - 1][1]],
                message.spans[first][0],
                message.spans[last - 1][1],
            )
            for first, last, tense in self._book.find_apart(message)
            if not starts_with(message.after(last, 5), self._not_prison)
        ]


def _written_out(pattern: str, groups: dict[str, list[str]]) -> Iterator[str]:
    """Every phrase that a pattern with groups in braces stands for."""
    parts = _GROUP.split(pattern)
    choices = [[part] if index % 2 == 0 else groups[part] for index, part in enumerate(parts)]
    return ("".join(words) for words in itertools.product(*choices))
