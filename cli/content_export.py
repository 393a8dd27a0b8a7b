"""The content library as one printable document."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from cli.content_checks.provenance import months_after
from reference.clock import Clock, today_in_scotland
from voice import Block, Library

_TEMPLATE = "content_export.html.jinja"


def printable(library: Library, clock: Clock) -> str:
    """HTML with every text in all its variants as written, its sources and its review, grouped by topic.

    Topics come by name, those of the interface last; blocks in the order of their authors.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(enabled_extensions=("jinja",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    blocks = sorted(library, key=lambda block: (block.interface, block.topic))
    topics = [(topic, list(of_topic)) for topic, of_topic in groupby(blocks, key=lambda block: block.topic)]
    cited = {source for block in library for source in block.source}
    return environment.get_template(_TEMPLATE).render(
        topics=topics,
        sources=[source for source_id, source in sorted(library.sources.items()) if source_id in cited],
        library=library,
        due=_due,
        today=today_in_scotland(clock),
    )


def _due(block: Block) -> str:
    if block.reviewed is None or block.review_every is None:
        return ""
    return months_after(block.reviewed.on, block.review_every).isoformat()
