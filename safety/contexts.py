"""When, whose, asked or told: what takes the present danger out of words that speak of danger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from safety.grammar import Grammar
from safety.normal import Break, Word
from safety.patterns import Found

PREFIX = "context:"
_MAY_BE_PART = ("later", "story", "grief", "habit", "now", "resolved")
_NEGATION_REACH = 4
_QUESTION_REACH = 12
_STORY_NAMED_AFTER = 6
_FRAMES = {"long_ago": "past", "story": "story", "grief": "grief"}
"""What is told on over sentences, and the shift that it makes."""
_DOUBTS = (
    "over",
    "light",
    "picture",
    "staged",
    "long_ago",
    "past",
    "story",
    "grief",
    "about",
    "resolved",
    "seeks",
    "dated",
)
_MANY_DOUBTS = 2
_ALARM_REACH = 10
_OTHER_TIMES = ("over", "picture", "staged", "long_ago", "past", "story", "grief", "resolved", "dated")
_PERFECT = frozenset({"is", "has", "have"})


class Situations:
    """The situation of each thing found in one message."""

    def __init__(self, words: Sequence[Word], contexts: Sequence[Found], grammar: Grammar) -> None:
        self._words = words
        self._plain = [word.plain for word in words]
        self._grammar = grammar
        self._contexts: dict[str, list[Found]] = defaultdict(list)
        for context in contexts:
            self._contexts[context.name.removeprefix(PREFIX)].append(context)
        beside = self._contexts["beside_it"]
        self._contexts["story"] = [
            item for item in self._contexts["story"] if not any(_inside(item, it) for it in beside)
        ]
        self._sentences = list(_bounds(words, [word.before is Break.STOP for word in words]))
        turns = [word.before is Break.STOP or word.plain in grammar.turns for word in words]
        self._stretches = list(_bounds(words, turns))
        self._told_before = self._frames()
        self._doubted = any(self._contexts[name] for name in _DOUBTS) or self.reassured()

    def _frames(self) -> dict[int, frozenset[str]]:
        """For each sentence, by where it begins: what was being told when it began.

        "Two years ago my brother...": a past, a story or a mourning goes on over the sentences until one of them
        turns back to the present ("now", "tonight", "please help").
        """
        told: frozenset[str] = frozenset()
        before: dict[int, frozenset[str]] = {}
        for first, last in dict.fromkeys(self._sentences):
            before[first] = told
            opened = {
                shift
                for name, shift in _FRAMES.items()
                if any(first <= item.start < last for item in self._contexts[name])
            }
            told = frozenset() if self._turns_to_now(first, last) else told | opened
        return before

    def _turns_to_now(self, first: int, last: int) -> bool:
        here = self._plain[first:last]
        turns = [*self._contexts["now"], *self._contexts["moments"]]
        return any(first <= item.start < last for item in turns) or not self._grammar.alarm.isdisjoint(here)

    def doubtful(self, item: Found) -> bool:
        """Whether something in the message speaks against a present danger, and no word of alarm stands by `item`."""
        if not self._doubted:
            return False
        first, last = self._sentences[item.start]
        near = range(max(first, item.start - _ALARM_REACH), min(last, item.end + _ALARM_REACH))
        return not any(
            self._plain[place] in self._grammar.alarm or self._plain[place] in self._grammar.now_words for place in near
        )

    def faint(self, item: Found) -> bool:
        """Whether `item` belongs to another time or to a tale.

        No "now" stands in its sentence, no present tense by it, no "ten minutes ago" anywhere; and a year is named
        after it, or its clause has a verb of telling and the message another time, a tale or two kinds of doubt.
        """
        first, last = self._sentences[item.start]
        by_it = self._plain[max(0, item.start - 1) : item.end]
        here = self._contexts["moments"] or self._grammar.presses(self._words[first:last])
        if here or not (self._grammar.present | _PERFECT).isdisjoint(by_it):
            return False
        told = not self._grammar.telling.isdisjoint(self._plain[slice(*self._clause(item))])
        doubts = sum(bool(self._contexts[name]) for name in _DOUBTS)
        elsewhere = doubts >= _MANY_DOUBTS or any(self._contexts[name] for name in _OTHER_TIMES)
        return (told and elsewhere) or any(item.end <= context.start < last for context in self._contexts["year"])

    def _clause(self, item: Found) -> tuple[int, int]:
        first, last = item.start, item.end
        while first and self._words[first].before is Break.NOTHING:
            first -= 1
        while last < len(self._words) and self._words[last].before is Break.NOTHING:
            last += 1
        return first, last

    def of(self, item: Found) -> frozenset[str]:
        """The names of the shifts of `rules.yml` that apply to `item`: negated, past, about, ..."""
        shifts = self._asked(item) | self._told_to_its_end(item)
        if self._is_negated(item):
            shifts.add("negated")
        if not self._is_now(item):
            shifts |= self._elsewhere(item)
        return frozenset(shifts)

    def _told_to_its_end(self, item: Found) -> set[str]:
        """What is over by the words that come after it, or is only a tale or a part that is played."""
        shifts = set()
        if any(item.end <= context.start for context in self._contexts["over"]) or self._is_dated_after(item):
            shifts.add("over")
        if any(item.end <= context.start and not self._is_negated(context) for context in self._contexts["well_after"]):
            shifts.add("well_after")
        if self._is_pictured(item) or self._is_staged(item):
            shifts.add("over")
        return shifts

    def _is_dated_after(self, item: Found) -> bool:
        """A time long past that is a sentence of its own, or stands between marks in the sentence of `item`."""
        _, last = self._sentences[item.start]
        return any(
            item.end <= context.start
            and self._words[context.start].before is (Break.PAUSE if context.start < last else Break.STOP)
            and (context.end == len(self._words) or self._words[context.end].before is not Break.NOTHING)
            for context in self._contexts["over_alone"]
        )

    def _is_pictured(self, item: Found) -> bool:
        """A tale in the present tense that was opened before, with no turn back to now between."""
        return any(
            context.start <= item.start
            and context.start == self._sentences[context.start][0]
            and not self._turns_to_now(context.end, item.end)
            for context in self._contexts["picture"]
        )

    def _is_staged(self, item: Found) -> bool:
        """Read out or played in the same sentence, or in the one before where nothing cries for help."""
        first, last = self._sentences[item.start]
        before = self._sentences[first - 1][0] if first else first
        cries = not self._grammar.alarm.isdisjoint(self._plain[first:last])
        return any(
            first <= context.start < last or (before <= context.start < first and not cries)
            for context in self._contexts["staged"]
        )

    def reassured(self) -> bool:
        """Whether the message says that the body is well, and doesn't deny it."""
        return any(not self._is_negated(item) for item in self._contexts["reassured"])

    def _near(self, name: str, item: Found) -> list[Found]:
        """Contexts of this name; fears and habits only when they aren't part of the words found themselves."""
        contexts = self._contexts[name]
        return [context for context in contexts if not _inside(context, item)] if name in _MAY_BE_PART else contexts

    def _is_now(self, item: Found) -> bool:
        if not self._grammar.now_words.isdisjoint(self._plain[item.start : item.end]):
            return True
        first, last = self._sentences[item.start]
        if any(first <= context.start < last for context in self._contexts["moments"]):
            return True
        return any(
            first <= context.start <= item.start or item.end <= context.start <= min(item.end + 2, last - 1)
            for context in self._near("now", item)
        )

    def _is_negated(self, item: Found) -> bool:
        """A negator shortly before, in the same stretch, with no new subject and no "can't stop" between."""
        for place in range(item.start - 1, max(-1, item.start - 1 - _NEGATION_REACH), -1):
            word = self._plain[place]
            if self._words[place + 1].before is not Break.NOTHING or word in self._grammar.turns or word == "and":
                return False
            if word in self._grammar.negators:
                return self._denies(self._plain[place + 1], self._plain[place + 2 : item.start + 1])
        return False

    def _denies(self, next_word: str, then: Sequence[str]) -> bool:
        # "Oh no he's not breathing": a bare "no" before a new subject is a cry, and denies nothing.
        if next_word in self._grammar.breakers or next_word in self._grammar.subjects:
            return False
        return next_word in ("think", "that", "believe") or self._grammar.subjects.isdisjoint(then)

    def _elsewhere(self, item: Found) -> set[str]:
        """Another time, or somebody else's story."""
        present = self._is_present(item)
        shifts = set()
        if self._in_stretch("past", item) and not present:
            shifts.add("recent" if self._is_perfect(item) else "past")
        if self._in_stretch("recent", item) and not present and not self._has_just(item):
            shifts.add("recent")
        if self._in_stretch("habit", item) and not present:
            shifts.add("habit")
        if self._near("resolved", item) and not present:
            shifts.add("resolved")
        if self._in_story(item, present):
            shifts.add("story")
        if self._near("grief", item) and not present:
            shifts.add("grief")
        if self._was(item) and not self._is_fresh(item):
            shifts.add("past" if self._near("past", item) or self.reassured() else "was")
        if not present:
            shifts |= self._told_on(item)
        return shifts

    def _told_on(self, item: Found) -> frozenset[str]:
        """What was being told before this sentence, if the sentence tells on: it has a verb of telling, no alarm."""
        first, last = self._sentences[item.start]
        tells = not self._grammar.telling.isdisjoint(self._plain[first:last])
        return self._told_before[first] if tells and not self._turns_to_now(first, last) else frozenset()

    def _is_fresh(self, item: Found) -> bool:
        """ "I came home and he was blue", "help": said in this sentence or beside it, the past is a minute old."""
        first, last = self._sentences[item.start]
        before = self._sentences[first - 1][0] if first else first
        after = self._sentences[last][1] if last < len(self._words) else last
        return not self._grammar.fresh.isdisjoint(self._plain[before:after])

    def _in_stretch(self, name: str, item: Found) -> bool:
        first, last = self._stretches[item.start]
        return any(first <= context.start < last for context in self._near(name, item))

    def _is_present(self, item: Found) -> bool:
        """A present-tense "is" or "can't" in or right before the words found: "he is not breathing"."""
        for place in range(max(0, item.start - 1), item.end):
            if self._plain[place] in self._grammar.present:
                after = [word for word in self._plain[place + 1 : place + 3] if word != "not"]
                if not after or not (self._is_finished(after[0]) or self._is_whose(after)):
                    return True
        return False

    def _is_perfect(self, item: Found) -> bool:
        """ "She's taken", "I've swallowed": what was done and still holds, whatever time is named beside it."""
        return any(
            self._plain[place] in _PERFECT
            and place + 1 < len(self._plain)
            and self._is_finished(self._plain[place + 1])
            and self._words[place + 1].before is Break.NOTHING
            for place in range(max(0, item.start - 1), item.end)
        )

    def _is_finished(self, word: str) -> bool:
        return word in self._grammar.finished or word.endswith("ed")

    def _is_whose(self, after: Sequence[str]) -> bool:
        """ "My friend's nephew overdosed": no "is", but whose he is."""
        return after[0] not in self._grammar.negators and self._is_finished(after[-1])

    def _has_just(self, item: Found) -> bool:
        """ "Yesterday" says little about "he has collapsed"."""
        return item.start > 0 and self._plain[item.start - 1] in ("has", "have", "just")

    def _was(self, item: Found) -> bool:
        """The past tense: "was not breathing", "had collapsed"; but not the "had" of "he's had loads of pills"."""
        before = self._plain[max(0, item.start - 2) : item.start]
        return "had" in before or not self._grammar.past_tense.isdisjoint(
            [*before, *self._plain[item.start : item.end]]
        )

    def _asked(self, item: Found) -> set[str]:
        shifts = {
            name
            for name in ("about", "about_him", "later")
            if any(context.start < item.end and self._reaches(context, item) for context in self._near(name, item))
        }
        if self._asks_of_nobody(item):
            shifts.add("about")
        if self._asks_in_general(item):
            shifts.add("general")
        return shifts - {"about", "later"} if "about_him" in shifts else shifts

    def _asks_of_nobody(self, item: Found) -> bool:
        """ "How common are seizures?": a question, and no "he", "my" or "now" in it."""
        first, last = self._sentences[item.start]
        opens = self._plain[first] in self._grammar.question_words and first < item.start
        return opens and self._grammar.particular.isdisjoint(self._plain[first:last])

    def _asks_in_general(self, item: Found) -> bool:
        """ "Who do I phone in an overdose?": asked for oneself, of nobody who is lying there."""
        first, last = self._sentences[item.start]
        opens = not self._grammar.question_words.isdisjoint(self._plain[first : min(first + 3, item.start)])
        return opens and self._grammar.somebody.isdisjoint(self._plain[first:last])

    def _reaches(self, context: Found, item: Found) -> bool:
        """A question or fear reaches on until the sentence ends, another statement starts, or it grows long."""
        if item.start - context.end > _QUESTION_REACH:
            return False
        return not any(
            self._turns_at(place) or (place >= context.end and self._starts_anew(place))
            for place in range(context.start + 1, item.start + 1)
        )

    def _turns_at(self, place: int) -> bool:
        return self._words[place].before is Break.STOP or self._plain[place] in self._grammar.turns

    def _starts_anew(self, place: int) -> bool:
        if self._plain[place] not in self._grammar.subjects:
            return False
        return self._words[place].before is Break.PAUSE or self._plain[place - 1] not in self._grammar.joined_by

    def _in_story(self, item: Found, present: bool) -> bool:
        """A story told before the words in their own sentence or the last, or named right after ("... in a film").

        What a new subject says in the present tense is no longer the story.
        """
        first, last = self._stretches[item.start]
        told_from = self._sentences[first - 1][0] if first > 0 and self._words[first].before is Break.STOP else first
        for context in self._near("story", item):
            if first <= context.start <= item.start and (not present or self._reaches(context, item)):
                return True
            if told_from <= context.start < first and not present:
                return True
            between = self._plain[item.end : context.start]
            named_after = item.start < context.start < min(last, item.end + _STORY_NAMED_AFTER)
            if named_after and self._grammar.subjects.isdisjoint(between):
                return True
        return False


def _inside(context: Found, item: Found) -> bool:
    return item.start <= context.start and context.end <= item.end


def _bounds(words: Sequence[Word], starts: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """For each word, from where to where the part goes that it stands in; `starts` says where a part begins."""
    first = 0
    for place in range(1, len(words) + 1):
        if place == len(words) or starts[place]:
            for _ in range(first, place):
                yield first, place
            first = place
