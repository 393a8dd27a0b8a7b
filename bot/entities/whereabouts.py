"""Places and prisons. The town of Perth is not its prison: the words around say which is meant.

Data: `data/places` for names, `data/entities/prison_words.yml` for the words around.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.entities.entity import Entity
from bot.entities.message import Message, PhraseBook, ends_with, phrase_keys, phrase_set
from bot.entities.nearly import NearNames
from bot.entities.word_lists import word_list
from reference.places import Places, comes_before_a_place
from reference.prisons import Prisons

_LONGEST_CUE = 5
_JOINED = (["and"], ["or"], [","], ["then"], ["to"], ["tae"])
_HMP = frozenset(("hmp", "hmyoi"))


@dataclass(frozen=True)
class _Name:
    """What a name may mean."""

    place: str | None = None
    prison: str | None = None
    always_prison: bool = False
    needs_a_word_before: bool = False


class WhereaboutsReader:
    """Finds council areas and prisons."""

    def __init__(self, places: Places, prisons: Prisons, people: frozenset[str]) -> None:
        """`people`: relations, as single words; "son in Perth" is in the prison."""
        names: dict[str, _Name] = {}
        for key, value in places.names().items():
            names[key] = _Name(place=value, needs_a_word_before=places.needs_a_word_before(key))
        for key, value in prisons.town_names().items():
            known = names.get(key, _Name())
            names[key] = _Name(known.place, value, needs_a_word_before=known.needs_a_word_before)
        for key, value in prisons.own_names().items():
            names[key] = _Name(prison=value, always_prison=True)
        self._names = names
        self._book = PhraseBook(names.items())
        self._near = NearNames(
            {
                key: key
                for key, name in names.items()
                if " " not in key and not name.needs_a_word_before and (name.place or name.always_prison)
            }
        )
        words = word_list("prison_words")
        self._always_after = phrase_set(words["always_after"])
        self._always_before = phrase_set(words["always_before"])
        self._perhaps_after = phrase_set(words["perhaps_after"])
        self._somebody = frozenset(key for said in words["somebody"] for key in phrase_keys(said)) | people
        self._myself_or_time = frozenset(words["myself_or_time"])
        self._moved_to = phrase_set(words["moved_to"])
        self._still = frozenset(key for said in words["still"] for key in phrase_keys(said))
        self._town_before = frozenset(key for said in words["town_before"] for key in phrase_keys(said))
        self._speaks_of_town = frozenset(words["speaks_of_town"])
        self._prison_talk = PhraseBook((said, True) for said in words["speaks_of_prison"])
        self._known_for_prison = frozenset(words["known_for_their_prison"])

    def read(self, message: Message) -> list[Entity]:
        """The places and prisons in this message, in order."""
        found = [(first, last, name, 1.0) for first, last, name in self._book.find_apart(message)]
        known = {index for first, last, _, _ in found for index in range(first, last)}
        for index, key in enumerate(message.keys):
            if index not in known and (near := self._near.meant(key)):
                found.append((index, index + 1, self._names[near], 0.8))
        entities = self._unknown_prisons(message, known)
        after_a_prison = -1
        for first, last, name, confidence in sorted(found, key=lambda match: match[0]):
            joined = after_a_prison >= 0 and message.keys[after_a_prison:first] in _JOINED
            entity = self._entity(message, first, last, name, confidence, joined)
            if entity:
                entities.append(entity)
                after_a_prison = last if entity.entity == "prison" else -1
        return sorted(entities, key=lambda entity: entity.start)

    def _entity(
        self, message: Message, first: int, last: int, name: _Name, confidence: float, joined: bool
    ) -> Entity | None:
        if name.prison and (name.always_prison or joined or self._is_the_prison(message, first, last, name)):
            return _entity("prison", name.prison, message, first, last, confidence)
        if name.place is None:
            return None
        if name.needs_a_word_before and not any(comes_before_a_place(key) for key in message.before(first, 1)):
            return None
        return _entity("place", name.place, message, first, last, confidence)

    def _is_the_prison(self, message: Message, first: int, last: int, name: _Name) -> bool:
        before = message.before(first, _LONGEST_CUE)
        if ends_with(before, self._always_after):
            return True
        after = message.after(last, 2)
        if any(tuple(after[:length]) in self._always_before for length in (1, 2)):
            return True
        if not ends_with(before, self._perhaps_after):
            return False
        return self._in_the_prison(message, before, name)

    def _in_the_prison(self, message: Message, before: list[str], name: _Name) -> bool:
        """After "in", "at", "from", "to": whether the prison is meant rather than the town."""
        subject, preposition = before[:-1], before[-1]
        if name.prison in self._known_for_prison:
            return preposition != "in" or self._town_before.isdisjoint(subject[-1:])
        if subject and subject[-1] in self._town_before - self._still:
            return False
        of_prison = any(True for _ in self._prison_talk.find(message))
        if preposition not in ("in", "at"):
            # "Coming home to Perth" is the town; "moved to Perth" in talk of prison is not.
            return of_prison and ends_with(before, self._moved_to)
        if message.says_any_of(self._speaks_of_town):
            return False
        myself_or_time = bool(subject) and subject[-1] in self._myself_or_time
        while subject and subject[-1] in self._still:
            subject = subject[:-1]
        if subject and subject[-1] in self._somebody:
            return True
        return of_prison and (myself_or_time or not subject or subject[-1] in self._myself_or_time)

    def _unknown_prisons(self, message: Message, known: set[int]) -> list[Entity]:
        """ "HMP Leicester": a prison that is not in Scotland keeps its own name."""
        return [
            _entity("prison", message.keys[index + 1], message, index + 1, index + 2, 0.7)
            for index, key in enumerate(message.keys[:-1])
            if key in _HMP and index + 1 not in known and message.keys[index + 1].isalpha()
            and message.keys[index + 1] not in ("and", "yoi", "the", "in", "is", "on", "or")
            and not self._near.meant(message.keys[index + 1])
        ]  # fmt: skip


def _entity(kind: str, value: str, message: Message, first: int, last: int, confidence: float) -> Entity:
    start, end = message.spans[first][0], message.spans[last - 1][1]
    return Entity(kind, value, message.text[start:end], start, end, confidence)
