"""The compact language in which wordings are written, as spaCy token patterns.

    stopped breathing          these words, one after the other
    lips|face|end_it           any of these; "_" joins two or more words into one choice
    has|is?                    may be missing
    .. and ...                 a gap: up to two words, up to five, none of them "not" or its like
    <kin>                      any word of the list "kin" in classes.yml; may stand among others: <kin>|it
    <child> & swallowed        both, whichever comes first, at most fourteen words from end to end and one full stop

Words may be written in any spelling that normal.yml knows as one plain word ("weans", "prison").
"""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from safety.normal import Break, Word

_GAPS = {"..": 2, "...": 5}
_BOTH = " & "
_PIECE = "piece:"
_NEAR = 14
_DENIALS = ["not", "never", "no", "without"]
_SUBJECTS = frozenset({"he", "she", "they", "i", "we", "it", "my", "his", "her"})


class PatternError(ValueError):
    """A wording can't be read; the message names it and says why."""


@dataclass(frozen=True)
class Found:
    """One wording found: `words[start:end]` say what `name` means."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class _Part:
    words: frozenset[str]
    phrases: tuple[tuple[str, ...], ...] = ()
    optional: bool = False
    gap: int = 0

    @property
    def all_words(self) -> frozenset[str]:
        """Every word that it names."""
        return self.words | {word for phrase in self.phrases for word in phrase}

    @property
    def openings(self) -> frozenset[str]:
        """One of these must be in a message that holds this part."""
        return self.words | {phrase[0] for phrase in self.phrases}

    def choices(self) -> list[list[dict[str, Any]]]:
        """This part as spaCy token patterns: one with all single words, one for each phrase."""
        if self.gap:
            return [[{"ORTH": {"NOT_IN": _DENIALS}, "OP": f"{{0,{self.gap}}}"}]]
        choices: list[list[dict[str, Any]]] = [[{"ORTH": word} for word in phrase] for phrase in self.phrases]
        if self.words:
            single = {"ORTH": next(iter(self.words))} if len(self.words) == 1 else {"ORTH": {"IN": sorted(self.words)}}
            choices.append([single])
        return [*choices, []] if self.optional else choices


class _Wording:
    """One line: its parts that must be there, and the spaCy matcher that finds it."""

    def __init__(self, name: str, parts: Sequence[_Part], vocab: Any, common: Collection[str]) -> None:
        self.name = name
        self._in_order = [part.openings for part in parts if not part.optional and not part.gap]
        needed = sorted(self._in_order, key=lambda words: (len(words & frozenset(common)), len(words)))
        self._anchor, *self._others = needed
        self._reach = sum(part.gap or max(map(len, part.phrases), default=1) for part in parts)
        self._matcher = Matcher(vocab)
        self._matcher.add(name, [[token for choice in line for token in choice] for line in _lines(parts)])

    @property
    def anchor(self) -> frozenset[str]:
        return self._anchor

    def may_be_in(self, words: frozenset[str]) -> bool:
        for part in self._others:  # noqa: SIM110 - a plain loop: this runs a hundred times a message
            if part.isdisjoint(words):
                return False
        return True

    def spans(self, doc: Any, words: Sequence[str], places: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Where it stands in `doc`, whose words are `words`, looking only around the `places` of its anchor."""
        for start, end in _windows(places, self._reach, len(words)):
            if not self._may_stand_in(words[start:end]):
                continue
            for _, first, last in self._matcher(doc if end - start == len(words) else doc[start:end]):
                yield start + first, start + last

    def _may_stand_in(self, words: Sequence[str]) -> bool:
        """Whether the beginnings of its parts stand there one after the other: much quicker told than a match."""
        rest = iter(words)
        return all(any(word in part for word in rest) for part in self._in_order)


def _lines(parts: Sequence[_Part]) -> list[tuple[list[dict[str, Any]], ...]]:
    return list(product(*(part.choices() for part in parts)))


