"""What was written, as plain words that know where they stood in the text.

Scots, text-speak, capitals, accents, drawn-out letters, dropped apostrophes and misspelt danger words all
become one plain form, so that a rule is written once. Every word keeps the place of the text it came from.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from safety.letters import Letters
from safety.spelling import Shorthand, Spelling


class Break(IntEnum):
    """What stands before a word: nothing, a comma or a new line, or the end of a sentence."""

    NOTHING = 0
    PAUSE = 1
    STOP = 2


@dataclass(frozen=True)
class Word:
    """One plain word; `start` and `end` are places in the original text."""

    plain: str
    start: int
    end: int
    before: Break = Break.NOTHING


_PIECE = re.compile(
    r"(?P<od>\bo[./]\s?d\b\.?(?:'?d\b|'?ing\b|'?s\b)?|\bo\sd'(?:d|ing)\b)"
    r"|(?P<number>\d+(?=[a-z]{4,}))"
    r"|(?P<word>[a-z0-9]+(?:'[a-z0-9]+)*)"
    r"|(?P<sign>[^\sa-z0-9])"
    r"|(?P<line>\n)"
)
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_RUN_ON = re.compile(r"(?P<first>[a-z]+'(?:s|m|ll|ve|re|d|t))(?P<rest>[a-z]+)")
_DOUBLED = re.compile(r"([a-z])\1")
_SHORTEST_SWAPPED = 3
_LONGEST_MENDED = 60
"""Longer than any words run together that are read: mending takes the square of a word's length."""
_ONE_SLIP_ONLY = 100
_STOPS = frozenset(".?!;")


class Normaliser:
    """Turns any string into plain words. Built from `data/safety/normal.yml` and the words that the rules use."""

    def __init__(
        self, settings: Mapping[str, Any], rule_words: Collection[str], real_words: Collection[str] = ()
    ) -> None:
        self._letters = Letters(settings["look_alikes"])
        self._plain = spellings_in(settings)
        self._joined = {tuple(pair.split()): whole for whole, pairs in settings["joined"].items() for pair in pairs}
        self._signs = {sign: tuple(plain.split()) for sign, plain in settings["signs"].items()}
        self._not_after = frozenset(settings["no_means_not"]["after"])
        self._not_before = frozenset(settings["no_means_not"]["before"])
        self._not_at_end_after = frozenset(settings["no_means_not"]["at_end_after"])
        self._never_before = frozenset(settings["no_means_not"]["never_before"])
        self._known = frozenset(rule_words) | frozenset(self._plain)
        self._real = frozenset(settings["real_words"]) | frozenset(real_words)
        danger = settings["danger_words"]
        self._spelling = Spelling(danger, self._known | self._real)
        self._other_spelling = Spelling(self._known, self._real, long=_ONE_SLIP_ONLY)
        self._shorthand = Shorthand(danger, self._known, settings["little_words"])

    def words(self, text: str) -> list[Word]:
        """The plain words of `text`, in order. Never raises, whatever the string holds."""
        folded, places = self._letters.folded(text)
        words: list[Word] = []
        pending = Break.NOTHING
        for piece in _PIECE.finditer(folded):
            start, end = places[piece.start()], places[piece.end() - 1] + 1
            sign = piece["sign"]
            plain = self._signs.get(sign, ()) if sign else () if piece["line"] else self._plain_words(piece)
            if not plain:
                pending = max(pending, _break_of(piece["sign"] or "\n", folded, piece.start()))
            for place, item in enumerate(plain):
                words.append(Word(item, start, end, pending if place == 0 else Break.NOTHING))
                pending = Break.NOTHING
        return self._with_not(self._with_joined(words))

    def _plain_words(self, piece: re.Match[str]) -> tuple[str, ...]:
        if piece["od"]:
            ending = piece["od"].replace(".", "").replace("/", "").replace("'", "").replace(" ", "")
            return ("overdosing",) if ending.endswith("ing") else ("overdosed",)
        return self._plain_words_of(piece[0])

    def _plain_words_of(self, written: str) -> tuple[str, ...]:
        if written in self._plain:
            return self._plain[written]
        if written in self._known:
            return (written,)
        without = written.replace("'", "")
        if "'" in written and written.endswith("'s") and without not in self._plain:
            return (*self._one(written[:-2].replace("'", "")), "is")
        run_on = _RUN_ON.fullmatch(written)
        if run_on and without not in self._known and run_on["rest"] in self._known:
            return (*self._plain_words_of(run_on["first"]), *self._plain_words_of(run_on["rest"]))
        return self._one(without)

    def _one(self, word: str) -> tuple[str, ...]:
        for candidate in _shorter_forms(word):
            if candidate in self._plain:
                return self._plain[candidate]
            if candidate in self._known:
                return (candidate,)
            if candidate.endswith("in") and candidate + "g" in self._known:
                return (candidate + "g",)
        if len(_shorter_forms(word)[-1]) > _LONGEST_MENDED:
            return (word,)
        for candidate in _undoubled(word) if word not in self._real else ():
            if candidate in self._plain or candidate in self._known:
                return self._plain.get(candidate, (candidate,))
        if (swapped := self._swapped(word)) != (word,):
            return swapped
        pair = self._shorthand.pair(word) if word not in self._real else ()
        if pair:
            return tuple(plain for part in pair for plain in self._plain.get(part, (part,)))
        word = _shorter_forms(word)[-1] if _DRAWN_OUT.search(word) else word
        near = self._other_spelling.mend(word)
        if near != word:
            return self._plain.get(near, (near,))
        swapped = self._swapped(self._spelling.mend(word))
        return swapped if self._has_meaning(swapped) else self._guessed(word)

    def _has_meaning(self, words: tuple[str, ...]) -> bool:
        return len(words) > 1 or words[0] in self._known or words[0] in self._real

    def _guessed(self, word: str) -> tuple[str, ...]:
        """A word in no list at all: its vowels left out, or several words in one."""
        whole = self._shorthand.vowels_back(word)
        pieces = (whole,) if whole != word else self._shorthand.apart(word)
        return tuple(plain for piece in pieces for plain in self._plain.get(piece, (piece,)))

    def _swapped(self, word: str) -> tuple[str, ...]:
        """A word that nobody knows, with two neighbouring letters put right: "nto", "wotn", "bule"."""
        if len(word) < _SHORTEST_SWAPPED or word in self._known or word in self._real:
            return (word,)
        swaps = [word[:place] + word[place + 1] + word[place] + word[place + 2 :] for place in range(len(word) - 1)]
        right = sorted({swap for swap in swaps if swap in self._known})
        return self._plain.get(right[0], (right[0],)) if len(right) == 1 else (word,)

    def _with_joined(self, words: Sequence[Word]) -> list[Word]:
        joined: list[Word] = []
        for word in words:
            last = joined[-1] if joined else None
            whole = self._joined.get((last.plain, word.plain)) if last and word.before is Break.NOTHING else None
            if last and whole:
                joined[-1] = Word(whole, last.start, word.end, last.before)
            else:
                joined.append(word)
        return joined

    def _with_not(self, words: Sequence[Word]) -> list[Word]:
        """Scots "no" is "not" beside a verb: "he's no wakin", "no breathin"; but "no, he's breathing" stays "no"."""
        plain = [word.plain for word in words]
        result = list(words)
        for place, word in enumerate(words):
            if word.plain != "no":
                continue
            after = words[place + 1] if place + 1 < len(words) else None
            follows = after is not None and after.before is Break.NOTHING
            leads = place > 0 and word.before is Break.NOTHING and plain[place - 1] in self._not_after
            verb = follows and after is not None and self._is_denied(after.plain)
            ends = place > 0 and after is None and plain[place - 1] in self._not_at_end_after
            if ends or (leads and follows and after is not None and after.plain not in self._never_before) or verb:
                result[place] = Word("not", word.start, word.end, word.before)
        return result

    def _is_denied(self, word: str) -> bool:
        return word in self._not_before or (word.endswith("ing") and word not in self._never_before)


