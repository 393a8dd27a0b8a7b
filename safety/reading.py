"""Reads danger in one message."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from safety.answers import SAFETY_DATA, AnswerReader, read_settings
from safety.contexts import PREFIX, Situations
from safety.grammar import Grammar
from safety.levels import Kind, Level
from safety.normal import Normaliser, Word, real_words_in, spellings_in
from safety.patterns import Found, PatternBook
from safety.rules import NOTHING, Concept, Rules, Said, Verdict, Weight
from safety.second_reader import SecondReader, Suggestion, with_marks

_IDIOM = "idiom:"
_LIKELY = "likely:"
_TOO_FEW_TO_ASK = 4
_SHORT = 10
_ROOM_FOR_A_STORY = 20
_LONG = 150
"""Words that surely fit into what the sentence encoder reads."""
_LITTLE_ELSE = 2
_FAINTING = (Weight.CHECK, Weight.EMERGENCY)
"""What a single sign may weigh that words beside it take back wholly; an urgent one is often told of the past."""


@dataclass(frozen=True)
class Span:
    """A stretch of the original text, `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True)
class Reading:
    """What a message says of danger.

    `check`: the words don't settle it, ask "is anyone in danger right now?". With `Level.NONE` it may be danger; with
    `Level.URGENT` it may be an emergency; never with an emergency.
    `spans` are the words that led there, in order; `concepts` names what they mean.
    """

    level: Level
    check: bool = False
    kinds: tuple[Kind, ...] = ()
    spans: tuple[Span, ...] = ()
    concepts: tuple[str, ...] = ()


class SafetyReader:
    """The rules of `data/safety`, loaded once. Reading is pure: no files, no clock, no network."""

    def __init__(
        self,
        normaliser: Normaliser,
        book: PatternBook,
        grammar: Grammar,
        rules: Rules,
        concepts: Mapping[str, Concept],
        questions: Mapping[str, Any],
        answers: AnswerReader,
        common: Collection[str],
        second: SecondReader | None = None,
    ) -> None:
        self._normaliser = normaliser
        self._second = second
        self._book = book
        self._grammar = grammar
        self._rules = rules
        self._concepts = concepts
        self._questions = questions
        self._answers = answers
        self._common = frozenset(common)

    @classmethod
    def load(cls, folder: Path | None = None, *, second_reader: bool = True) -> SafetyReader:
        """Read the rules in `folder` (default `data/safety`), and the second reader if its encoder is there.

        Raises `PatternError` or `RuleError` on a wrong rule.
        """
        folder = folder or SAFETY_DATA
        contexts, rules = read_settings(folder / "contexts.yml"), read_settings(folder / "rules.yml")
        wordings: dict[str, list[str]] = {
            PREFIX + name: lines for name, lines in contexts.items() if name not in Grammar.names()
        }
        wordings |= {_IDIOM + group: lines for group, lines in read_settings(folder / "idioms.yml").items()}
        concepts: dict[str, Concept] = {}
        for file in sorted((folder / "concepts").glob("*.yml")):
            group = read_settings(file)
            for name, entry in group["concepts"].items():
                concepts[name] = Concept.read(name, group["kind"], entry)
                wordings[name] = entry["words"]
                wordings[_LIKELY + name] = entry.get("likely", [])
        classes, normal = read_settings(folder / "classes.yml"), read_settings(folder / "normal.yml")
        spellings = spellings_in(normal)
        answers = AnswerReader(read_settings(folder / "answers.yml"), classes, spellings)
        book = PatternBook(wordings, classes, spellings)
        normaliser = Normaliser(normal, book.words | answers.words, real_words_in(folder / "real_words.txt"))
        return cls(
            normaliser,
            book,
            Grammar.read(contexts),
            Rules(rules, concepts),
            concepts,
            rules["questions"],
            answers,
            classes["common"],
            SecondReader.load(folder / "second_reader") if second_reader else None,
        )

    def read(self, text: str, *, question: str | None = None) -> Reading:
        """The danger in `text`, read as the answer to the open safety `question` if there is one. Never raises."""
        words = self._normaliser.words(text)
        found = self._book.find(words)
        said, reassured = self._said(words, found)
        verdicts = self._verdicts(text, words, said, reassured)
        if self._second is None or not words:
            reading = _reading(verdicts[0], words)
        else:
            reading = self._of_both(self._second, text, words, found, said, verdicts)
        return self._with_answer(reading, words, question, len(text)) if question else reading

    def states(self, text: str) -> list[str]:
        """What the rules find in `text`: states and situations by name, with "now " those taken to be there, and
        last how dangerous that is "in full" and "surely"."""
        words = self._normaliser.words(text)
        found = self._book.find(words)
        said, reassured = self._said(words, found)
        return _states(found, said, *self._verdicts(text, words, said, reassured))

    def words(self, text: str) -> list[Word]:
        """The plain words of `text`, as the rules see them."""
        return self._normaliser.words(text)

    def _verdicts(
        self, text: str, words: Sequence[Word], said: Sequence[Said], reassured: bool
    ) -> tuple[Verdict, Verdict]:
        """What was said in full, and what of it is sure.

        A single sign in a question that ends the message and cries no alarm ("what colour do they go, blue?") is
        one strength weaker: sure becomes likely, and likely nothing. An emergency that somebody is in, told in a
        sentence of its own and in the present tense, keeps its strength ("His lips are blue. Do you have a group?").
        So is an emergency in a message that has room for a story, and a single sign of one among fewer words that cry
        no alarm. A single sign that is likely at most is nothing where another time or a tale is told.
        """
        in_full, surely = self._rules.decide(said, reassured), self._rules.decide_surely(said, reassured)
        if (
            in_full.signs == 1
            and in_full.weight in _FAINTING
            and surely.weight is Weight.NONE
            and all(item.faint for item in said if item.found in in_full.reasons)
        ):
            return NOTHING, NOTHING
        if in_full.signs == 1 and text.rstrip().endswith("?") and not self._grammar.cries(words):
            told = in_full.weight is Weight.EMERGENCY and any(
                self._grammar.tells_of_now(words, item.start) for item in in_full.reasons
            )
            if not told:
                return (NOTHING, NOTHING) if surely.weight is Weight.NONE else (in_full, NOTHING)
        return in_full, NOTHING if self._may_be_a_story(surely, words) else surely

    def _may_be_a_story(self, surely: Verdict, words: Sequence[Word]) -> bool:
        """Whether an emergency stands among so many words that they may take it back in a way the rules don't hear.

        One sign does among fewer words, if none of them cries alarm or says "now". Only in messages that the second
        reader reads to their end: there it is heard as well.
        """
        if surely.weight is not Weight.EMERGENCY or not _SHORT < len(words) < _LONG:
            return False
        return len(words) > _ROOM_FOR_A_STORY or (surely.signs == 1 and not self._grammar.presses(words))

    def _of_both(
        self,
        second: SecondReader,
        text: str,
        words: Sequence[Word],
        found: Sequence[Found],
        said: Sequence[Said],
        verdicts: tuple[Verdict, Verdict],
    ) -> Reading:
        """What the two readers say together: only sure words of the rules stand by themselves.

        What is likely is asked about, and counts in full when the second reader, which weighs it too, sees as much
        danger. The second reader may raise what the rules say, and never lowers it. That it would rather ask about a
        few words ("him", "and one more thing"), in which the rules find nothing, is no reason to.
        """
        in_full, surely = verdicts
        if surely.weight is Weight.EMERGENCY:
            return _reading(surely, words)
        suggestion = second.read(with_marks(text, words), _states(found, said, in_full, surely))
        if suggestion.weight is Weight.CHECK and len(words) <= _TOO_FEW_TO_ASK and not found:
            suggestion = replace(suggestion, weight=Weight.NONE)
        asked = surely.weight is Weight.NONE and in_full.weight is not Weight.NONE
        reading = _reading(replace(in_full, weight=Weight.CHECK) if asked else surely, words)
        return _with_second(reading, in_full.kinds, suggestion, words)

    def _said(self, words: Sequence[Word], found: Sequence[Found]) -> tuple[list[Said], bool]:
        situations = Situations(words, [item for item in found if item.name.startswith(PREFIX)], self._grammar)
        idioms = [item for item in found if item.name.startswith(_IDIOM)]
        said: list[Said] = []
        for wording in found:
            item = replace(wording, name=wording.name.removeprefix(_LIKELY))
            if item.name not in self._concepts or self._is_figure_of_speech(item, idioms, words):
                continue
            if self._concepts[item.name].alone and len(words) - (item.end - item.start) > _LITTLE_ELSE:
                continue
            weight = self._rules.shifted(self._concepts[item.name], situations.of(item))
            if weight is not None:
                sure = item.name == wording.name and not situations.doubtful(item)
                said.append(Said(item, weight, sure, self._is_faint(item, sure, situations)))
        return said, situations.reassured()

    def _is_faint(self, item: Found, sure: bool, situations: Situations) -> bool:
        return not sure and not self._rules.lasts(self._concepts[item.name]) and situations.faint(item)

    def _is_figure_of_speech(self, item: Found, idioms: Sequence[Found], words: Sequence[Word]) -> bool:
        """Whether every telling word of `item` belongs to an idiom."""
        places = range(item.start, item.end)
        telling = [place for place in places if words[place].plain not in self._common] or list(places)
        meant = {_IDIOM + "any", _IDIOM + self._concepts[item.name].group}
        return any(idiom.name in meant and idiom.start <= telling[0] and telling[-1] < idiom.end for idiom in idioms)

    def _with_answer(self, reading: Reading, words: Sequence[Word], question: str, length: int) -> Reading:
        means = self._questions.get(question, {})
        answer = self._answers.read(words, question)
        if means.get(answer.value) != Level.EMERGENCY.value:
            return reading
        kinds = [kind for kind in Kind if kind.value in means["kinds"] or kind in reading.kinds]
        spans = reading.spans or ((Span(0, length),) if length else ())
        return Reading(Level.EMERGENCY, False, tuple(kinds), spans, (*reading.concepts, f"{question}:{answer.value}"))


def _states(found: Sequence[Found], said: Sequence[Said], in_full: Verdict, surely: Verdict) -> list[str]:
    return [
        *(item.name for item in found),
        *(f"now {item.found.name}" for item in said),
        f"in full {in_full.weight.name.lower()}",
        f"surely {surely.weight.name.lower()}",
    ]


def _with_second(reading: Reading, likely: Collection[Kind], suggestion: Suggestion, words: Sequence[Word]) -> Reading:
    """`reading` raised to what the second reader suggests, or as it is; `likely` are the kinds that the rules saw."""
    rules = Weight.CHECK if reading.check else Weight[reading.level.name]
    weight = max(rules, suggestion.weight)
    asked = weight is Weight.CHECK or (weight is Weight.URGENT and suggestion.doubt)
    if weight is rules and asked is reading.check:
        return reading
    level = weight.level
    named = {suggestion.kind, *reading.kinds, *likely} if level is not Level.NONE else set()
    kinds = tuple(kind for kind in Kind if kind in named)
    spans = reading.spans or (Span(words[0].start, words[-1].end),)
    return Reading(level, asked, kinds, spans, (*reading.concepts, "second_reader"))


def _reading(verdict: Verdict, words: Sequence[Word]) -> Reading:
    level = verdict.weight.level
    kinds = tuple(kind for kind in Kind if kind in verdict.kinds and level is not Level.NONE)
    spans = dict.fromkeys(Span(words[item.start].start, words[item.end - 1].end) for item in verdict.reasons)
    names = dict.fromkeys(item.name for item in verdict.reasons)
    return Reading(level, verdict.weight is Weight.CHECK, kinds, tuple(spans), tuple(names))
