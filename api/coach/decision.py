"""What the coach does about a message: pure, so that it can be read and tested without any part behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from api.coach.flows import Flow, FlowBook, Place, Said, Step, Then
from api.coach.plain import NOT_BREATHING
from safety.answers import Answer
from safety.levels import Level
from safety.reading import Reading

ReadAnswer = Callable[..., Answer]
_MARKS = re.compile(r"[^\w\s']+")
WHERE = "where"
"""The question whose answer is a place and never yes or no."""
CONFIRMED = "confirmed"
"""The steps after a yes to "is anyone in danger right now?"."""
BREATHING = "breathing"
"""The question whose plain answer, good or bad, always leads on in the steps that asked it."""


class PassOn(Enum):
    """Which of the person's words go on to the assistant."""

    NOTHING = "nothing"
    THIS = "this"
    CHECKED = "checked"
    BOTH = "both"


@dataclass(frozen=True)
class Heard:
    """A message as the coach needs it. `plain` was read without regard to the question that is open."""

    text: str
    reading: Reading
    plain: Reading
    audience: str | None = None


@dataclass(frozen=True)
class AskedAbout:
    """The message that the coach's open question asks about, as it was read: an answer is heard together with it."""

    text: str = ""
    kinds: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    span_ends: tuple[int, ...] = ()
    urgent: bool = False
    """Whether it was urgent as it stood, and only asked about because it might be an emergency."""

    @classmethod
    def of(cls, text: str, kept: Mapping[str, Any] | None) -> AskedAbout:
        """From a stored message and the safety reading that is kept with it."""
        kept = kept or {}
        return cls(
            text,
            tuple(kept.get("kinds", ())),
            tuple(kept.get("concepts", ())),
            tuple(end for _, end in kept.get("spans", ())),
            kept.get("level") == Level.URGENT.value,
        )


NOTHING = AskedAbout()


@dataclass(frozen=True)
class Move:
    """What the coach says, where the conversation then stands, and what else has to happen."""

    content_ids: tuple[str, ...]
    place: Place | None
    raises: Level | None = None
    location: str | None = None
    pass_on: PassOn = PassOn.NOTHING
    said_for: str | None = None
    """The audience whose words it is said in: a mother who speaks of her own death is not told how to ask her son."""


def decide(
    book: FlowBook, place: Place | None, heard: Heard, read_answer: ReadAnswer, asked: AskedAbout = NOTHING
) -> Move | None:
    """The coach's move, or None when the message is not for the coach.

    `place` is where the coach stands with this person (None: nowhere).
    """
    if book.plain.is_from_worker(heard.text) or book.plain.is_from_worker(asked.text):
        heard = replace(heard, audience="worker")
    move = _decided(book, place, heard, read_answer, asked)
    return move and replace(move, said_for=_said_for(_spoken_of(book, heard, asked), heard.audience))


def _decided(
    book: FlowBook, place: Place | None, heard: Heard, read_answer: ReadAnswer, asked: AskedAbout
) -> Move | None:
    if place is None or not book.knows(place):
        return _begin(book, heard)
    flow = book.flows[place.flow]
    if flow.level == "emergency":
        return _emergency(book, flow, place, heard, read_answer, asked)
    if flow.level == "urgent":
        return _urgent(book, place, heard, read_answer)
    if flow.level == "asked":
        return _asked(book, place, heard, read_answer)
    return _check(book, place, heard, read_answer, asked)


def first_line(book: FlowBook, heard: Heard) -> str:
    """The 999 line for this message, alone."""
    return book.step(_chosen(book, "emergency", heard)).content_ids[0]


def _begin(book: FlowBook, heard: Heard) -> Move | None:
    """A message out of the blue: the highest danger in it decides; what has to be asked is asked first."""
    if heard.reading.level is Level.NONE and not heard.reading.check:
        return None
    level = "check" if heard.reading.check else heard.reading.level.value
    return _led(book, _chosen(book, level, heard), heard, raises=_if_emergency(heard.reading.level))


