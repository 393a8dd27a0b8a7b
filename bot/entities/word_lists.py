"""Reads the word lists of `data/entities`."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from reference.paths import data_folder


class WordListError(ValueError):
    """A list in `data/entities` holds something that is not a word; names the file and the value."""


@cache
def word_list(name: str) -> dict[str, Any]:
    """The content of `data/entities/<name>.yml`.

    Raises WordListError for a bare on, off, yes or no, which YAML turns into true and false.
    """
    document: dict[str, Any] = yaml.safe_load((data_folder() / "entities" / f"{name}.yml").read_text(encoding="utf-8"))
    _refuse_booleans(name, document)
    return document


def _refuse_booleans(name: str, value: Any) -> None:
    if isinstance(value, bool):
        raise WordListError(f"data/entities/{name}.yml holds a bare on, off, yes or no: put it in quotes")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _refuse_booleans(name, inner)
