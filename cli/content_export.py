"""The content library as one printable document."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from cli.content_checks.provenance import months_after
from reference.clock import Clock, today_in_scotland
from voice import AUDIENCES, Block, CannotSayError, Voice

_TEMPLATE = "content_export.html.jinja"


def printable(voice: Voice, clock: Clock) -> str:
    """HTML with every text in all its variants, filled in with its authors' examples, its sources and its review.

    Topics come by name, those of the interface last; blocks in the order of their authors.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(enabled_extensions=("jinja",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    library = voice.library
    blocks = sorted(library, key=lambda block: (block.interface, block.topic))
    topics = [(topic, list(of_topic)) for topic, of_topic in groupby(blocks, key=lambda block: block.topic)]
    cited = {source for block in library for source in block.source}
    return environment.get_template(_TEMPLATE).render(
        topics=topics,
        sources=[source for source_id, source in sorted(library.sources.items()) if source_id in cited],
        library=library,
        said=lambda block, variant: said(voice, block, variant),
        due=_due,
        today=today_in_scotland(clock),
    )


def said(voice: Voice, block: Block, variant: str) -> str:
    """This variant as somebody would get it with the authors' examples; as written where nobody gets it."""
    for channel in block.channels:
        for audience in (None, *AUDIENCES):
            if block.variant(channel, audience) == variant:
                try:
                    return voice.text(block, channel=channel, audience=audience, values=block.values)
                except CannotSayError:
                    return block.says[variant]
    return block.says[variant]


def _due(block: Block) -> str:
    if block.reviewed is None or block.review_every is None:
        return ""
    return months_after(block.reviewed.on, block.review_every).isoformat()
