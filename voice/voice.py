"""Says a block of the content library to somebody: on their channel, for who they are, with today's facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reference.clock import Clock, clock_from_environment
from reference.services import ServiceDirectory
from voice.library import AUDIENCES, CHANNELS, Block, Library, LibraryError
from voice.phrases import Phrases
from voice.segments import plainly

_SPACES = re.compile(r"[^\S\n]+")
_LINE_ENDS = re.compile(r" ?\n ?")
_GAPS = re.compile(r"\n{3,}")


class UnknownContentError(KeyError):
    """No block carries this id."""


class CannotSayError(ValueError):
    """A block can't be said like this: a value is missing, or it does not belong on the channel."""


class Directory(Protocol):
    """Finds a service by id."""

    def get(self, service_id: str) -> Any:
        """The service. Raises KeyError when there is none."""


@dataclass(frozen=True)
class Utterance:
    """What one person gets: plain text with line breaks, and the answers they may tap."""

    content_id: str
    text: str
    quick_replies: tuple[str, ...] = ()


class Voice:
    """Renders blocks. Templates are compiled once, so that saying one takes well under a millisecond."""

    def __init__(self, library: Library, directory: Directory, clock: Clock) -> None:
        """Raises LibraryError naming the block whose template can't be read."""
        self.library = library
        self._templates = _compile(library, template_environment(library, directory, clock))

    @classmethod
    def load(
        cls, folder: Path | None = None, *, directory: Directory | None = None, clock: Clock | None = None
    ) -> Voice:
        """The voice over `data/content`, `data/services` and the service's clock; each can be given instead."""
        return cls(Library.load(folder), directory or ServiceDirectory.load(), clock or clock_from_environment())

    def say(
        self, content_id: str, *, channel: str, audience: str | None = None, values: Mapping[str, Any] | None = None
    ) -> Utterance:
        """The words of `content_id` for this channel (`web`, `sms`) and audience (`family`, `self`, `worker`, None).

        On SMS the text is written in GSM-7 wherever a plain character stands for a typographic one, and no quick
        replies come with it: an SMS text spells its choices itself. Raises UnknownContentError, and CannotSayError
        when a value is missing or the block may not go out on this channel.
        """
        block = self.library.blocks.get(content_id)
        if block is None:
            raise UnknownContentError(f"no text '{content_id}' in the content library")
        text = self.text(block, channel=channel, audience=audience, values=values)
        if channel == "sms":
            return Utterance(content_id, plainly(text))
        return Utterance(content_id, text, block.quick_replies)

    def text(
        self, block: Block, *, channel: str, audience: str | None = None, values: Mapping[str, Any] | None = None
    ) -> str:
        """The block's text with its values filled in, characters as the author wrote them. Raises CannotSayError."""
        if channel not in block.channels:
            known = "never goes out on" if channel in CHANNELS else "knows no channel"
            raise CannotSayError(f"{block.id} {known} {channel}")
        if audience is not None and audience not in AUDIENCES:
            raise CannotSayError(f"{block.id}: audience is one of {', '.join(AUDIENCES)} or none, not {audience!r}")
        template = self._templates[block.id, block.variant(channel, audience)]
        if isinstance(template, str):
            return template
        try:
            said = template.render({**(values or {}), "channel": channel, "audience": audience})
        except (TemplateError, LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
            raise CannotSayError(f"{block.id} ({channel}, {audience}): {error}") from error
        if not said.strip():
            raise CannotSayError(f"{block.id} ({channel}, {audience}): comes out empty with these values")
        return _tidy(said)


def template_environment(library: Library, directory: Directory, clock: Clock) -> ImmutableSandboxedEnvironment:
    """What a text may use: `service(id)`, the filters of `Phrases`, and nothing that reaches into the machine.

    Raises LibraryError when `style.yml` lacks the words that dates and waits are said with.
    """
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,  # the text is plain; whoever shows it in a page escapes it there
        finalize=_refuse_nothing,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    try:
        phrases = Phrases(library.style.get("spoken") or {}, clock)
    except ValueError as error:
        raise LibraryError(str(error)) from error
    environment.globals["service"] = directory.get
    environment.filters.update(phrases.filters())
    return environment


def _compile(library: Library, environment: ImmutableSandboxedEnvironment) -> dict[tuple[str, str], Template | str]:
    templates: dict[tuple[str, str], Template | str] = {}
    for block in library:
        for variant, text in block.says.items():
            try:
                plain = "{" not in text
                templates[block.id, variant] = _tidy(text) if plain else environment.from_string(text)
            except TemplateSyntaxError as error:
                raise LibraryError(
                    f"{block.file}: {block.name}: the text's line {error.lineno}: {error.message}"
                ) from error
    return templates


def _refuse_nothing(value: Any) -> Any:
    """Keep "None" out of what people read: a service without a phone must not be said as if it had one."""
    if value is None:
        raise CannotSayError("a value in the text is empty")
    return value


def _tidy(text: str) -> str:
    """One space between words, none at a line's ends, at most one empty line."""
    return _GAPS.sub("\n\n", _LINE_ENDS.sub("\n", _SPACES.sub(" ", text))).strip()
