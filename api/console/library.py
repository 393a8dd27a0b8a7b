"""Every sentence of the service, for its own staff to read: by topic, with its length, its age, its source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from dateutil.relativedelta import relativedelta
from fastapi import APIRouter, Depends, Query, Request, Response

from api.console.pages import HOME, ConsoleRoute, draw
from api.database.dependencies import clock_of
from api.staff.guards import CurrentStaff, StaffMay
from reference.clock import today_in_scotland
from voice import AUDIENCES, Block, CannotSayError, Library, Source, Voice
from voice.segments import measure

LIBRARY = f"{HOME}/library"

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
Reader = Annotated[CurrentStaff, Depends(StaffMay("read_library"))]


@dataclass(frozen=True)
class TextView:
    """A text as some people get it, filled in with its author's longest examples."""

    channel: str
    audiences: tuple[str, ...]
    """Who gets it; empty when everybody on this channel does."""
    text: str
    characters: int
    segments: int | None
    """Parts of a text message; None on the web."""
    encoding: str | None
    reading_age: float | None
    """None where the text is too short to tell."""


@dataclass(frozen=True)
class BlockView:
    """A block with all its texts."""

    block: Block
    texts: tuple[TextView, ...]
    sources: tuple[Source | str, ...]
    """A source that is not listed stands as its bare id."""
    due: date | None
    overdue: bool


@dataclass(frozen=True)
class TopicView:
    """A topic of the library and how much is in it."""

    name: str
    title: str
    blocks: int
    overdue: int


@router.get(LIBRARY)
def library_page(request: Request, staff: Reader, topic: Annotated[str, Query(max_length=60)] = "") -> Response:
    """The topics; and the texts of one."""
    voice: Voice = request.app.state.voice
    today = today_in_scotland(clock_of(request))
    oldest = int(voice.library.style.get("reading_age") or 11)
    return draw(
        request,
        "library.html",
        staff=staff,
        csrf=staff.csrf_token or "",
        here="library",
        notice=None,
        trouble=None,
        topics=topics_of(voice.library, today),
        topic=topic,
        title=_title(topic),
        blocks=list(blocks_of(voice, topic, today)),
        oldest=oldest,
        texts=len(voice.library),
    )


def topics_of(library: Library, today: date) -> list[TopicView]:
    """The topics by name, those of the interface last."""
    topics: dict[str, list[Block]] = {}
    for block in sorted(library, key=lambda block: (block.interface, block.topic)):
        topics.setdefault(block.topic, []).append(block)
    return [
        TopicView(name, _title(name), len(blocks), sum(_overdue(block, today) for block in blocks))
        for name, blocks in topics.items()
    ]


def blocks_of(voice: Voice, topic: str, today: date) -> Iterator[BlockView]:
    """The blocks of a topic in the order of their author; none for a topic that is not one."""
    for block in voice.library:
        if block.topic == topic:
            yield BlockView(
                block=block,
                texts=tuple(_texts(voice, block)),
                sources=tuple(voice.library.sources.get(source, source) for source in block.source),
                due=_due(block),
                overdue=_overdue(block, today),
            )


def _texts(voice: Voice, block: Block) -> Iterator[TextView]:
    for channel in block.channels:
        heard: dict[str, list[str]] = {}
        for audience in (None, *AUDIENCES):
            try:
                text = voice.text(block, channel=channel, audience=audience, values=block.values)
            except CannotSayError:
                text = block.says[block.variant(channel, audience)]
            heard.setdefault(text, []).append(audience or "nobody_said")
        for text, audiences in heard.items():
            everybody = len(audiences) == len(AUDIENCES) + 1
            yield _measured(voice, block, channel, () if everybody else tuple(audiences), text)


def _measured(voice: Voice, block: Block, channel: str, audiences: tuple[str, ...], text: str) -> TextView:
    # The word lists behind it take a second to read, and nobody but a reader of this page needs them.
    from api.console.readability import reading_age

    style: dict[str, Any] = dict(voice.library.style)
    filled_in = [value for value in block.values.values() if isinstance(value, str)]
    length = measure(text) if channel == "sms" else None
    return TextView(
        channel=channel,
        audiences=audiences,
        text=text,
        characters=len(text),
        segments=length.segments if length else None,
        encoding=length.encoding if length else None,
        reading_age=reading_age(
            text,
            exempt=[*map(str, style.get("reading_age_exempt") or ()), *filled_in],
            fewest_words=int(style.get("reading_age_from_words") or 0),
        ),
    )


def _due(block: Block) -> date | None:
    if block.reviewed is None or block.review_every is None:
        return None
    return block.reviewed.on + relativedelta(months=block.review_every)


def _overdue(block: Block, today: date) -> bool:
    due = _due(block)
    return due is None or due <= today


def _title(topic: str) -> str:
    return topic.replace("_", " ").capitalize()
