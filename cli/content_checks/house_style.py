"""Plain words, kind words, one question, no promise that can't be kept; no number that could grow old in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.console.readability import NUMBER, WEB_ADDRESS, reading_age
from cli.content_checks.problem import Problem
from cli.content_checks.writing_out import WrittenOut
from reference.services import ServiceDirectory
from voice import Block, Library

_TEMPLATE_PARTS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
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
    for found in NUMBER.findall(authored):
        digits = re.sub(r"\D", "", found)
        if found.strip() in listed or len(digits) > 4:
            yield Problem(
                block.file,
                block.name,
                f"writes the number {found.strip()} out; take it from the directory: {{{{ service('...').phone }}}}",
            )
    for found in WEB_ADDRESS.finditer(authored):
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
    age = reading_age(
        said.text,
        exempt=[*map(str, style.get("reading_age_exempt") or ()), *_filled_in(said)],
        fewest_words=int(style.get("reading_age_from_words") or 0),
    )
    if age is not None and age > oldest:
        yield Problem(
            said.block.file,
            said.block.name,
            f"reads at age {age:.1f}, {oldest} at most; shorten its sentences, use shorter words",
        )


def _filled_in(said: WrittenOut) -> list[str]:
    return [value for value in said.block.values.values() if isinstance(value, str)]
