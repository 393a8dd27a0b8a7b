"""What the coach does about a message: pure, so that it can be read and tested without any part behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from api.coach.flows import Flow, FlowBook, Place, Step, Then
from safety.answers import Answer
from safety.levels import Level
from safety.reading import Reading

ReadAnswer = Callable[..., Answer]
_MARKS = re.compile(r"[^\w\s']+")
WHERE = "where"
"""The question whose answer is a place and never yes or no."""
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
class Checked:
    """What was read in the message that a check question asked about."""

    kinds: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    urgent: bool = False
    """Whether it was urgent as it stood, and only asked about because it might be an emergency."""


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
    book: FlowBook, place: Place | None, heard: Heard, read_answer: ReadAnswer, checked: Checked = Checked()
) -> Move | None:
    """The coach's move, or None when the message is not for the coach.

    `place` is where the coach stands with this person (None: nowhere).
    """
    move = _decided(book, place, heard, read_answer, checked)
    return move and replace(move, said_for=_said_for(_spoken_of(book, heard), heard.audience))


def _decided(
    book: FlowBook, place: Place | None, heard: Heard, read_answer: ReadAnswer, checked: Checked
) -> Move | None:
    if place is None or not book.knows(place):
        return _begin(book, heard)
    flow = book.flows[place.flow]
    if flow.level == "emergency":
        return _emergency(book, flow, place, heard, read_answer)
    if flow.level == "urgent":
        return _urgent(book, place, heard, read_answer)
    if flow.level == "asked":
        return _asked(book, place, heard, read_answer)
    return _check(book, place, heard, read_answer, checked)


def first_line(book: FlowBook, heard: Heard) -> str:
    """The 999 line for this message, alone."""
    return book.step(_chosen(book, "emergency", heard)).content_ids[0]


def _begin(book: FlowBook, heard: Heard) -> Move | None:
    """A message out of the blue: the highest danger in it decides; what has to be asked is asked first."""
    if heard.reading.level is Level.NONE and not heard.reading.check:
        return None
    level = "check" if heard.reading.check else heard.reading.level.value
    return _at(book, _chosen(book, level, heard), raises=_if_emergency(heard.reading.level))


def _emergency(book: FlowBook, flow: Flow, place: Place, heard: Heard, read_answer: ReadAnswer) -> Move:
    """Every message is an answer and leads on; a different emergency begins its own steps."""
    step = book.step(place)
    raises = _if_emergency(heard.plain.level)
    answer = _answer(book, step, heard, read_answer)
    if raises and (answer == "other" or step.question != BREATHING):
        wanted = _chosen(book, "emergency", heard)
        if wanted.flow != flow.name and not _same_steps(book, flow, wanted):
            return _at(book, wanted, raises=raises)
        if step.danger is not None and answer == "other":
            return _at(book, step.danger, raises=raises)
    location = heard.text if step.question == WHERE and not raises else None
    return _at(book, step.answers[answer], raises=raises, location=location)


def _urgent(book: FlowBook, place: Place, heard: Heard, read_answer: ReadAnswer) -> Move:
    """An offer of a person is open: an answer is taken, a question goes to the assistant."""
    if heard.plain.level is Level.EMERGENCY:
        return _at(book, _chosen(book, "emergency", heard), raises=Level.EMERGENCY)
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


def _check(book: FlowBook, place: Place, heard: Heard, read_answer: ReadAnswer, checked: Checked) -> Move:
    """It was asked whether anyone is in danger: yes and don't know are danger, no lets the conversation go on."""
    if heard.plain.level is Level.EMERGENCY:
        return _at(book, _chosen(book, "emergency", heard, checked), raises=Level.EMERGENCY)
    step = book.step(place)
    answer = _answer(book, step, heard, read_answer)
    if answer == "other" and heard.reading.level is Level.EMERGENCY:
        return _at(book, _chosen(book, "emergency", heard, checked), raises=Level.EMERGENCY)
    if answer in ("no", "other") and heard.plain.level is Level.URGENT:
        return _at(book, _chosen(book, "urgent", heard))
    if answer == "other" and heard.plain.check and step.again is not None:
        return _at(book, step.again)
    then = book.step(step.answers[answer]).then
    if then is Then.EMERGENCY:
        return _at(book, _chosen(book, "emergency", heard, checked), raises=Level.EMERGENCY)
    if checked.urgent:
        return _at(book, _chosen(book, "urgent", heard, checked))
    return Move((), None, pass_on=PassOn.BOTH if answer == "other" else PassOn.CHECKED)


def _asked(book: FlowBook, place: Place, heard: Heard, read_answer: ReadAnswer) -> Move | None:
    """The assistant asked whether anyone is in danger: yes and don't know are danger, anything else is for it."""
    calm = heard.plain.level is Level.NONE and not heard.plain.check
    step = book.step(place)
    then = book.step(step.answers[_answer(book, step, heard, read_answer)]).then
    if calm and then is Then.EMERGENCY:
        return _at(book, _chosen(book, "emergency", heard), raises=Level.EMERGENCY)
    return _begin(book, replace(heard, reading=heard.plain))


def _said_for(of: frozenset[str], audience: str | None) -> str | None:
    """Whose words fit: those of the person themselves only where they speak of themselves, a relative's only where
    they speak of another. None are words for anybody."""
    if of == {"self"}:
        return "self"
    if of == {"other"}:
        return "worker" if audience == "worker" else "family"
    return audience if audience == "worker" or (audience == "self" and not of) else None


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


def _chosen(book: FlowBook, level: str, heard: Heard, checked: Checked = Checked()) -> Place:
    return book.choose(
        level,
        kinds=[*_names(heard.reading.kinds), *checked.kinds],
        concepts=[*heard.reading.concepts, *checked.concepts],
        audience=heard.audience,
        of=_spoken_of(book, heard),
    )


def _spoken_of(book: FlowBook, heard: Heard) -> frozenset[str]:
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