def spellings_in(settings: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """From each spelling of `normal.yml` to its plain words."""
    return {spelling: tuple(plain.split()) for plain, spellings in settings["words"].items() for spelling in spellings}


def real_words_in(file: Path) -> frozenset[str]:
    """The words of `real_words.txt`: one a line, "#" for remarks; none if the file isn't there."""
    if not file.is_file():
        return frozenset()
    lines = file.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _break_of(sign: str, folded: str, place: int) -> Break:
    if sign == "." and (folded[place + 1 : place + 2] == "." or folded[place - 1 : place] == "."):
        return Break.PAUSE
    if sign in "!?" and sign in (folded[place + 1 : place + 2], folded[place - 1 : place]):
        return Break.PAUSE  # "he's!! not?? breathing": marks struck in fright end no sentence
    if sign in _STOPS:
        return Break.STOP
    return Break.PAUSE if sign in ",:\n()-\u2013\u2014\u2026" else Break.NOTHING


def _undoubled(word: str) -> list[str]:
    """The word with one of its doubled letters single, then with all of them: "hee", "nnoose"; "nnoott"."""
    pairs = [pair.start() for pair in _DOUBLED.finditer(word)]
    return [*(word[:place] + word[place + 1 :] for place in pairs), _DOUBLED.sub(r"\1", word)] if pairs else []


def _shorter_forms(word: str) -> list[str]:
    """The word, then with drawn-out letters cut to two, then to one: "heeeelp", "heelp", "help"."""
    forms = [word, _DRAWN_OUT.sub(r"\1\1", word), _DRAWN_OUT.sub(r"\1", word)]
    return list(dict.fromkeys(forms))