def _emergency(
    book: FlowBook, flow: Flow, place: Place, heard: Heard, read_answer: ReadAnswer, asked: AskedAbout
) -> Move:
    """Every message is an answer and leads on; a different emergency begins its own steps, if the rules hear it.

    What only the second reader suspects ("am phoning them noo") turns nobody away from what they are doing.
    """
    step = book.step(place)
    raises = _if_emergency(heard.plain.level)
    answer = _answer(book, step, heard, read_answer)
    if answer == "other" and step.question == BREATHING and _together(book, heard, asked) == NOT_BREATHING:
        answer = "no"
    heard_by_rules = set(heard.plain.concepts) != {"second_reader"}
    if raises and heard_by_rules and (answer == "other" or step.question != BREATHING):
        wanted = _chosen(book, "emergency", heard)
        if wanted.flow != flow.name and not _same_steps(book, flow, wanted):
            return _led(book, wanted, heard, raises=raises)
        if step.danger is not None and answer == "other":
            return _led(book, step.danger, heard, raises=raises)
    location = heard.text if step.question == WHERE and not raises else None
    return _led(book, step.answers[answer], heard, raises=raises, location=location)


def _urgent(book: FlowBook, place: Place, heard: Heard, read_answer: ReadAnswer) -> Move:
    """An offer of a person is open: an answer is taken, a question goes to the assistant."""
    if heard.plain.level is Level.EMERGENCY:
        return _led(book, _chosen(book, "emergency", heard), heard, raises=Level.EMERGENCY)
    step = book.step(place)
    answer = _answer(book, step, heard, read_answer)
    # "I don't want to be here" holds a no, and is no answer to the offer.
    calm = heard.plain.level is Level.NONE and not heard.plain.check
    if answer == "yes" or (answer != "other" and calm):
        return _at(book, step.answers[answer])
    if heard.plain.check:
        return _at(book, _chosen(book, "check", heard))
    if heard.plain.level is Level.URGENT:
        wanted = _chosen(book, "urgent", heard)
        return _at(book, step.answers["other"] if wanted.flow == place.flow else wanted)
    return Move((), None, pass_on=PassOn.THIS)


def _check(book: FlowBook, place: Place, heard: Heard, read_answer: ReadAnswer, asked: AskedAbout) -> Move:
    """It was asked whether anyone is in danger: yes and don't know are danger, no lets the conversation go on."""
    step = book.step(place)
    answer = _answer(book, step, heard, read_answer)
    if heard.plain.level is Level.EMERGENCY or (answer == "other" and heard.reading.level is Level.EMERGENCY):
        return _led(book, _chosen(book, "emergency", heard, asked), heard, asked, raises=Level.EMERGENCY)
    if answer in ("no", "other") and heard.plain.level is Level.URGENT:
        return _at(book, _chosen(book, "urgent", heard))
    if answer == "other" and heard.plain.check and step.again is not None:
        return _at(book, step.again)
    then = book.step(step.answers[answer]).then
    if then is Then.EMERGENCY:
        return _led(book, _chosen(book, CONFIRMED, heard, asked), heard, asked, raises=Level.EMERGENCY)
    if asked.urgent:
        return _at(book, _chosen(book, "urgent", heard, asked))
    return Move((), None, pass_on=PassOn.BOTH if answer == "other" else PassOn.CHECKED)


def _asked(book: FlowBook, place: Place, heard: Heard, read_answer: ReadAnswer) -> Move | None:
    """The assistant asked whether anyone is in danger: yes and don't know are danger, anything else is for it."""
    calm = heard.plain.level is Level.NONE and not heard.plain.check
    step = book.step(place)
    then = book.step(step.answers[_answer(book, step, heard, read_answer)]).then
    if calm and then is Then.EMERGENCY:
        return _led(book, _chosen(book, "emergency", heard), heard, raises=Level.EMERGENCY)
    return _begin(book, replace(heard, reading=heard.plain))


