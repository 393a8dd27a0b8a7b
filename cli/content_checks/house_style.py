"""Plain words, kind words, one question, no promise that can't be kept; no number that could grow old in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import textstat

from cli.content_checks.problem import Problem
from cli.content_checks.writing_out import WrittenOut
from reference.services import ServiceDirectory
from voice import Block, Library

# A school grade plus five is the age of the child who is in it (grade 6: eleven-year-olds).
_GRADE_TO_AGE = 5
_PLAIN_WORD = "thing"

_TEMPLATE_PARTS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w+])\+?\d[\d ()-]*\d(?!\w)")
_WEB_ADDRESS = re.compile(
    r"(?:https?://)?\b(?:[a-z0-9-]+\.)+(?:org|uk|com|scot|net|gov)\b(?:/[^\s,;)]*)?", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.?!]+(?=\s|$)")
_QUOTED = re.compile(r'"[^"\n]*"')
_ENDINGS = r"(?:s|es|d|ed|r|rs|ing|'s|s')?"


def check_style(library: Library, written: Sequence[WrittenOut], directory: ServiceDirectory) -> Iterator[Problem]:
    """Wording that hurts, promises too much, asks twice, shouts, reads hard, or holds facts that change."""
    style = library.style
    for block in library:
        authored = _authored(block)
        yield from _hurting_words(block, authored, style)
        yield from _absolute_secrecy(block, authored, style)
        yield from _facts_written_out(block, authored, style, directory)
        if "!" in authored:
            yield Problem(block.file, block.name, "has an exclamation mark; say it with a full stop")
    for said in {(said.block.id, said.text): said for said in written if not said.block.interface}.values():
        yield from _questions(said)
        yield from _reading_age(said, style)


def _authored(block: Block) -> str:
    """Every word that the author wrote, in all variants and branches, without the template's own signs."""
    return " \n ".join([*(_TEMPLATE_PARTS.sub(" ", text) for text in block.says.values()), *block.quick_replies])


def _hurting_words(block: Block, authored: str, style: Mapping[str, Any]) -> Iterator[Problem]:
    for phrase in style.get("stigmatising_except") or ():
        authored = re.sub(rf"\b{re.escape(str(phrase))}\b", " ", authored)
    for word, instead in (style.get("stigmatising") or {}).items():
        found = re.search(rf"(?<![\w-]){re.escape(str(word))}{_ENDINGS}(?![\w-])", authored, re.IGNORECASE)
        if found:
            yield Problem(block.file, block.name, f"says '{found[0]}', a word that hurts; write: {instead}")


def _absolute_secrecy(block: Block, authored: str, style: Mapping[str, Any]) -> Iterator[Problem]:
    for pattern in style.get("absolute_secrecy") or ():
        found = re.search(str(pattern), " ".join(authored.split()), re.IGNORECASE)
        if found:
            yield Problem(
                block.file,
                block.name,
                f"promises absolute secrecy ('{found[0]}'); say that we keep it private, and when we may have to tell",
            )


def _facts_written_out(
    block: Block, authored: str, style: Mapping[str, Any], directory: ServiceDirectory
) -> Iterator[Problem]:
    known = {str(number) for number in style.get("known_numbers") or ()}
    listed = {contact for service in directory for contact in (service.phone, service.text) if contact} - known
    for found in _NUMBER.findall(authored):
        digits = re.sub(r"\D", "", found)
        if found.strip() in listed or len(digits) > 4:
            yield Problem(
                block.file,
                block.name,
                f"writes the number {found.strip()} out; take it from the directory: {{{{ service('...').phone }}}}",
            )
    for found in _WEB_ADDRESS.finditer(authored):
        yield Problem(
            block.file,
            block.name,
            f"writes the address {found[0]} out; take it from the directory: {{{{ service('...').web }}}}",
        )


def _questions(said: WrittenOut) -> Iterator[Problem]:
    if unquoted(said.text).count("?") > 1:
        yield Problem(said.block.file, said.block.name, "asks more than one question; ask one, and the other later")


def unquoted(text: str) -> str:
    """What is said to the reader, without the words in quotation marks that they might say to somebody else."""
    return _QUOTED.sub(" ", text)


def _reading_age(said: WrittenOut, style: Mapping[str, Any]) -> Iterator[Problem]:
    oldest = int(style.get("reading_age") or 11)
    plain = _for_reading(said, [str(name) for name in style.get("reading_age_exempt") or ()])
    if len(plain.split()) < int(style.get("reading_age_from_words") or 0):
        return
    age = _flesch_kincaid_grade(plain) + _GRADE_TO_AGE
    if age > oldest:
        yield Problem(
            said.block.file,
            said.block.name,
            f"reads at age {age:.1f}, {oldest} at most; shorten its sentences, use shorter words",
        )


def _flesch_kincaid_grade(text: str) -> float:
    """The US school grade (Kincaid and others, 1975): 0.39 words a sentence + 11.8 syllables a word - 15.59.

    Words and syllables are counted by textstat with the CMU dictionary. Sentences are counted here: textstat leaves
    out those of one or two words, which are the best ones in an emergency.
    """
    words = textstat.lexicon_count(text)
    sentences = len([sentence for sentence in _SENTENCE_END.split(text) if sentence.strip()])
    return float(0.39 * words / sentences + 11.8 * textstat.syllable_count(text) / words - 15.59)


def _for_reading(said: WrittenOut, exempt: Sequence[str]) -> str:
    """The text with names, numbers and filled-in values as one plain word each, and every line a sentence."""
    text = said.text
    values = [value for value in said.block.values.values() if isinstance(value, str)]
    for name in sorted([*exempt, *values], key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(name)}(?!\w)", _PLAIN_WORD, text, flags=re.IGNORECASE)
    text = _WEB_ADDRESS.sub(_PLAIN_WORD, _NUMBER.sub(_PLAIN_WORD, text))
    lines = [line.strip(" -*") for line in text.splitlines() if line.strip(" -*")]
    return "\n".join(line if line[-1] in ".?:;," else f"{line}." for line in lines)