class PatternBook:
    """Finds many named wordings in a message at once.

    A wording is only searched where its anchor stands: the words of the part that says most.
    """

    def __init__(
        self,
        wordings: Mapping[str, Sequence[str]],
        classes: Mapping[str, Collection[str]],
        spellings: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._vocab = Vocab()
        self._common = classes["common"]
        self._by_anchor: dict[str, list[_Wording]] = defaultdict(list)
        self._by_one_word: dict[str, list[str]] = defaultdict(list)
        self._together: list[tuple[str, tuple[str, ...]]] = []
        words: set[str] = set()
        pieces: set[str] = set()
        for name, lines in wordings.items():
            for line in lines:
                parts = tuple(line.split(_BOTH))
                if len(parts) > 1:
                    self._together.append((name, tuple(_PIECE + part for part in parts)))
                    pieces.update(parts)
                else:
                    words |= self._add(name, line, classes, spellings)
        for piece in sorted(pieces):
            words |= self._add(_PIECE + piece, piece, classes, spellings)
        self.words = frozenset(words)

    def _add(
        self, name: str, line: str, classes: Mapping[str, Collection[str]], spellings: Mapping[str, tuple[str, ...]]
    ) -> set[str]:
        parts = _parsed(line, classes, spellings)
        if len(parts) == 1 and not parts[0].phrases:
            for word in parts[0].words:
                self._by_one_word[word].append(name)
        else:
            wording = _Wording(name, parts, self._vocab, self._common)
            for word in wording.anchor:
                self._by_anchor[word].append(wording)
        return {word for part in parts for word in part.all_words}

    def find(self, words: Sequence[Word]) -> list[Found]:
        """All wordings in `words`, longest first where two of one name overlap, in order of place."""
        there = frozenset(word.plain for word in words)
        places: dict[_Wording, list[int]] = defaultdict(list)
        spans: dict[str, set[tuple[int, int]]] = defaultdict(set)
        for place, word in enumerate(words):
            for name in self._by_one_word.get(word.plain, ()):
                spans[name].add((place, place + 1))
            for wording in self._by_anchor.get(word.plain, ()):
                if wording in places or wording.may_be_in(there):
                    places[wording].append(place)
        plain = [word.plain for word in words]
        doc = Doc(self._vocab, words=plain) if places else None
        for wording, at in places.items():
            if held := _whole(wording.spans(doc, plain, at), words):
                spans[wording.name].update(held)
        for name, pieces in self._together:
            if all(spans.get(piece) for piece in pieces):
                spans[name].update(_near_each_other([spans[piece] for piece in pieces], words))
        named = ((name, of) for name, of in spans.items() if not name.startswith(_PIECE))
        found = [Found(name, *span) for name, of in named for span in _longest_apart(of)]
        return sorted(found, key=lambda item: (item.start, item.end, item.name))


def _near_each_other(pieces: Sequence[Collection[tuple[int, int]]], words: Sequence[Word]) -> set[tuple[int, int]]:
    """From where to where pieces stand beside each other: for each place of the first, the others' nearest places."""
    first, *others = (sorted(piece) for piece in pieces)
    together: set[tuple[int, int]] = set()
    for place in first:
        start, end = place
        for other in others:
            nearest = _nearest(other, start, end)
            if nearest is None:
                break
            start, end = min(start, nearest[0]), max(end, nearest[1])
        else:
            stops = sum(words[at].before is Break.STOP for at in range(start + 1, end)) if end - start <= _NEAR else 2
            if stops <= 1:
                together.add((start, end))
    return together


def _nearest(spans: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    """Of the sorted `spans` the one that stands nearest to `start:end` without touching it."""
    at = bisect(spans, (start, end))
    beside = [span for span in spans[max(0, at - _NEAR) : at + _NEAR] if span[1] <= start or span[0] >= end]
    return min(beside, key=lambda span: max(end, span[1]) - min(start, span[0]), default=None)


def _parsed(line: str, classes: Mapping[str, Collection[str]], spellings: Mapping[str, tuple[str, ...]]) -> list[_Part]:
    parts = [_part(piece, line, classes, spellings) for piece in line.split()]
    needed = [place for place, part in enumerate(parts) if not part.optional and not part.gap]
    if not needed:
        raise PatternError(f"'{line}' would match nothing or everything: it needs one word that must be there")
    return parts[needed[0] : needed[-1] + 1]


def _part(
    piece: str, line: str, classes: Mapping[str, Collection[str]], spellings: Mapping[str, tuple[str, ...]]
) -> _Part:
    if piece in _GAPS:
        return _Part(frozenset(), gap=_GAPS[piece])
    words: set[str] = set()
    phrases: list[tuple[str, ...]] = []
    for choice in piece.removesuffix("?").split("|"):
        if choice.startswith("<") and choice.endswith(">"):
            if choice[1:-1] not in classes:
                raise PatternError(f"'{line}' names a list of words that isn't in classes.yml: {choice}")
            words |= {_plain(word, line, spellings) for word in classes[choice[1:-1]]}
        elif not choice.replace("_", "").isalnum() or choice != choice.lower():
            raise PatternError(f"'{line}': '{choice}' is not a plain lower-case word")
        elif "_" in choice:
            phrases.append(tuple(_plain(word, line, spellings) for word in choice.split("_")))
        else:
            words.add(_plain(choice, line, spellings))
    return _Part(frozenset(words), tuple(phrases), optional=piece.endswith("?"))


def _plain(word: str, line: str, spellings: Mapping[str, tuple[str, ...]]) -> str:
    plain = spellings.get(word, (word,))
    if len(plain) > 1:
        raise PatternError(f"'{line}': write '{' '.join(plain)}' for '{word}'")
    return plain[0]


def _windows(places: Sequence[int], reach: int, length: int) -> list[tuple[int, int]]:
    windows: list[tuple[int, int]] = []
    for place in places:
        start, end = max(0, place - reach), min(length, place + reach + 1)
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
    return windows


def _whole(spans: Iterable[tuple[int, int]], words: Sequence[Word]) -> list[tuple[int, int]]:
    return [(start, end) for start, end in spans if not _crosses_a_stop(words, start, end)]


def _crosses_a_stop(words: Sequence[Word], start: int, end: int) -> bool:
    """Whether a thought ends inside: at a full stop, or at a comma before a new subject.

    A full stop after every word is only emphasis ("HE. IS. NOT. BREATHING.").
    """
    stops = [_ends_a_thought(words[place]) for place in range(start + 1, end)]
    return any(stops) and not (all(stops) and len(stops) > 1)


def _ends_a_thought(word: Word) -> bool:
    return word.before is Break.STOP or (word.before is Break.PAUSE and word.plain in _SUBJECTS)


def _longest_apart(spans: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        if all(end <= other_start or start >= other_end for other_start, other_end in kept):
            kept.append((start, end))
    return sorted(kept)