def _said_for(of: frozenset[str], audience: str | None) -> str | None:
    """Whose words fit: those of the person themselves only where they speak of themselves, a relative's only where
    they speak of another. None are words for anybody."""
    if of == {"self"}:
        return "self"
    if of == {"other"}:
        return "worker" if audience == "worker" else "family"
    return audience if audience == "worker" or (audience == "self" and not of) else None


def _led(
    book: FlowBook,
    place: Place,
    heard: Heard,
    asked: AskedAbout = NOTHING,
    *,
    raises: Level | None = None,
    location: str | None = None,
) -> Move:
    """To `place`, or past it to where those begin who have plainly said what it asks."""
    told = _told(book, heard) or book.plain.told(asked.text, asked.concepts)
    return _at(book, book.step(place).told.get(told or "", place), raises=raises, location=location)


def _told(book: FlowBook, heard: Heard) -> str | None:
    emergency = heard.plain.level is Level.EMERGENCY
    return book.plain.told(heard.text, heard.plain.concepts) if emergency else None


def _together(book: FlowBook, heard: Heard, asked: AskedAbout) -> str | None:
    """What two messages say plainly that neither says alone: "he's blue", and "he'll no wake up"."""
    return book.plain.told(f"{asked.text}\n{heard.text}", [*asked.concepts, *heard.plain.concepts])


def _at(book: FlowBook, place: Place, *, raises: Level | None = None, location: str | None = None) -> Move:
    step = book.step(place)
    if step.then is Then.HANDOFF:
        raises = Level.URGENT
    return Move(step.content_ids, None if step.is_last else place, raises=raises, location=location)


def _answer(book: FlowBook, step: Step, heard: Heard, read_answer: ReadAnswer) -> str:
    """`yes`, `no`, `unsure` or `other`. The words that stand in the step come first."""
    whole = " ".join(_MARKS.sub(" ", heard.text.lower()).split())
    if whole in step.words:
        return step.words[whole]
    if step.question == WHERE:
        return "other"
    answer = str(read_answer(heard.text, question=step.question).value)
    # "Yes, but her lips are blue" must not be taken as good news.
    if answer == "yes" and not book.not_reassuring.isdisjoint(heard.plain.concepts):
        return "unsure"
    return answer


def _chosen(book: FlowBook, level: str, heard: Heard, asked: AskedAbout = NOTHING) -> Place:
    reading = heard.plain if level == CONFIRMED else heard.reading
    said = Said(
        kinds=[*_names(reading.kinds), *asked.kinds],
        concepts=[*reading.concepts, *asked.concepts],
        audience=heard.audience,
        of=_spoken_of(book, heard, asked),
        names_others=book.names_others(heard.text) or book.names_others(asked.text),
    )
    return book.choose(level, said)


def _spoken_of(book: FlowBook, heard: Heard, asked: AskedAbout) -> frozenset[str]:
    """Of whom: the words that speak of danger tell first, then those that were asked about: "aye I think so" is about
    whoever was meant there."""
    own = book.spoken_of(heard.text, [span.end for span in heard.plain.spans])
    if own or asked is not NOTHING:
        return own or book.spoken_of(asked.text, asked.span_ends)
    return book.spoken_of(heard.text, [span.end for span in heard.reading.spans])


def _names(kinds: Sequence[object]) -> list[str]:
    return [str(getattr(kind, "value", kind)) for kind in kinds]


def _if_emergency(level: Level) -> Level | None:
    return Level.EMERGENCY if level is Level.EMERGENCY else None


def _same_steps(book: FlowBook, flow: Flow, wanted: Place) -> bool:
    """Whether the wanted flow leads into the steps that the person is in already."""
    return any(
        place.flow == flow.name for step in book.flows[wanted.flow].steps.values() for place in step.answers.values()
    )
