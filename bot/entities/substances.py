"""Drugs, drink and medicines by what people call them. Data: `data/entities/substances.yml`."""

from __future__ import annotations

from collections.abc import Iterator

from bot.entities.entity import Entity
from bot.entities.message import Message, PhraseBook
from bot.entities.nearly import NearNames
from bot.entities.word_lists import word_list

_NOT_ONE = ""
_WORDS_BACK = 5
_JOINED_BY = frozenset(("and", "with", "wi", "n", "an", "plus", "or", "&", "+", ",", "/"))


class SubstanceReader:
    """Finds substances, and leaves alone the ordinary words that only look like them."""

    def __init__(self) -> None:
        words = word_list("substances")
        sure: list[tuple[str, tuple[str, bool]]] = [(phrase, (_NOT_ONE, True)) for phrase in words["not_a_substance"]]
        doubtful: list[tuple[str, tuple[str, bool]]] = []
        for value, names in words["substances"].items():
            sure += [(name, (value, True)) for name in (value, *names.get("names", ()))]
            doubtful += [(name, (value, False)) for name in names.get("after_taking", ())]
        self._book = PhraseBook([*sure, *doubtful])
        self._taking = frozenset(words["taking_words"])
        self._near = NearNames({name: value for name, (value, _) in sure if value and " " not in name})

    def read(self, message: Message) -> list[Entity]:
        """The substances in this message, in order."""
        found = self._book.find_apart(message)
        accepted = [(first, last, value) for first, last, (value, sure) in found if sure]
        doubtful = [(first, last, value) for first, last, (value, sure) in found if not sure]
        # "green and blues": one that the words settle settles its neighbour.
        while settled := [match for match in doubtful if self._is_taken(message, *match[:2], accepted)]:
            accepted += settled
            doubtful = [match for match in doubtful if match not in settled]
        known = {index for first, last, _ in (*accepted, *doubtful) for index in range(first, last)}
        entities = [_entity(message, first, last, value, 1.0) for first, last, value in accepted if value]
        entities += self._nearly(message, known)
        return sorted(entities, key=lambda entity: entity.start)

    def _is_taken(self, message: Message, first: int, last: int, accepted: list[tuple[int, int, str]]) -> bool:
        """Whether the words before speak of taking it, or it stands beside something that is a substance."""
        if not self._taking.isdisjoint(message.before(first, _WORDS_BACK)[-3:]):
            return True
        for other_first, other_last, value in accepted:
            between = message.keys[other_last:first] if other_last <= first else message.keys[last:other_first]
            if value and len(between) in (1, 2) and between[0] in _JOINED_BY:
                return True
        return False

    def _nearly(self, message: Message, known: set[int]) -> Iterator[Entity]:
        for index, key in enumerate(message.keys):
            if index not in known and (value := self._near.meant(key)):
                yield _entity(message, index, index + 1, value, 0.8)


def _entity(message: Message, first: int, last: int, value: str, confidence: float) -> Entity:
    start, end = message.spans[first][0], message.spans[last - 1][1]
    return Entity("substance", value, message.text[start:end], start, end, confidence)
