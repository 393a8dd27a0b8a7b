"""The person somebody speaks of, by relation: "ma boy" is a son. Data: `data/entities/relations.yml`."""

from __future__ import annotations

from bot.entities.entity import Entity
from bot.entities.message import Message, PhraseBook
from bot.entities.nearly import NearNames
from bot.entities.word_lists import word_list

_WORDS_BETWEEN = 4
_ENDS = frozenset((".", "!", "?", ",", ";", "\n"))


class PersonReader:
    """Finds relations, and leaves alone "cheers pal" and "awright son"."""

    def __init__(self) -> None:
        words = word_list("relations")
        names = [(name, (value, name)) for value, said in words["relations"].items() for name in said]
        # "ma sons in the jail": the apostrophe is the first thing to go.
        names += [(f"{name}s", (value, f"{name}s")) for name, (value, _) in names]
        self._plurals = frozenset(f"{name}s" for said in words["relations"].values() for name in said)
        self._plurals -= {name for said in words["relations"].values() for name in said}
        self._names = frozenset(name for name, _ in names)
        self._book = PhraseBook(names)
        self._singular = {name: value for value, said in words["relations"].items() for name in said}
        self._near = NearNames({name: value for name, value in self._singular.items() if " " not in name})
        self._address = frozenset(words["address_words"])
        self._needs_mine = frozenset(words["needs_mine"])
        self._names_too = frozenset(words["names_too"])
        self._mine = frozenset(words["mine"])
        self._a_or_the = frozenset(words["a_or_the"])
        self._leads_to = frozenset(words["leads_to"])
        self._between = frozenset(words["between"])

    def read(self, message: Message) -> list[Entity]:
        """The relations in this message, in order."""
        entities: list[Entity] = []
        joined_to = -1
        found = self._book.find_apart(message)
        for first, last, (value, name) in found:
            if self._is_meant(message, first, last, name, joined_to):
                entities.append(self._entity(message, first, last, value))
                joined_to = last
        known = {index for first, last, _ in found for index in range(first, last)}
        entities += self._misspelt(message, known)
        return sorted(entities, key=lambda entity: entity.start)

    def _misspelt(self, message: Message, known: set[int]) -> list[Entity]:
        """ "My husbnad": a word near a relation, and somebody's."""
        return [
            self._entity(message, index, index + 1, value, confidence=0.8)
            for index, key in enumerate(message.keys)
            if index > 0
            and message.keys[index - 1] in self._mine
            and index not in known
            and key not in self._between
            and (value := self._near.meant(key))
        ]

    def _is_meant(self, message: Message, first: int, last: int, name: str, joined_to: int) -> bool:
        if message.after(last, 2) == ["of", "a"] or self._is_likened(message, first, last, name):
            return False
        owner = self._owner(message, first)
        if owner in self._mine:
            return True
        if joined_to >= 0 and message.keys[joined_to:first] in ([], ["and"], ["n"], ["&"], ["or"]):
            return True
        if name in self._names_too:
            return True
        if name in self._needs_mine or self._is_any_of_them(message, first, last, name):
            return False
        if owner in self._a_or_the:
            return True
        if name in self._address:
            return False
        led_to = not self._leads_to.isdisjoint(message.before(first, 1))
        return led_to or self._is_somebodys(message, first) or self._opens_as_subject(message, first, last)

    def _is_any_of_them(self, message: Message, first: int, last: int, name: str) -> bool:
        """ "Something for mothers": nobody's in particular. "Son's" is one."""
        return name in self._plurals and "'" not in message.plain[message.spans[first][0] : message.spans[last - 1][1]]

    def _is_likened(self, message: Message, first: int, last: int, name: str) -> bool:
        """ "Like a son to me", "ex-army", "my youngest brother": the word speaks of nobody by itself."""
        following = message.after(last, 1)
        if name in self._between and following and following[0] in self._names:
            return True
        end = message.spans[last - 1][1]
        if name == "ex" and message.plain[end : end + 1] == "-":
            return True
        before = message.before(first, 3)
        return len(before) >= 2 and before[-1] in ("a", "an") and before[-2] in ("like", "be", "being", "as")

    def _owner(self, message: Message, first: int) -> str | None:
        """The word that says whose relation this is, past "wee", "eldest" and ages."""
        nearest = None
        for word in reversed(message.before(first, _WORDS_BETWEEN)):
            if word in self._mine:
                return word
            if word in self._a_or_the:
                nearest = nearest or word
            elif word not in self._between and not word[0].isdigit():
                return nearest
        return nearest

    def _is_somebodys(self, message: Message, first: int) -> bool:
        """ "The patient's sister": the word before ends in an apostrophe and an s."""
        if first == 0:
            return False
        start, end = message.spans[first - 1]
        return message.plain[start:end].endswith(("'s", "s'"))

    def _opens_as_subject(self, message: Message, first: int, last: int) -> bool:
        """ "Son gets out friday", "wee brother took": the first words of a sentence, with something said of them."""
        opening = message.before(first, first)
        opening = opening[len(opening) - opening[::-1].index(",") :] if "," in opening else opening
        if not self._between.issuperset(opening):
            return False
        following = message.after(last, 1)
        return bool(following) and following[0] not in _ENDS

    def _entity(self, message: Message, first: int, last: int, value: str, confidence: float = 1.0) -> Entity:
        start, end = message.spans[first][0], message.spans[last - 1][1]
        apostrophe = message.plain.find("'s", start, end)
        if apostrophe >= 0:
            # "The wean's father" is one child; "the weans" are several.
            end = apostrophe
            value = self._singular.get(message.plain[start:end], value)
        return Entity("person", value, message.text[start:end], start, end, confidence)
