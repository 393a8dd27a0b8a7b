"""A message cut into words that can be compared, each knowing where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Generic, TypeVar

import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

_WORD = re.compile(r"[^\W_]+(?:['’`&][^\W_]+)*|[.!?;:,\n()/+&£%]")
_STRAIGHT = str.maketrans("’‘`", "'''")
_APOSTROPHES = str.maketrans("", "", "'’`")
_ENDS_A_SENTENCE = frozenset((".", "!", "?", ";", "\n"))
_BLANK = spacy.blank("en")
# spaCy keeps every word it is ever given. Only the words of our own phrases are given to it, never a person's.
_WORDS_OF_PHRASES: set[str] = set()
_ANY_OTHER_WORD = "·"
_DIGIT = re.compile(r"\d")
SHORTEST_RUN, LONGEST_RUN = 2, 4
"""Shorter runs of letters are in every message; longer ones cost more to gather than they tell."""
A_FIGURE = r"\d"
"""Stands among the runs of a message for any digit."""

T = TypeVar("T")


class Message:
    """A message as the readers see it.

    `plain` is the text in lower case with straight apostrophes, as long as the text, so that offsets agree. `keys` are
    its words without apostrophes, hyphens parting words ("Bar-L" is "bar", "l"), punctuation standing alone.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.plain = _plain(text)
        matches = list(_WORD.finditer(self.plain))
        self.spans = [match.span() for match in matches]
        self.keys = [match.group().translate(_APOSTROPHES) or match.group() for match in matches]
        self._word_set = frozenset(self.keys)

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def doc(self) -> Doc:
        """The keys as a spaCy document, for matchers; words that stand in no phrase are blotted out."""
        words = [key if key in _WORDS_OF_PHRASES else _ANY_OTHER_WORD for key in self.keys]
        return Doc(_BLANK.vocab, words=words)

    @cached_property
    def runs(self) -> frozenset[str]:
        """All runs of two to four letters in the plain text, and `A_FIGURE` where there is a digit."""
        plain, places = self.plain, range(len(self.plain))
        runs = {plain[at : at + length] for length in range(SHORTEST_RUN, LONGEST_RUN + 1) for at in places}
        return frozenset(runs | {A_FIGURE} if _DIGIT.search(plain) else runs)

    def says_any_of(self, words: frozenset[str]) -> bool:
        """Whether one of these single words is in the message."""
        return not self._word_set.isdisjoint(words)

    def sentence_from(self, at: int) -> int:
        """The first word of the sentence that word `at` stands in."""
        while at > 0 and self.keys[at - 1] not in _ENDS_A_SENTENCE:
            at -= 1
        return at

    def sentence_to(self, at: int) -> int:
        """One past the last word of the sentence that word `at` stands in."""
        while at < len(self.keys) and self.keys[at] not in _ENDS_A_SENTENCE:
            at += 1
        return at

    def word_at(self, offset: int) -> int:
        """The index of the first word that ends after this character offset."""
        return next((index for index, (_, end) in enumerate(self.spans) if end > offset), len(self.spans))

    def before(self, at: int, count: int) -> list[str]:
        """Up to `count` keys straight before word `at`, in order, none from an earlier sentence."""
        return self.keys[max(at - count, self.sentence_from(at)) : at]

    def after(self, at: int, count: int) -> list[str]:
        """Up to `count` keys from word `at` on, in order, none from a later sentence."""
        return self.keys[at : min(at + count, self.sentence_to(at))]


class PhraseBook(Generic[T]):
    """Phrases and what each stands for, found in a message by spaCy's PhraseMatcher."""

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        """`phrases`: words as anybody writes them, and their meaning. The first meaning given to a phrase stays."""
        self._matcher = PhraseMatcher(_BLANK.vocab, attr="ORTH")
        self._meanings: dict[str, T] = {}
        for phrase, meaning in phrases:
            keys = phrase_keys(phrase)
            name = " ".join(keys)
            if keys and name not in self._meanings:
                self._meanings[name] = meaning
                _WORDS_OF_PHRASES.update(keys)
                self._matcher.add(name, [Doc(_BLANK.vocab, words=keys)])

    def find(self, message: Message) -> Iterator[tuple[int, int, T]]:
        """Every phrase in the message: first word, one past the last word, meaning. Longest first, then leftmost."""
        found = self._matcher(message.doc)
        for match, first, last in sorted(found, key=lambda match: (match[1] - match[2], match[1])):
            yield first, last, self._meanings[_BLANK.vocab.strings[match]]

    def find_apart(self, message: Message) -> list[tuple[int, int, T]]:
        """The phrases in the message, in order, the longest where they overlap."""
        taken: set[int] = set()
        kept = []
        for first, last, meaning in self.find(message):
            words = range(first, last)
            if taken.isdisjoint(words):
                taken.update(words)
                kept.append((first, last, meaning))
        return sorted(kept, key=lambda match: match[0])


def phrase_keys(phrase: str) -> list[str]:
    """A phrase cut into keys as a message is."""
    return Message(phrase).keys


def ends_with(words: list[str], phrases: frozenset[tuple[str, ...]]) -> bool:
    """Whether `words` ends with one of these phrases."""
    return any(tuple(words[-length:]) in phrases for length in range(1, min(len(words), 5) + 1))


def starts_with(words: list[str], phrases: frozenset[tuple[str, ...]]) -> bool:
    """Whether `words` starts with one of these phrases."""
    return any(tuple(words[:length]) in phrases for length in range(1, min(len(words), 5) + 1))


def phrase_set(phrases: Iterable[str]) -> frozenset[tuple[str, ...]]:
    """Phrases as `ends_with` and `starts_with` compare them."""
    return frozenset(tuple(phrase_keys(phrase)) for phrase in phrases)


def _plain(text: str) -> str:
    straight = text.translate(_STRAIGHT)
    return straight.lower() if straight.isascii() else "".join(map(_plain_letter, straight))


def _plain_letter(letter: str) -> str:
    """Some letters are two in lower case: they stay, so that offsets agree."""
    lower = letter.lower()
    return lower if len(lower) == 1 else letter
