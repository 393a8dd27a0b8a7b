"""A text that nothing says is dead weight for its reviewers; a text that is asked for and not written is silence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from cli.content_checks.problem import Problem
from voice import Library
from voice.yaml_file import read_yaml

_DATA = ("coach", "domain", "reception", "rules", "throughcare")
_CODE = ("actions", "api", "bot", "web_widget")
_SUFFIXES = (".py", ".js", ".html", ".jinja", ".yml")

_RESPONSE = re.compile(r"\butter_([a-z0-9]+(?:_[a-z0-9]+)*)__([a-z0-9]+(?:_[a-z0-9]+)*)\b")


def check_usage(library: Library, root: Path) -> Iterator[Problem]:
    """Texts that no rule, page or code says, and texts that one of them says although nobody wrote them.

    A text is used where its id (`topic/name`) or its Rasa name stands in data or code. An id that is put together
    (`f"console/outcome_{code}"`) uses every text that begins so. The coach's steps are named `flow/step` in the same
    way, so in its files the name of a flow is not taken for a topic. A question `topic/ask_place` is used where the
    dialogue has the slot that it fills, `topic_place`.
    """
    topics = {block.topic for block in library}
    if not topics:
        return
    ids = re.compile(rf"(?<![\w/.-])({'|'.join(sorted(topics))})/([a-z][a-z0-9_]*)(?![\w/.-])")
    used: set[str] = set()
    begun: set[str] = set()
    flows = {file.stem for file in (root / "data" / "coach").glob("*.yml")}
    for file in _files(root):
        steps = flows if file.parent.name == "coach" and file.suffix == ".yml" else set()
        text = file.read_text(encoding="utf-8", errors="replace")
        for found in [*ids.finditer(text), *_RESPONSE.finditer(text)]:
            content_id = f"{found[1]}/{found[2]}"
            if found[1] in steps:
                continue
            if found[2].endswith("_"):
                begun.add(content_id)
                continue
            if content_id not in used and content_id not in library:
                yield Problem(str(file.relative_to(root)), content_id, "is said here and is not written; write it")
            used.add(content_id)
    slots = _slots(root)
    for block in library:
        asks_for_slot = f"{block.topic}_{block.name.removeprefix('ask_')}" if block.name.startswith("ask_") else None
        if block.id not in used and asks_for_slot not in slots and not block.id.startswith(tuple(begun)):
            yield Problem(block.file, block.name, "is said by no rule, page or code; use it or take it out")


def _slots(root: Path) -> set[str]:
    slots: set[str] = set()
    for file in sorted((root / "data" / "domain").rglob("*.yml")):
        slots.update((read_yaml(file) or {}).get("slots") or {})
    return slots


def _files(root: Path) -> Iterator[Path]:
    folders = [*(root / "data" / name for name in _DATA), *(root / name for name in _CODE)]
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.suffix in _SUFFIXES and file.is_file():
                yield file
