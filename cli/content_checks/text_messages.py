"""What goes out by text message: short, in plain characters, and not answered by the carrier."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cli.content_checks.house_style import unquoted
from cli.content_checks.problem import Problem
from cli.content_checks.writing_out import WrittenOut
from voice.segments import measure, outside_gsm7

MOST_SEGMENTS = 2
MOST_SEGMENTS_IN_AN_EMERGENCY = 1

_SENTENCE = re.compile(r"[^.?!\n]+[.?!]?")
_SPELLED_CHOICE = re.compile(r"\b(?:[Rr]eply|[Tt]ext|[Ww]rite|[Aa]nswer|[Ss]end)\b[^.?\n]*?\b(?:[A-Z]+|\d)\b")


def check_text_messages(written: Sequence[WrittenOut], style: Mapping[str, Any]) -> Iterator[Problem]:
    """Characters outside GSM-7, too many segments, and questions that a carrier would answer by itself."""
    reserved = [str(word) for word in style.get("reserved") or ()]
    openings = {str(word).lower() for word in style.get("yes_no_openings") or ()}
    for said in written:
        if said.channel != "sms":
            continue
        yield from _length(said)
        if "?" in unquoted(said.text) or said.block.asks:
            yield from _reserved_answers(said, reserved, openings)


def _length(said: WrittenOut) -> Iterator[Problem]:
    block = said.block
    strange = outside_gsm7(said.text)
    if strange:
        named = " ".join(f"{character} (U+{ord(character):04X})" for character in strange)
        yield Problem(block.file, block.name, f"a text message can't carry {named}; write it with plain characters")
        return
    length = measure(said.text)
    most = MOST_SEGMENTS_IN_AN_EMERGENCY if block.emergency else MOST_SEGMENTS
    if length.segments > most:
        letters = 160 if most == 1 else 306
        yield Problem(
            block.file,
            block.name,
            f"is {length.units} letters as a text message, {length.units - letters} too many; "
            f"shorten it, or give it its own 'sms:' text",
        )


def _reserved_answers(said: WrittenOut, reserved: Sequence[str], openings: set[str]) -> Iterator[Problem]:
    block = said.block
    for word in reserved:
        if re.search(rf"(?<![\w'-]){re.escape(word)}(?![\w'-])", said.text):
            yield Problem(
                block.file,
                block.name,
                f"asks for the word {word}, which phone networks keep for themselves; ask for OK, NO or another word",
            )
    if _is_yes_no_question(unquoted(said.text), openings) and not _SPELLED_CHOICE.search(said.text):
        yield Problem(
            block.file,
            block.name,
            "will be answered YES, which phone networks keep for themselves; add to its 'sms:' text: Reply OK or NO",
        )


def _is_yes_no_question(text: str, openings: set[str]) -> bool:
    for sentence in _SENTENCE.findall(text):
        words = re.findall(r"[\w']+", sentence.lower())
        while words and words[0] in ("and", "or", "so", "but", "just", "now"):
            words.pop(0)
        if sentence.endswith("?") and words and words[0] in openings:
            return True
    return False
