"""The content library: every sentence the service says, as its authors wrote it in `data/content`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from reference.paths import data_folder
from voice.yaml_file import YamlFileError, read_yaml

CHANNELS = ("web", "sms")
AUDIENCES = ("family", "self", "worker")
DEFAULT = "default"
VARIANTS = (
    *CHANNELS,
    *AUDIENCES,
    *(f"{channel}.{audience}" for channel in CHANNELS for audience in AUDIENCES),
    DEFAULT,
)

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NOT_TOPICS = ("sources.yml", "style.yml")
_SHARED = {"source", "reviewed", "review_every", "only", "emergency", "asks"}
_OWN = {"name", "says", "quick_replies", "values", "facts"}
_FILE = {"topic", "interface", "defaults", "blocks"}


class LibraryError(ValueError):
    """A content file can't be understood: names the file, the block, and what to write instead."""


@dataclass(frozen=True)
class Source:
    """Where a text's facts were read."""

    id: str
    title: str
    publisher: str
    address: str
    seen: date


@dataclass(frozen=True)
class Review:
    """Who last read a text through, and when."""

    on: date
    by: str


@dataclass(frozen=True)
class Block:
    """One thing that is said, in all its variants."""

    topic: str
    name: str
    file: str
    says: Mapping[str, str]
    """Jinja2 by variant: `web.family`, `family`, `web`, ... and always `default`."""
    quick_replies: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    """Every variable the text uses, with its longest likely value."""
    facts: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    reviewed: Review | None = None
    review_every: int | None = None
    """Months until the text must be read through again."""
    emergency: bool = False
    asks: bool = False
    only: str | None = None
    interface: bool = False

    @property
    def id(self) -> str:
        """`topic/name`."""
        return f"{self.topic}/{self.name}"

    @property
    def response(self) -> str:
        """The name that Rasa knows it by. A slash would make it a retrieval intent there."""
        return f"utter_{self.topic}__{self.name}"

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels that it may be said on."""
        return CHANNELS if self.only is None else (self.only,)

    def variant(self, channel: str, audience: str | None) -> str:
        """The key in `says` that serves this channel and audience: the most specific that was written."""
        for key in (f"{channel}.{audience}", audience, channel):
            if key in self.says:
                return str(key)
        return DEFAULT


class Library:
    """All blocks and sources, by id."""

    def __init__(
        self,
        blocks: Mapping[str, Block],
        sources: Iterable[tuple[str, Source]],
        style: Mapping[str, Any],
    ) -> None:
        """Hold what was read; `sources` come with their file's name, `style` is `style.yml` as it stands."""
        self.blocks = MappingProxyType(dict(blocks))
        self.style = MappingProxyType(dict(style))
        first: dict[str, tuple[str, Source]] = {}
        differing = []
        for file, source in sources:
            if first.setdefault(source.id, (file, source))[1].address != source.address:
                differing.append((source.id, first[source.id][0], file))
        self.sources = MappingProxyType({source_id: source for source_id, (_, source) in first.items()})
        self.differing_sources = tuple(differing)
        """Sources that two files give different addresses, as (id, file whose words count, other file).

        Two authors may do that on one day; it must not stop a service, so `gateside content check` says it."""

    @classmethod
    def load(cls, folder: Path | None = None) -> Library:
        """Read `data/content` (or another folder of that shape). Raises LibraryError naming file and block."""
        folder = folder or data_folder() / "content"
        if not folder.is_dir():
            raise LibraryError(f"{folder.name}: there is no such folder of content files")
        try:
            blocks: dict[str, Block] = {}
            for file in sorted(folder.glob("*.yml")):
                if file.name not in _NOT_TOPICS:
                    blocks.update((block.id, block) for block in _topic(file))
            return cls(blocks, _sources(folder), _mapping(folder / "style.yml"))
        except YamlFileError as error:
            raise LibraryError(str(error)) from error

    def __iter__(self) -> Iterator[Block]:
        return iter(self.blocks.values())

    def __len__(self) -> int:
        return len(self.blocks)

    def __contains__(self, content_id: object) -> bool:
        return content_id in self.blocks

    def by_response(self, response: str) -> Block:
        """The block that Rasa calls `response`. Raises KeyError."""
        topic, _, name = response.removeprefix("utter_").partition("__")
        return self.blocks[f"{topic}/{name}"]


def _topic(file: Path) -> Iterator[Block]:
    written = read_yaml(file)
    if not isinstance(written, dict):
        raise LibraryError(f"{file.name}: start the file with 'topic: {file.stem}' and a list of 'blocks:'")
    _refuse_unknown(file, "the file", written, _FILE)
    if written.get("topic") != file.stem:
        raise LibraryError(f"{file.name}: 'topic:' must be the file's own name, {file.stem}")
    if not isinstance(written.get("blocks"), list):
        raise LibraryError(f"{file.name}: 'blocks:' must be a list, each block starting with '- name:'")
    defaults = written.get("defaults") or {}
    _refuse_unknown(file, "defaults", defaults, _SHARED)
    names: set[str] = set()
    for entry in written["blocks"]:
        block = _block(
            file, {**defaults, **entry} if isinstance(entry, dict) else entry, bool(written.get("interface"))
        )
        if block.name in names:
            raise LibraryError(f"{file.name}: {block.name}: this name stands twice; give one of them another")
        names.add(block.name)
        yield block


def _block(file: Path, entry: Any, interface: bool) -> Block:
    name = entry.get("name") if isinstance(entry, dict) else None
    if not isinstance(name, str) or not _NAME.fullmatch(name) or "__" in name:
        raise LibraryError(f"{file.name}: {name!r}: a block needs a 'name:' of small letters, digits and single _")
    where = f"{file.name}: {name}"
    _refuse_unknown(file, name, entry, _SHARED | _OWN)
    only = entry.get("only")
    if only is not None and only not in CHANNELS:
        raise LibraryError(f"{where}: 'only:' is one of {', '.join(CHANNELS)}, not {only!r}")
    every = entry.get("review_every")
    if every is not None and (not isinstance(every, int) or every < 1):
        raise LibraryError(f"{where}: 'review_every:' is a number of months, not {every!r}")
    values = entry.get("values") or {}
    if not isinstance(values, dict) or not all(isinstance(variable, str) for variable in values):
        raise LibraryError(f"{where}: 'values:' is a mapping: each variable and its longest value")
    return Block(
        topic=file.stem,
        name=name,
        file=file.name,
        says=MappingProxyType(_says(where, entry.get("says"))),
        quick_replies=_words(where, "quick_replies", entry),
        values=MappingProxyType(values),
        facts=_words(where, "facts", entry),
        source=_words(where, "source", entry),
        reviewed=_review(where, entry.get("reviewed")),
        review_every=every,
        emergency=_flag(where, "emergency", entry),
        asks=_flag(where, "asks", entry),
        only=only,
        interface=interface,
    )


def _says(where: str, says: Any) -> dict[str, str]:
    variants = says if isinstance(says, dict) else {DEFAULT: says}
    for key, text in variants.items():
        if key not in VARIANTS:
            raise LibraryError(f"{where}: 'says: {key}:' is not a variant; use one of {', '.join(VARIANTS)}")
        if not isinstance(text, (str, int)) or not str(text).strip():
            raise LibraryError(f"{where}: 'says:' has no text in it; write what is said, in quotes if it holds a colon")
    if DEFAULT not in variants:
        raise LibraryError(f"{where}: 'says:' needs a 'default:' text for whoever no other variant fits")
    return {key: str(text).strip() for key, text in variants.items()}


def _review(where: str, review: Any) -> Review | None:
    if review is None:
        return None
    if (
        not isinstance(review, dict)
        or not isinstance(review.get("on"), date)
        or not str(review.get("by") or "").strip()
    ):
        raise LibraryError(f"{where}: 'reviewed:' needs a day and a name, on: 2026-11-22 and by: ...")
    return Review(review["on"], str(review["by"]))


def _words(where: str, key: str, entry: Mapping[str, Any]) -> tuple[str, ...]:
    words = entry.get(key) or ()
    if not isinstance(words, (list, tuple)) or not all(isinstance(word, (str, int)) for word in words):
        raise LibraryError(f"{where}: '{key}:' is a list, for example [one, two]")
    return tuple(str(word) for word in words)


def _flag(where: str, key: str, entry: Mapping[str, Any]) -> bool:
    flag = entry.get(key, False)
    if not isinstance(flag, bool):
        raise LibraryError(f"{where}: '{key}:' is true or false, not {flag!r}")
    return flag


def _refuse_unknown(file: Path, what: str, entry: Any, known: set[str]) -> None:
    if not isinstance(entry, dict):
        raise LibraryError(f"{file.name}: {what}: expected 'key: value' lines")
    unknown = sorted(str(key) for key in set(entry) - known)
    if unknown:
        raise LibraryError(f"{file.name}: {what}: unknown {', '.join(unknown)}; known are {', '.join(sorted(known))}")


def _sources(folder: Path) -> Iterator[tuple[str, Source]]:
    for file in [folder / "sources.yml", *sorted((folder / "sources").glob("*.yml"))]:
        sources = _mapping(file).get("sources") or {}
        if not isinstance(sources, dict):
            raise LibraryError(f"{file.name}: 'sources:' lists ids, each with title, publisher, address and seen")
        for source_id, entry in sources.items():
            known = entry if isinstance(entry, dict) else {}
            missing = [key for key in ("title", "publisher", "address", "seen") if not known.get(key)]
            if missing:
                raise LibraryError(f"{file.name}: source {source_id}: has no {', '.join(missing)}")
            if not isinstance(entry["seen"], date):
                raise LibraryError(f"{file.name}: source {source_id}: 'seen:' is a day such as 2026-11-22")
            title, publisher, address = (str(entry[key]) for key in ("title", "publisher", "address"))
            yield file.name, Source(source_id, title, publisher, address, entry["seen"])


def _mapping(file: Path) -> dict[Any, Any]:
    """What stands in a file of `key: value` lines; nothing when there is no such file."""
    written = read_yaml(file) if file.exists() else None
    if not isinstance(written or {}, dict):
        raise LibraryError(f"{file.name}: expected 'key: value' lines")
    return written or {}
